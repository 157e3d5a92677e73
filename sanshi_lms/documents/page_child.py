"""Draws the pages of a PDF as WebP and prints their words, one JSON line a page.

A program of its own, run under limits by jobs.py: strangers' bytes are never parsed in a server.
Imports nothing of ours. Arguments: the PDF, the folder for pictures, their width in pixels, most
pages, most characters of a page.
"""

import json
import sys
from pathlib import Path

import pypdfium2

TALLEST = 4  # times the width: a page that is a long strip is drawn smaller


def tell(**line: object) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def draw(page: pypdfium2.PdfPage, target: Path, width: int, characters: int) -> dict[str, object]:
    """Write the picture of a page; return its pixels and the words on it."""
    across, down = page.get_size()
    scale = min(width / max(across, 1), TALLEST * width / max(down, 1))
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    picture.save(target, "WEBP", quality=80, method=4)
    words = page.get_textpage().get_text_bounded()[:characters]
    return {"width": picture.width, "height": picture.height, "words": words}


def main() -> None:
    """Draw what the command line names; the last line says how many pages there are."""
    source, folder, width, most, characters = sys.argv[1:]
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        tell(refused="password" if "password" in str(error).lower() else "unreadable")
        return
    if len(document) > int(most):
        tell(refused="pages", pages=len(document))
        return
    for number in range(len(document)):
        target = Path(folder) / f"{number + 1}.webp"
        tell(page=number + 1, **draw(document[number], target, int(width), int(characters)))
    tell(pages=len(document))


main()

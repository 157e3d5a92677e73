"""A Typst compiler for one template, shared by threads; people's text only ever arrives as data.

A compiler object is expensive to make (it indexes the fonts, about 0.1 s) and cheap to use again
(about 10 ms a page), but it keeps state between calls: a lock lets one thread in at a time.
"""

import io
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import segno
import typst

PREVIEW_PPI = 110
"""Pixels per inch of pictures: an A4 page is sharp on a phone and about 200 kB."""


class NoChineseFontError(Exception):
    """This machine has no Chinese font: a paper of empty boxes is worse than none."""


class Press:
    """Turns data into the pages of one template."""

    def __init__(self, template: Path, font_paths: Sequence[Path], name: str) -> None:
        """`name` is the input under which the template finds its data, as JSON."""
        self._name = name
        self._lock = threading.Lock()
        # System fonts stay out: the same paper must look the same on every machine.
        self._compiler = typst.Compiler(
            str(template),
            root=str(template.parent),
            font_paths=[str(path) for path in font_paths],
            ignore_system_fonts=True,
        )

    def pages(self, data: Mapping[str, object], kind: Literal["pdf", "png"]) -> list[bytes]:
        """Return one PDF, or a picture for each page."""
        inputs = {self._name: json.dumps(data, ensure_ascii=False)}
        with self._lock:
            made = self._compiler.compile(sys_inputs=inputs, format=kind, ppi=PREVIEW_PPI)
        return [made] if isinstance(made, bytes) else [bytes(page) for page in made or ()]


def qr_svg(url: str, light: str = "#fdfbf5") -> str:
    """Return the QR code on a light ground of its own: nothing drawn behind runs through it."""
    drawn = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(drawn, kind="svg", border=2, dark="#1a2626", light=light, xmldecl=False)
    return drawn.getvalue().decode()

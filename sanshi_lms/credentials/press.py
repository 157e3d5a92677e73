"""A Typst compiler for one template, shared by threads; people's text only ever arrives as data.

A compiler object is expensive to make (it indexes the fonts, about 0.1 s) and cheap to use again
(about 10 ms a page), but it keeps state between calls: a lock lets one thread in at a time.
"""

import functools
import io
import json
import math
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal

import segno
import typst
import zxingcpp
from PIL import Image

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

    def pages(
        self, data: Mapping[str, object], kind: Literal["pdf", "png"], day: date | None = None
    ) -> list[bytes]:
        """Return one PDF, or a picture for each page.

        A PDF that is given its `day` is for keeping: PDF/A-2b (ISO 19005-2), dated by that day and
        not by when it was printed, so that the same data give the same bytes.
        """
        inputs = {self._name: json.dumps(data, ensure_ascii=False)}
        with self._lock:
            if kind == "pdf" and day is not None:
                made = self._kept(inputs, day)
            else:
                made = self._compiler.compile(sys_inputs=inputs, format=kind, ppi=PREVIEW_PPI)
        return [made] if isinstance(made, bytes) else [bytes(page) for page in made or ()]

    def _kept(self, inputs: dict[str, str], day: date) -> Any:
        moment = int(datetime.combine(day, time(4), UTC).timestamp())
        make = functools.partial(
            self._compiler.compile, sys_inputs=inputs, format="pdf", timestamp=moment
        )
        try:
            return make(pdf_standards="a-2b")
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
            # A character that no font here has: better a paper with one empty box than none.
            return make()


def qr_png(text: str) -> list[int]:
    """Return the bytes of a QR code as a small picture of two pixels a module.

    The signed address of a certificate is a dense code: as lines it costs four times the work of
    the whole page, and eight kilobytes more.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    made: Any = code.to_image(scale=2, add_quiet_zones=False)  # a buffer; its types do not say so
    dots, drawn = memoryview(made), io.BytesIO()
    side = math.isqrt(dots.nbytes)
    Image.frombytes("L", (side, side), bytes(dots)).convert("1").save(drawn, "PNG")
    return list(drawn.getvalue())


def qr_svg(url: str, light: str = "#fdfbf5") -> str:
    """Return the QR code on a light ground of its own: nothing drawn behind runs through it."""
    drawn = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(drawn, kind="svg", border=2, dark="#1a2626", light=light, xmldecl=False)
    return drawn.getvalue().decode()

"""Print certificates: one Typst compiler for the process, people's text only ever as data.

A compiler object is expensive to make (it indexes the fonts, about 0.1 s) and cheap to use again
(about 10 ms a certificate), but it keeps state between calls: a lock lets one thread in at a time.
"""

import hashlib
import io
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

import segno
import typst

from sanshi_lms.core.fonts import SERIF, font_paths
from sanshi_lms.credentials import rules

TEMPLATE = Path(__file__).with_name("certificate.typ")
HEADING = "结业证书"
ISSUER = "三师微课堂"
PREVIEW_PPI = 110
"""Pixels per inch of the picture: 1286 × 909, sharp on a phone and about 200 kB."""


@dataclass(frozen=True)
class Sheet:
    """What one printed certificate says. ``issued_on`` is the day in Chongqing."""

    number: str
    holder_name: str
    title: str
    credit_hours: Decimal
    issued_on: date
    verify_url: str


class NoChineseFontError(Exception):
    """This machine has no Chinese font: a certificate of empty boxes is worse than none."""


class Printer:
    """Turns sheets into PDF or PNG; may be shared by threads."""

    def __init__(self, font_paths: Sequence[Path], families: Sequence[str]) -> None:
        self._families = list(families)
        self._lock = threading.Lock()
        # System fonts stay out: the same certificate must look the same on every machine.
        self._compiler = typst.Compiler(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            font_paths=[str(path) for path in font_paths],
            ignore_system_fonts=True,
        )

    def pdf(self, sheet: Sheet) -> bytes:
        """Return a one-page PDF, A4 landscape, with its fonts embedded."""
        return self._compile(sheet, "pdf")

    def png(self, sheet: Sheet) -> bytes:
        """Return the same page as a picture, for browsers that cannot show a PDF (WeChat)."""
        return self._compile(sheet, "png")

    def _compile(self, sheet: Sheet, kind: Literal["pdf", "png"]) -> bytes:
        inputs = {"certificate": json.dumps(self._data(sheet), ensure_ascii=False)}
        with self._lock:
            made = self._compiler.compile(sys_inputs=inputs, format=kind, ppi=PREVIEW_PPI)
        if not isinstance(made, bytes):
            raise TypeError("a certificate must be exactly one page")
        return made

    def _data(self, sheet: Sheet) -> dict[str, object]:
        return {
            "heading": HEADING,
            "issuer": ISSUER,
            "fonts": self._families,
            "holder_name": sheet.holder_name,
            "title": sheet.title,
            "hours": rules.hours_text(sheet.credit_hours),
            "number": sheet.number,
            "date": rules.date_in_characters(sheet.issued_on),
            "verify_shown": sheet.verify_url.partition("://")[2],
            "qr_svg": _qr_svg(sheet.verify_url),
        }


@lru_cache(maxsize=1)
def printer() -> Printer:
    """Return the process's printer, made at the first use.

    Raises NoChineseFontError when the machine has none.
    """
    folders = font_paths()
    if not folders:
        raise NoChineseFontError
    return Printer(folders, SERIF)


@lru_cache(maxsize=1)
def design_version() -> str:
    """Return a mark that changes with the look of certificates, for caches."""
    files = (TEMPLATE, TEMPLATE.with_name("contour-lines.svg"), Path(__file__))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _qr_svg(url: str) -> str:
    """Return the QR code on a light ground of its own: no contour line runs through it."""
    drawn = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(drawn, kind="svg", border=2, dark="#1a2626", light="#fdfbf5", xmldecl=False)
    return drawn.getvalue().decode()

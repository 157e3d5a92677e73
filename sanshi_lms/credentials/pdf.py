"""Print certificates, as PDF or as a picture; `press` holds the compiler."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from typst import TypstError

from sanshi_lms.core.fonts import SERIF, font_paths
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.designs.rules import (
    USUAL_BODY,
    USUAL_HEADING,
    USUAL_ISSUER,
    paragraphs,
    shows_name,
)
from sanshi_lms.credentials.press import NoChineseFontError, Press, qr_png

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Signatory:
    """Who signs on the paper: name, post, and the PNG of the signature."""

    name: str
    post: str = ""
    picture: bytes | None = None


@dataclass(frozen=True)
class Look:
    """How a certificate looks; without any, ours. `seal` is a PNG."""

    heading: str = USUAL_HEADING
    body: str = USUAL_BODY
    portrait: bool = False
    paper: str = "contour"
    seal: bytes | None = None
    signatures: Sequence[Signatory] = ()


@dataclass(frozen=True)
class Sheet:
    """What one printed certificate says. ``issued_on`` is the day in Chongqing."""

    number: str
    holder_name: str
    title: str
    credit_hours: Decimal
    issued_on: date
    verify_url: str
    qr_url: str
    issuer: str = USUAL_ISSUER
    expires_on: date | None = None
    look: Look = Look()


class Printer:
    """Turns sheets into PDF or PNG; may be shared by threads."""

    def __init__(self, font_paths: Sequence[Path], families: Sequence[str]) -> None:
        self._families = list(families)
        self._press = Press(TEMPLATE, font_paths, "certificate")

    def pdf(self, sheet: Sheet) -> bytes:
        """Return a one-page PDF/A-2b, A4, the same bytes for the same sheet."""
        return self._page(sheet, "pdf")

    def png(self, sheet: Sheet) -> bytes:
        """Return the same page as a picture, for browsers that cannot show a PDF (WeChat)."""
        return self._page(sheet, "png")

    def fits(self, sheet: Sheet) -> bool:
        """Tell whether the wording has room at a size that people can read (12 pt)."""
        try:
            self._press.pages({**self._data(sheet), "strict": True}, "png")
        except TypstError as error:
            if "wording too long" not in str(error):
                raise
            return False
        return True

    def _page(self, sheet: Sheet, kind: Literal["pdf", "png"]) -> bytes:
        made = self._press.pages(self._data(sheet), kind, sheet.issued_on)
        if len(made) != 1:
            raise TypeError("a certificate must be exactly one page")
        return made[0]

    def _data(self, sheet: Sheet) -> dict[str, object]:
        look = sheet.look
        values = {
            "姓名": sheet.holder_name,
            "课程": sheet.title,
            "学时": rules.hours_text(sheet.credit_hours) if sheet.credit_hours else "",
            "发证日期": rules.date_in_characters(sheet.issued_on),
            "有效期": rules.date_in_characters(sheet.expires_on) if sheet.expires_on else "",
            "编号": sheet.number,
            "发证单位": sheet.issuer,
        }
        return {
            "strict": False,
            "heading": look.heading,
            "paragraphs": [[asdict(r) for r in line] for line in paragraphs(look.body, values)],
            "name_above": not shows_name(look.body),
            "portrait": look.portrait,
            "look": look.paper,
            "seal": list(look.seal) if look.seal else None,
            "signatures": [
                {"name": s.name, "post": s.post, "picture": list(s.picture) if s.picture else None}
                for s in look.signatures
            ],
            "issuer": sheet.issuer,
            "fonts": self._families,
            "holder_name": sheet.holder_name,
            "number": sheet.number,
            "date": rules.date_in_characters(sheet.issued_on),
            "expires": rules.date_in_characters(sheet.expires_on) if sheet.expires_on else "",
            "qr_url": sheet.qr_url,
            "end_below": "{有效期}" not in look.body,
            "verify_shown": sheet.verify_url.partition("://")[2],
            "qr_png": qr_png(sheet.qr_url),
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

"""Small things that several pages of training draw or read."""

import io
from datetime import date

import segno
from markupsafe import Markup


def qr_svg(url: str) -> Markup:
    """Return the QR code as SVG: sharp at any size, and read even when a corner is torn off."""
    drawn = io.BytesIO()
    code = segno.make(url, error="q", micro=False)
    code.save(
        drawn, kind="svg", border=2, dark="#1a2626", light="#fff", xmldecl=False, omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno, holds paths only


def read_day(text: str) -> date | None:
    """Return a day as date fields send it, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None

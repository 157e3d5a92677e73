"""QR codes for pages and posters."""

import io

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

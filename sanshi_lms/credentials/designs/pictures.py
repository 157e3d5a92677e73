"""Seals and signatures: photographed or scanned on white paper, kept as ink alone."""

import io
from datetime import datetime

from PIL import Image, ImageChops, ImageOps

from sanshi_lms.core.db import db
from sanshi_lms.core.pictures import encode, private_folder, put_away
from sanshi_lms.credentials.designs.models import DesignPicture

SIDE = 360
"""Pixels of the longer side: sharp in print at 38 mm (240 dpi), and a few kilobytes in each PDF."""
_WHITE, _INK = 225, 120
_COLOURS = 24


def keep_picture(data: bytes, at: datetime) -> DesignPicture:
    """Store a picture that a person sent. Raises Refusal in words for what is none."""
    folder = private_folder()
    try:
        (made,) = encode([data], folder, 1)
        with Image.open(made.file) as photo:
            ink = ink_of(photo)
    finally:
        put_away(folder)
    picture = DesignPicture(data=ink, added_at=at)
    db.session.add(picture)
    db.session.flush()
    return picture


def ink_of(photo: Image.Image) -> bytes:
    """Return what is not paper of a photo, as a PNG cut to its edges, paper transparent."""
    colours = ImageOps.exif_transpose(photo).convert("RGB")
    colours.thumbnail((3 * SIDE, 3 * SIDE))
    red, green, blue = colours.split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    ink = darkest.point(lambda v: max(0, min(255, round((_WHITE - v) * 255 / (_WHITE - _INK)))))
    box = ink.point(lambda v: 255 if v > 40 else 0).getbbox()
    if box:
        colours, ink = colours.crop(box), ink.crop(box)
    colours.thumbnail((SIDE, SIDE))
    flat = colours.quantize(_COLOURS).convert("RGB")
    flat.putalpha(ink.resize(flat.size, Image.Resampling.LANCZOS))
    drawn = io.BytesIO()
    flat.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()

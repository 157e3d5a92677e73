"""Pictures of a kit: those of the piece encoded anew under the limit, covers, the QR card."""

import io
from functools import lru_cache
from pathlib import Path

import segno
from flask import current_app
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from sanshi_lms.core.fonts import font_paths
from sanshi_lms.outlets.kits.rules import COVER_SQUARE, COVER_WIDE, MAX_PICTURE_BYTES
from sanshi_lms.outlets.pieces import Picture, Piece

WIDEST = 1080
_QUALITIES = (88, 80, 70, 60, 45)
_RIVER, _DEEP = (14, 90, 94), (6, 54, 58)
_WHITE, _PALE = (255, 255, 255), (219, 234, 229)
_FACES = ("NotoSansSC_700Bold.ttf", "NotoSansCJK-Bold.ttc")


def public_bytes(path: str) -> bytes | None:
    """Return what a stranger gets at an address of ours; None when it is nothing.

    It is asked as a stranger, without cookies, so nothing leaves that is not public already.
    """
    if not path.startswith("/") or path.startswith("//"):
        return None
    answer = current_app.test_client(use_cookies=False).get(path)
    try:
        return answer.data if answer.status_code == 200 else None
    finally:
        answer.close()


def encoded(picture: Picture) -> bytes | None:
    """Return a picture as a JPEG under the platform's limit; None when it cannot be had."""
    data = public_bytes(picture.path)
    image = _opened(data) if data else None
    if image is None:
        return None
    image.thumbnail((WIDEST, WIDEST * 4))
    return as_jpeg(image)


def as_jpeg(image: Image.Image) -> bytes:
    """Return an image as JPEG of at most 1 MB, as good and then as large as that allows."""
    plain = image.convert("RGB")
    while True:
        for quality in _QUALITIES:
            held = io.BytesIO()
            plain.save(held, "JPEG", quality=quality, optimize=True, progressive=True)
            if held.tell() <= MAX_PICTURE_BYTES:
                return held.getvalue()
        plain = plain.resize((max(1, plain.width * 3 // 4), max(1, plain.height * 3 // 4)))


def cover_wide(piece: Piece) -> bytes:
    """Return the cover of 2.35:1, as the first article of a message shows it."""
    return _cover(piece, COVER_WIDE, 46)


def cover_square(piece: Piece) -> bytes:
    """Return the cover of 1:1, as a shared card shows it."""
    return _cover(piece, COVER_SQUARE, 44)


def qr_card(url: str) -> bytes:
    """Return the QR code of an address as PNG, with the name of the site below it."""
    held = io.BytesIO()
    segno.make(url, error="m", micro=False).save(held, kind="png", scale=12, border=3)
    code = Image.open(held).convert("RGB")
    card = Image.new("RGB", (code.width, code.height + 70), _WHITE)
    card.paste(code, (0, 0))
    pen = ImageDraw.Draw(card)
    middle = (card.width / 2, code.height + 24)
    pen.text(middle, "三师微课堂", font=_face(34), fill=_RIVER, anchor="mm")
    out = io.BytesIO()
    card.save(out, "PNG", optimize=True)
    return out.getvalue()


def _cover(piece: Piece, size: tuple[int, int], letters: int) -> bytes:
    data = public_bytes(piece.cover.path) if piece.cover else None
    image = _opened(data) if data else None
    if image is None:
        image = _plain(size)
    else:
        # The poster may carry words of its own: behind the title it is only colour.
        image = ImageOps.fit(image.convert("RGB"), size).filter(ImageFilter.GaussianBlur(14))
        image = Image.blend(image, Image.new("RGB", size, _DEEP), 0.62)
    pen, margin = ImageDraw.Draw(image), size[0] // 14
    lines = wrapped(piece.title, _face(letters), size[0] - 2 * margin)[:4]
    step = int(letters * 1.45)
    top = (size[1] - step * len(lines)) // 2 - letters // 3
    for number, line in enumerate(lines):
        pen.text((margin, top + number * step), line, font=_face(letters), fill=_WHITE)
    name = f"三师微课堂 · {piece.topic}" if piece.topic else "三师微课堂"
    pen.text((margin, size[1] - margin), name, font=_face(24), fill=_PALE, anchor="ls")
    return as_jpeg(image)


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return the lines of a text that fit into `width` pixels; no line begins with a stop."""
    lines, line = [], ""
    for character in text:
        if (
            line
            and face.getlength(line + character) > width
            and character not in "，。：；！？、”）"
        ):
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines


def _plain(size: tuple[int, int]) -> Image.Image:
    """Return a ground of our colours, lighter to the right."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    return Image.composite(Image.new("RGB", size, _RIVER), Image.new("RGB", size, _DEEP), across)


def _opened(data: bytes) -> Image.Image | None:
    """Open a picture of ours: posters and photos were encoded by this site before."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return image


@lru_cache(maxsize=8)
def _face(size: int) -> ImageFont.FreeTypeFont:
    for folder in font_paths():
        for name in _FACES:
            for file in Path(folder).rglob(name):
                return ImageFont.truetype(str(file), size)
    raise FileNotFoundError("no Chinese font: run `make setup`")

"""Where picture, title and captions stand in a clip and on its cover. Pure; lengths are pixels."""

from dataclasses import dataclass
from fractions import Fraction

# Whoever looks through 视频号 sees an upright video cut to 6 : 7 in lists; its buttons and words
# lie over the rest at top and bottom. So all words stand in the middle 1080 × 1260 of 1080 × 1920,
# and this far from its edges: 视频号 has its buttons at the right edge of full screens, too.
PORTRAIT, PORTRAIT_MIDDLE = (1080, 1920), 1260
SIDE_MARGIN, TOP_MARGIN = 72, 24
# Lying, as television does (EBU R 95): words stay a twentieth away from every edge.
LANDSCAPE, LANDSCAPE_MARGIN = (1920, 1080), Fraction(1, 20)
COVERS = {"portrait": (1080, 1260), "landscape": (1280, 720)}

GAP = 24  # between picture and words
MOST_PICTURE = 760  # height in the middle: what is left above and below holds two lines
UPRIGHT = Fraction(9, 10)  # a picture narrower than this fills the frame, and words lie over it
TITLE_SIZE, CAPTION_SIZE = 64, 54  # of a character, in a frame whose short side is 1080
COVER_TITLE_SIZE = {"portrait": 100, "landscape": 84}
LABEL_SIZE = 44
# From one line to the next, in sizes of a character: ascent and descent of Noto Sans SC.
LINE_STEP = 1.448


@dataclass(frozen=True)
class Box:
    """A part of the frame."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Zone:
    """Where words may stand, and how large they are. `align`: "top", "middle" or "bottom"."""

    box: Box
    size: int
    align: str

    @property
    def signs(self) -> int:
        """Chinese characters of a line; a little is left for wide letters."""
        return max(4, int(self.box.width * 0.97 / self.size))

    @property
    def rows(self) -> int:
        """Lines that have room."""
        return max(1, int(self.box.height / (self.size * LINE_STEP)))


@dataclass(frozen=True)
class Layout:
    """A frame. `picture` is None for a lecture that is only heard; `band` is darkened."""

    width: int
    height: int
    safe: Box
    picture: Box | None
    title: Zone | None
    words: Zone
    band: Box | None = None


def frame(shape: str, side: int, picture: tuple[int, int] | None) -> Layout:
    """The frame of a clip whose short side has `side` pixels, around a picture of this size."""
    if shape == "portrait":
        return _portrait(Fraction(side, PORTRAIT[0]), picture)
    return _landscape(Fraction(side, LANDSCAPE[1]), picture)


def frame_side(shape: str, most: int, picture: tuple[int, int] | None) -> int:
    """The short side of a clip: no larger than the picture needs, and sharp enough for words."""
    if shape == "portrait" or picture is None:
        return most
    return min(most, max(720, _even(min(picture))))


def _portrait(unit: Fraction, picture: tuple[int, int] | None) -> Layout:
    width, height = (_even(side * unit) for side in PORTRAIT)
    middle = PORTRAIT_MIDDLE * unit
    top = int((height - middle) / 2 + TOP_MARGIN * unit)
    safe = Box(int(SIDE_MARGIN * unit), top, int(width - 2 * SIDE_MARGIN * unit), height - 2 * top)
    placed = None
    upper = lower = safe.y + safe.height // 2
    if picture is not None and Fraction(*picture) < UPRIGHT:
        placed = _within(picture, Box(0, 0, width, height))
        upper, lower = safe.y + safe.height // 4, safe.bottom - safe.height // 4
    elif picture is not None:
        most = _even(MOST_PICTURE * unit)
        placed = _within(picture, Box(0, (height - most) // 2, width, most))
        upper, lower = placed.y - int(GAP * unit), placed.bottom + int(GAP * unit)
    title = Box(safe.x, safe.y, safe.width, upper - safe.y)
    words = Box(safe.x, lower, safe.width, safe.bottom - lower)
    over = picture is not None and Fraction(*picture) < UPRIGHT
    return Layout(
        width, height, safe, placed,
        Zone(title, int(TITLE_SIZE * unit), "top" if over else "middle"),
        Zone(words, int(CAPTION_SIZE * unit), "bottom" if over else "top"),
    )  # fmt: skip


def _landscape(unit: Fraction, picture: tuple[int, int] | None) -> Layout:
    width, height = (_even(side * unit) for side in LANDSCAPE)
    safe = _inset(width, height, LANDSCAPE_MARGIN)
    size = int(CAPTION_SIZE * unit)
    low = int(2 * size * LINE_STEP) + 1
    words = Zone(Box(safe.x, safe.bottom - low, safe.width, low), size, "bottom")
    if picture is not None:
        placed = _within(picture, Box(0, 0, width, height))
        return Layout(width, height, safe, placed, None, words)
    title = Zone(Box(safe.x, safe.y, safe.width, safe.height - 2 * low), int(1.5 * size), "middle")
    return Layout(width, height, safe, None, title, words)


def cover(shape: str, picture: tuple[int, int] | None) -> Layout:
    """The cover: a moment of the picture, the title large, and whose it is."""
    width, height = COVERS[shape]
    size = COVER_TITLE_SIZE[shape]
    if shape == "landscape":
        safe = _inset(width, height, LANDSCAPE_MARGIN)
        high = int(2 * size * LINE_STEP) + 1
        label = Box(safe.x, safe.bottom - 2 * LABEL_SIZE, safe.width, 2 * LABEL_SIZE)
        title = Box(safe.x, label.y - high, safe.width, high)
        band = Box(0, title.y - 2 * GAP, width, height - title.y + 2 * GAP)
        placed = _within(picture, Box(0, 0, width, height)) if picture else None
        return Layout(width, height, safe, placed, Zone(title, size, "bottom"),
                      Zone(label, LABEL_SIZE, "bottom"), band)  # fmt: skip
    margin = SIDE_MARGIN
    safe = Box(margin, margin, width - 2 * margin, height - 2 * margin)
    label = Box(safe.x, safe.bottom - 2 * LABEL_SIZE, safe.width, 2 * LABEL_SIZE)
    high = int(3 * size * LINE_STEP) + 1
    title = Box(safe.x, safe.y, safe.width, high if picture else label.y - safe.y - GAP)
    placed = None
    if picture is not None:
        room = _even(label.y - title.bottom - 2 * GAP)
        placed = _within(picture, Box(0, title.bottom + GAP, width, room))
    return Layout(width, height, safe, placed, Zone(title, size, "middle"),
                  Zone(label, LABEL_SIZE, "bottom"))  # fmt: skip


def _inset(width: int, height: int, share: Fraction) -> Box:
    x, y = int(width * share), int(height * share)
    return Box(x, y, width - 2 * x, height - 2 * y)


def _within(picture: tuple[int, int], box: Box) -> Box:
    """The picture as large as it fits into `box`, in its middle, on even pixels."""
    fit = min(Fraction(box.width, picture[0]), Fraction(box.height, picture[1]))
    width, height = (_even(Fraction(side) * fit) for side in picture)
    x, y = box.x + (box.width - width) // 2, box.y + (box.height - height) // 2
    return Box(x // 2 * 2, y // 2 * 2, width, height)


def _even(side: int | Fraction) -> int:
    return max(2, int(side) // 2 * 2)

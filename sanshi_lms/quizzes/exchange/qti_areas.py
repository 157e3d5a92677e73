"""Right places in a picture, as QTI writes them and exactly."""

from collections.abc import Sequence

from sanshi_lms.quizzes.content import Area

NOWHERE = Area(0, 0, 0, 0)
"""What is no place in the picture; the rule for questions refuses it in words."""


def area_of(shape: str, coords: str, wide: float, high: float) -> Area:
    """Return the rectangle around a shape whose coordinates are in pixels."""
    try:
        numbers = [float(one) for one in coords.split(",")]
    except ValueError:
        return NOWHERE
    if wide <= 0 or high <= 0:
        return NOWHERE
    if shape == "rect" and len(numbers) == 4:
        left, top, right, bottom = numbers
    elif shape == "circle" and len(numbers) == 3:
        x, y, radius = numbers
        left, top, right, bottom = x - radius, y - radius, x + radius, y + radius
    elif shape == "poly" and len(numbers) >= 6 and len(numbers) % 2 == 0:
        left, right = min(numbers[::2]), max(numbers[::2])
        top, bottom = min(numbers[1::2]), max(numbers[1::2])
    else:
        return NOWHERE
    return Area(
        max(0.0, left / wide), max(0.0, top / high), min(1.0, right / wide), min(1.0, bottom / high)
    )


def pixels(area: Area, wide: int, high: int) -> str:
    """Return a rectangle in whole pixels, as ``coords`` of QTI."""
    sides = (area.left * wide, area.top * high, area.right * wide, area.bottom * high)
    return ",".join(str(round(side)) for side in sides)


def exact(areas: Sequence[Area]) -> str:
    """Return areas as the text that `exact_areas` reads: pixels would round them."""
    return "|".join(
        " ".join(repr(side) for side in (a.left, a.top, a.right, a.bottom)) for a in areas
    )


def exact_areas(text: str) -> tuple[Area, ...]:
    """Return the areas of such a text; what it does not hold is no place."""
    found = []
    for piece in text.split("|"):
        try:
            left, top, right, bottom = (float(side) for side in piece.split())
        except ValueError:
            return (NOWHERE,)
        found.append(Area(left, top, right, bottom))
    return tuple(found)

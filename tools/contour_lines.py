"""Draw the contour lines (等高线) behind the certificate: python tools/contour_lines.py > FILE.svg

A landscape is a sum of round hills; marching squares cuts it at even heights, and the segments are
joined into strokes. The result is committed, because drawing it costs more than the whole
certificate: run this again only to change the landscape.
"""

import math
import sys
from collections.abc import Iterator
from itertools import pairwise

WIDTH, HEIGHT = 297.0, 210.0
"""Millimetres: A4 landscape."""

STEP = 4.5
HILLS = (  # x, y, height, reach
    (262.0, 30.0, 1.0, 46.0),
    (205.0, 78.0, 0.42, 34.0),
    (296.0, 105.0, 0.45, 38.0),
    (22.0, 190.0, 0.95, 46.0),
    (92.0, 176.0, 0.36, 34.0),
    (-6.0, 112.0, 0.4, 34.0),
)
LEVELS = [0.07 + 0.062 * k for k in range(16)]

Point = tuple[float, float]


def height_at(x: float, y: float) -> float:
    """Return the landscape's height at a place given in millimetres."""
    return sum(h * math.exp(-((x - hx) ** 2 + (y - hy) ** 2) / (r * r)) for hx, hy, h, r in HILLS)


def segments(level: float) -> Iterator[tuple[Point, Point]]:
    """Yield the short straight pieces of one contour line, triangle by triangle."""
    for row in range(-2, int(HEIGHT / STEP) + 3):
        for column in range(-2, int(WIDTH / STEP) + 3):
            x, y = column * STEP, row * STEP
            a, b, c, d = (x, y), (x + STEP, y), (x + STEP, y + STEP), (x, y + STEP)
            for corners in ((a, b, c), (a, c, d)):
                cuts = [
                    cut
                    for p, q in zip(corners, (*corners[1:], corners[0]), strict=True)
                    if (cut := crossing(p, q, level)) is not None
                ]
                if len(cuts) == 2:
                    yield cuts[0], cuts[1]


def crossing(p: Point, q: Point, level: float) -> Point | None:
    """Return where the edge p–q crosses the level; the same answer from either side of the edge."""
    p, q = min(p, q), max(p, q)
    if (height_at(*p) < level) == (height_at(*q) < level):
        return None
    rising = height_at(*p) < level
    low, high = 0.0, 1.0
    for _ in range(12):  # a straight cut would show the grid as ripples
        share = (low + high) / 2
        below = height_at(*along(p, q, share)) < level
        low, high = (share, high) if below == rising else (low, share)
    x, y = along(p, q, low)
    return round(x, 2), round(y, 2)


def along(p: Point, q: Point, share: float) -> Point:
    """Return the point at a share from 0 to 1 of the way from p to q."""
    return p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])


def strokes(level: float) -> Iterator[list[Point]]:
    """Join the pieces of one level end to end."""
    touching: dict[Point, list[Point]] = {}
    for p, q in segments(level):
        if p != q:
            touching.setdefault(p, []).append(q)
            touching.setdefault(q, []).append(p)
    # Open strokes first, from their ends; what remains after that are closed rings.
    for start in sorted(touching, key=lambda p: (len(touching[p]), p)):
        if touching[start]:
            stroke = [start]
            while touching[stroke[-1]]:
                here = stroke[-1]
                there = touching[here].pop()
                touching[there].remove(here)
                stroke.append(there)
            yield stroke


def path(stroke: list[Point]) -> str:
    """Return a smooth SVG path: quadratic curves through the middles of every third piece."""
    points = stroke[::3] if stroke[-1] == stroke[::3][-1] else [*stroke[::3], stroke[-1]]
    if stroke[0] == stroke[-1]:
        ring = points[:-1]
        middles = [along(p, q, 0.5) for p, q in zip(ring, [*ring[1:], ring[0]], strict=True)]
        corners = zip([*ring[1:], ring[0]], [*middles[1:], middles[0]], strict=True)
        return f"M{at(middles[0])}" + "".join(f"Q{at(c)} {at(m)}" for c, m in corners) + "Z"
    inner = pairwise(points[1:])
    return f"M{at(points[0])}" + "".join(f"Q{at(c)} {at(along(c, n, 0.5))}" for c, n in inner)


def at(p: Point) -> str:
    """Write a point with a tenth of a millimetre."""
    return f"{p[0]:.1f} {p[1]:.1f}"


def main() -> None:
    """Write the SVG to standard output."""
    drawn = [
        # Very short strokes are ripples of the grid or specks, not hills.
        f'<path stroke-width="{0.32 if index % 5 == 0 else 0.18}" d="'
        + "".join(path(s) for s in strokes(level) if len(s) > 30)
        + '"/>'
        for index, level in enumerate(LEVELS)
    ]
    sys.stdout.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">'
        '<g fill="none" stroke="#0e5a5e" stroke-opacity="0.2" stroke-linejoin="round">'
        + "".join(drawn)
        + "</g></svg>\n"
    )


if __name__ == "__main__":
    main()

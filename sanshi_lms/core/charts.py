"""Charts drawn on the server: bars as SVG that a phone reads and a report takes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

WIDTH, ROW, BAR, PAD = 360, 44, 16, 4
_INK, _SOFT, _FILL, _TRACK = "#1a2626", "#4a5a5a", "#0e5a5e", "#e6e2d6"
_FONT = "system-ui, 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value, how the value is written, and where a tap on it leads."""

    label: str
    value: float
    told: str
    url: str = ""


def bars_svg(title: str, bars: Sequence[Bar], *, file: bool = False) -> Markup:
    """Return horizontal bars from zero, each with its name and value written beside it.

    With `file` it carries its title and a white ground, to be kept apart from a page, and no links.
    """
    top = 34 if file else PAD
    height = top + ROW * len(bars) + PAD
    most = max((bar.value for bar in bars), default=0) or 1
    # Links inside a picture would be hidden from whoever listens: then it is a group.
    role = "group" if not file and any(bar.url for bar in bars) else "img"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="{role}" '
            f'aria-label="{escape(title)}" font-family="{escape(_FONT)}" class="chart">'
        ),
    ]
    if file:
        parts.append(f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>')
        parts.append(f'<text x="{PAD}" y="22" font-size="15" fill="{_INK}">{escape(title)}</text>')
    for number, bar in enumerate(bars):
        drawn = _bar(bar, top + number * ROW, most)
        linked = bar.url and not file
        parts.append(f'<a href="{escape(bar.url)}">{drawn}</a>' if linked else drawn)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text went through escape


def _bar(bar: Bar, y: int, most: float) -> str:
    whole = WIDTH - 2 * PAD
    long = round(whole * max(bar.value, 0) / most, 1)
    return (
        f'<text x="{PAD}" y="{y + 15}" font-size="14" fill="{_INK}">{escape(bar.label)}</text>'
        f'<text x="{WIDTH - PAD}" y="{y + 15}" font-size="14" text-anchor="end" fill="{_SOFT}">'
        f"{escape(bar.told)}</text>"
        f'<rect x="{PAD}" y="{y + 21}" width="{whole}" height="{BAR}" rx="3" fill="{_TRACK}"/>'
        f'<rect x="{PAD}" y="{y + 21}" width="{long}" height="{BAR}" rx="3" fill="{_FILL}"/>'
    )


@dataclass(frozen=True)
class Line:
    """A line of a curve: its name and its shares, 0-1, from left to right; the first is thick."""

    label: str
    shares: Sequence[float]


@dataclass(frozen=True)
class Spot:
    """A place of a curve that is marked: from where to where, 0-1 of its width, and its words."""

    start: float
    end: float
    label: str


def curve_svg(
    title: str, lines: Sequence[Line], spots: Sequence[Spot] = (), ends: tuple[str, str] = ("", "")
) -> Markup:
    """Return lines of shares over a lecture's length, from 0 to 100 %; `ends` are its times.

    Whoever cannot tell colours tells the lines by their thickness, and reads their names.
    """
    wide, high, left, top = 440, 300, 48, 30
    width, height = wide - left - 12, high - top - 58
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
            f'aria-label="{escape(title)}" font-family="{escape(_FONT)}" class="chart">'
        ),
    ]
    for spot in spots:
        x, long = left + width * spot.start, max(4.0, width * (spot.end - spot.start))
        parts.append(
            f'<rect x="{x:.1f}" y="{top}" width="{long:.1f}" height="{height}" fill="#f3d9c4"/>'
            f'<text x="{min(x, wide - 70):.1f}" y="{top - 8}" font-size="14" fill="{_INK}">'
            f"{escape(spot.label)}</text>"
        )
    for quarter in range(5):
        y = top + height * (1 - quarter / 4)
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_TRACK}"/>'
            f'<text x="{left - 6}" y="{y + 5:.1f}" font-size="13" text-anchor="end" '
            f'fill="{_SOFT}">{25 * quarter}%</text>'
        )
    for number, line in enumerate(lines):
        dash, thick = ("", 3) if not number else (' stroke-dasharray="5 4"', 1.5)
        places = " ".join(
            f"{left + width * place / max(1, len(line.shares) - 1):.1f},"
            f"{top + height * (1 - share):.1f}"
            for place, share in enumerate(line.shares)
        )
        x = left + number * 190
        parts.append(
            f'<polyline points="{places}" fill="none" stroke="{_FILL}" stroke-width="{thick}"'
            f'{dash}/><line x1="{x}" x2="{x + 30}" y1="{high - 12}" y2="{high - 12}" '
            f'stroke="{_FILL}" stroke-width="{thick}"{dash}/><text x="{x + 38}" y="{high - 7}" '
            f'font-size="14" fill="{_INK}">{escape(line.label)}</text>'
        )
    for x, anchor, words in ((left, "start", ends[0]), (left + width, "end", ends[1])):
        parts.append(
            f'<text x="{x}" y="{top + height + 20}" font-size="13" text-anchor="{anchor}" '
            f'fill="{_SOFT}">{escape(words)}</text>'
        )
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text went through escape

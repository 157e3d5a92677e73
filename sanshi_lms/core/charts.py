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

"""A schematic map of Chongqing: each district one tile, near its neighbours, none to scale. Pure.

Drawn by hand for this page; it shows how many stories a district has, not where its borders run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TILE = 30
COLUMNS, ROWS = 12, 8
_PLACES = """
. . . . . . . . . 城口 . .
. . . . . . . . . 开州 巫溪 .
. . . . . . . 梁平 万州 云阳 奉节 巫山
. 潼南 合川 北碚 渝北 长寿 垫江 忠县 . . . .
大足 铜梁 璧山 沙坪坝 江北 涪陵 丰都 石柱 . . . .
荣昌 永川 江津 九龙坡 渝中 南岸 武隆 彭水 黔江 . . .
. . . 大渡口 巴南 南川 . . 酉阳 . . .
. . . . 綦江 . . . 秀山 . . .
"""
SHORT_NAMES: Mapping[str, tuple[int, int]] = {
    name: (column, row)
    for row, line in enumerate(_PLACES.split("\n")[1:-1])
    for column, name in enumerate(line.split())
    if name != "."
}


@dataclass(frozen=True)
class Tile:
    """A district on the map. `name` is as the stories write it; `level` 0 to 4 is its shade."""

    short: str
    name: str
    x: int
    y: int
    count: int
    level: int
    lines: tuple[str, ...]


def short_name(district: str) -> str:
    """Return the tile's name for a district as people write it, or "" when it has no tile."""
    return next((short for short in SHORT_NAMES if district.startswith(short)), "")


def level(count: int) -> int:
    """Return the shade for a count."""
    return next((n for n, least in ((4, 10), (3, 5), (2, 2), (1, 1)) if count >= least), 0)


def tiles(counts: Mapping[str, int]) -> list[Tile]:
    """Return all tiles; `counts` is by district as the stories write it."""
    named = {short_name(district): district for district in counts if short_name(district)}
    return [
        Tile(
            short=short,
            name=named.get(short, short),
            x=column * TILE,
            y=row * TILE,
            count=(count := counts.get(named.get(short, ""), 0)),
            level=level(count),
            lines=(short,) if len(short) < 3 else (short[:2], short[2:]),
        )
        for short, (column, row) in SHORT_NAMES.items()
    ]

"""Rules of questions inside a video: where they may stand, and what is still open."""

import re
from collections.abc import Collection, Iterable

MOST_QUESTIONS = 50
AGAIN_SECONDS = 60
_CLOCK = re.compile(r"(?:([0-9]{1,2})[:：])?([0-9]{1,3})[:：]([0-9]{1,2})")


def read_clock(text: str) -> int | None:
    """Return the seconds of "3:20", "1:03:20" or "200"; None for anything else."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,5}", text):
        return int(text)
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds if seconds < 60 else None


def place_problem(second: int | None, length: float, taken: Collection[int]) -> str | None:
    """Return what is wrong with a place in a lecture of `length` seconds, or None."""
    if second is None:
        return "时间请写成“分:秒”，例如 3:20。"
    if not 1 <= second < length:
        return "这个时间不在视频里，请对照视频填写“分:秒”。"
    if second in taken:
        return "这一秒已经有一道弹题了，请换个时间。"
    if len(taken) >= MOST_QUESTIONS:
        return f"一个视频最多放 {MOST_QUESTIONS} 道弹题。"
    return None


def again_from(second: int) -> int:
    """Return where seeing that minute again begins."""
    return max(0, second - AGAIN_SECONDS)


def open_places(
    places: Iterable[tuple[int, int]], right: Collection[int], known: Collection[int]
) -> list[int]:
    """Return the seconds whose item is not answered right yet.

    `places` are (second, item). An item that is gone from the bank can hold up nobody.
    """
    return sorted(second for second, item in places if item in known and item not in right)

"""How the desk puts things in words: what changed, how long it took, when it goes on. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_SHOWN = 120
LEAD_IN = 12
Values = Mapping[str, Any]
ValueWords = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Change:
    """One field of an act. None says that the act tells nothing of that side."""

    label: str
    before: str | None
    after: str | None


def changes(
    before: Values | None,
    after: Values | None,
    names: Mapping[str, str],
    words: ValueWords,
) -> list[Change]:
    """Return what an act changed, field by field: known ones first, in the order of `names`.

    Fields that are the same on both sides are left out.
    """
    old, new = before or {}, after or {}
    keys = [key for key in names if key in old or key in new]
    keys += sorted((set(old) | set(new)) - set(names))
    found = []
    for key in keys:
        if key in old and key in new and old[key] == new[key]:
            continue
        said = words.get(key, {})
        sides = (
            value_zh(old[key], said) if key in old else None,
            value_zh(new[key], said) if key in new else None,
        )
        found.append(Change(names.get(key, key), *_shortened(*sides)))
    return found


def value_zh(value: Any, words: Mapping[str, str]) -> str:
    """Return a noted value as people read it, by `words` where it has one for it."""
    if isinstance(value, list):
        return "、".join(value_zh(one, words) for one in value) or "（空）"
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if key in words:
        return words[key]
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "":
        return "（空）"
    return str(value)


def lasting_zh(seconds: float) -> str:
    """Return a length of time for people: 45 秒, 3 分钟, 1 小时 20 分钟."""
    whole = max(0, math.ceil(seconds))
    if whole < 60:
        return f"{whole} 秒"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if rest else f"{hours} 小时"


def again_zh(seconds: float, tried: int, most: int) -> str:
    """Return when a job that failed for the moment is tried again, `seconds` from now."""
    when = f"将在 {lasting_zh(seconds)}后再试" if seconds >= 1 else "马上再试"
    return f"{when}（已经试了 {tried} 次，最多 {most} 次）"


def _shortened(before: str | None, after: str | None) -> Sequence[str | None]:
    """Cut long texts to where they begin to differ."""
    start = 0
    if before is not None and after is not None:
        pairs = zip(before, after, strict=False)
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
        start = max(0, same - LEAD_IN)
    return [None if text is None else _cut(text, start) for text in (before, after)]


def _cut(text: str, start: int) -> str:
    if len(text) <= LONGEST_SHOWN:
        return text
    start = min(start, len(text) - 1)
    shown = text[start : start + LONGEST_SHOWN]
    tail = "…" if start + LONGEST_SHOWN < len(text) else ""
    return f"{'…' if start else ''}{shown}{tail}"

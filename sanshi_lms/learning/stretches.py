"""Arithmetic of stretches: unions, what lies inside and outside. Whole milliseconds; pure."""

from collections.abc import Iterable

Interval = tuple[int, int]


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union of `intervals` as ordered, disjoint, non-touching stretches."""
    merged: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[1] > i[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def length(intervals: Iterable[Interval]) -> int:
    """Return the milliseconds that disjoint `intervals` cover."""
    return sum(end - start for start, end in intervals)


def clip(intervals: Iterable[Interval], duration_ms: int) -> tuple[Interval, ...]:
    """Return the union of `intervals` that lies inside a lecture of `duration_ms`."""
    return within(merge(intervals), 0, duration_ms)


def within(union: Iterable[Interval], start: int, end: int) -> tuple[Interval, ...]:
    """Return the part of a union that lies between `start` and `end`."""
    cut = ((max(start, a), min(end, b)) for a, b in union)
    return tuple((a, b) for a, b in cut if b > a)


def beyond(union: Iterable[Interval], known: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what of one union lies outside another; both are ordered."""
    rest: list[Interval] = []
    holes = list(known)
    for start, end in union:
        at = start
        for a, b in holes:
            if b <= at or a >= end:
                continue
            if a > at:
                rest.append((at, a))
            at = b
        if at < end:
            rest.append((at, end))
    return tuple(rest)


def first(union: Iterable[Interval], most_ms: int) -> tuple[Interval, ...]:
    """Return the first `most_ms` milliseconds of a union."""
    taken: list[Interval] = []
    for start, end in union:
        if most_ms <= 0:
            break
        taken.append((start, min(end, start + most_ms)))
        most_ms -= end - start
    return tuple(taken)


def last(union: tuple[Interval, ...], most_ms: int) -> tuple[Interval, ...]:
    """Return the last `most_ms` milliseconds of a union."""
    skipped = length(union) - most_ms
    return beyond(union, first(union, skipped)) if skipped > 0 else union

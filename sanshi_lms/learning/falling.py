"""Where lectures lose people: how many of their viewers are still there, second by second."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Float, Select, cast, func, select

from sanshi_lms.core.db import db
from sanshi_lms.learning.models import WatchRecord

MOST_BUCKETS = 240
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Watched:
    """A lecture that somebody watched: how many, and which share of it they saw on average."""

    lesson_id: int
    viewers: int
    share: float


@dataclass(frozen=True)
class WatchCurve:
    """A lecture's viewers by buckets of `bucket` seconds.

    `still` counts who watched something at this place or behind it, so it only falls; `seen` who
    watched this very place.
    """

    viewers: int
    seconds: int
    bucket: int
    still: tuple[int, ...]
    seen: tuple[int, ...]


def watched_lectures(
    people: Select[int] | None = None, lesson_ids: Collection[int] | None = None
) -> list[Watched]:
    """Return the lectures that somebody of `people` (ids; None: anybody) watched, most first."""
    share = cast(WatchRecord.seen_ms, Float) / func.nullif(WatchRecord.duration_ms, 0)
    query = select(WatchRecord.lesson_id, func.count(), func.avg(share))
    if people is not None:
        query = query.where(WatchRecord.user_id.in_(people))
    if lesson_ids is not None:
        query = query.where(WatchRecord.lesson_id.in_(lesson_ids))
    rows = db.session.execute(
        query.group_by(WatchRecord.lesson_id).order_by(func.count().desc(), WatchRecord.lesson_id)
    )
    return [Watched(row[0], row[1], min(1.0, float(row[2] or 0))) for row in rows]


def watch_curve(lesson_id: int, people: Select[int] | None = None) -> WatchCurve:
    """Return how a lecture's viewers leave; of those of `people` (ids), None: of all.

    The lecture is as long as its newest record says; who has seen nothing yet is no viewer.
    """
    mine = WatchRecord.lesson_id == lesson_id
    newest = select(WatchRecord.duration_ms).where(mine).order_by(WatchRecord.updated_at.desc())
    seconds = -(-(db.session.scalar(newest.limit(1)) or 0) // 1000)
    bucket = max(1, -(-seconds // MOST_BUCKETS))
    size = -(-seconds // bucket)
    query = select(WatchRecord.stretches).where(mine, WatchRecord.seen_ms > 0)
    if people is not None:
        query = query.where(WatchRecord.user_id.in_(people))
    ends, steps, viewers = [0] * (size + 1), [0] * (size + 1), 0
    rows = db.session.scalars(query.execution_options(yield_per=_ROWS_AT_ONCE))
    for text in rows:
        viewers += _enter(json.loads(text), bucket * 1000, size, ends, steps)
    return WatchCurve(
        viewers, seconds, bucket, tuple(_still(ends, viewers)), tuple(_running(steps))
    )


def _enter(
    stretches: Sequence[Sequence[int]], bucket_ms: int, size: int, ends: list[int], steps: list[int]
) -> int:
    """Add a viewer; returns 1, or 0 for whoever saw nothing of the lecture as it is now."""
    covered = -1
    for start, end in stretches:
        first, last = start // bucket_ms, min((end - 1) // bucket_ms, size - 1)
        first = max(first, covered + 1)  # two stretches within one bucket are one viewer
        if last >= first:
            steps[first] += 1
            steps[last + 1] -= 1
            covered = last
    if covered >= 0:
        ends[covered] += 1
    return int(covered >= 0)


def _still(ends: Sequence[int], viewers: int) -> list[int]:
    found, left = [], viewers
    for gone in ends[:-1]:
        found.append(left)
        left -= gone
    return found


def _running(steps: Sequence[int]) -> list[int]:
    found, here = [], 0
    for step in steps[:-1]:
        here += step
        found.append(here)
    return found

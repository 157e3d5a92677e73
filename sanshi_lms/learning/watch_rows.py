"""The rows that a group of watch reports reads and writes, by the many and without objects."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from sanshi_lms.account import User
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.models import Completion, Enrolment, Uncounted, WatchClock, WatchRecord
from sanshi_lms.learning.stretches import Interval, length
from sanshi_lms.learning.wall_clock import Clock

Key = tuple[int, int]


@dataclass(frozen=True)
class Record:
    """What was seen of a lesson, and where watching stopped, when."""

    seen: tuple[Interval, ...] = ()
    position_ms: int = 0
    updated_at: datetime | None = None
    duration_ms: int = 0


@dataclass(frozen=True)
class Enrolled:
    """When somebody was last active in a course, and whether it is complete."""

    active_at: datetime
    completed: bool


@dataclass(frozen=True)
class Loss:
    """A report of which something did not count."""

    user_id: int
    lesson_id: int
    reason: str
    lost_ms: int
    at: datetime


_ASKED: BindParameter[Any] = bindparam("asked", expanding=True)
_PEOPLE = select(User.id, User.session_mark).where(User.id.in_(_ASKED), User.active)
_COURSES = select(Lesson.id, Lesson.course_id).where(Lesson.id.in_(_ASKED))
_CLOCKS = (
    select(WatchClock.user_id, WatchClock.state)
    .where(WatchClock.user_id.in_(_ASKED))
    .order_by(WatchClock.user_id)
    .with_for_update()
)
_RECORDS = select(
    WatchRecord.user_id,
    WatchRecord.lesson_id,
    WatchRecord.stretches,
    WatchRecord.position_ms,
    WatchRecord.updated_at,
    WatchRecord.duration_ms,
).where(tuple_(WatchRecord.user_id, WatchRecord.lesson_id).in_(_ASKED))
_ENROLMENTS = select(
    Enrolment.user_id, Enrolment.course_id, Enrolment.active_at, Enrolment.completed_at
).where(tuple_(Enrolment.user_id, Enrolment.course_id).in_(_ASKED))
_COMPLETED = select(Completion.user_id, Completion.lesson_id).where(
    tuple_(Completion.user_id, Completion.lesson_id).in_(_ASKED)
)
_KEEP_CLOCK = (
    update(WatchClock).where(WatchClock.user_id == bindparam("of")).values(state=bindparam("now"))
)


def people(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the session marks of those of these people who may sign in."""
    return {row[0]: row[1] for row in connection.execute(_PEOPLE, {"asked": ids})}


def courses(connection: Connection, lesson_ids: Collection[int]) -> dict[int, int]:
    """Return the course of each of these lessons that exists."""
    found = connection.execute(_COURSES, {"asked": list(lesson_ids)})
    return {row[0]: row[1] for row in found}


def locked_clocks(connection: Connection, ids: Sequence[int]) -> dict[int, Clock | None]:
    """Return the clocks of these people, locked until the commit; None for a fresh one."""
    states = _states(connection, ids)
    fresh = [user_id for user_id in ids if user_id not in states]
    if fresh:
        # Two groups may both meet somebody for the first time: the row is there for the second.
        connection.execute(
            _statements(connection).clock, [{"user_id": user_id, "state": ""} for user_id in fresh]
        )
        states |= _states(connection, fresh)
    return {user_id: Clock.load(text) if text else None for user_id, text in states.items()}


def records(connection: Connection, keys: Sequence[Key]) -> dict[Key, Record]:
    """Return what was seen before."""
    found = {}
    for user, lesson, text, position, at, duration in connection.execute(_RECORDS, {"asked": keys}):
        seen = tuple((start, end) for start, end in json.loads(text))
        found[user, lesson] = Record(seen, position, at, duration)
    return found


def enrolments(connection: Connection, keys: Collection[Key]) -> dict[Key, Enrolled]:
    """Return how these people stand with these courses."""
    found = connection.execute(_ENROLMENTS, {"asked": sorted(keys)})
    return {
        (user, course): Enrolled(active_at, completed_at is not None)
        for user, course, active_at, completed_at in found
    }


def completed(connection: Connection, keys: Sequence[Key]) -> set[Key]:
    """Return which of these lessons their people have completed."""
    return {(row[0], row[1]) for row in connection.execute(_COMPLETED, {"asked": keys})}


def keep_clocks(connection: Connection, clocks: Mapping[int, Clock | None]) -> None:
    """Write the clocks back."""
    changed = [{"of": user, "now": clock.dump()} for user, clock in clocks.items() if clock]
    if changed:
        connection.execute(_KEEP_CLOCK, changed)


def keep_records(connection: Connection, changed: Mapping[Key, Record]) -> None:
    """Write what was seen, each row in one statement."""
    values = [
        {
            "user_id": user,
            "lesson_id": lesson,
            "stretches": json.dumps(record.seen, separators=(",", ":")),
            "seen_ms": length(record.seen),
            "duration_ms": record.duration_ms,
            "position_ms": record.position_ms,
            "updated_at": record.updated_at,
        }
        for (user, lesson), record in sorted(changed.items())
    ]
    if values:
        connection.execute(_statements(connection).record, values)


def keep_active(connection: Connection, active: Mapping[Key, datetime]) -> None:
    """Enrol these people, once, and note that they were active."""
    values = [
        {"user_id": user, "course_id": course, "enrolled_at": at, "active_at": at}
        for (user, course), at in sorted(active.items())
    ]
    if values:
        connection.execute(_statements(connection).active, values)


def keep_uncounted(connection: Connection, losses: Sequence[Loss]) -> None:
    """Add up what did not count."""
    values = [
        {
            "user_id": loss.user_id,
            "lesson_id": loss.lesson_id,
            "reason": loss.reason,
            "times": 1,
            "lost_ms": loss.lost_ms,
            "first_at": loss.at,
            "last_at": loss.at,
        }
        for loss in sorted(losses, key=lambda loss: (loss.user_id, loss.lesson_id, loss.reason))
    ]
    if values:
        connection.execute(_statements(connection).uncounted, values)


def _states(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    return {row[0]: row[1] for row in connection.execute(_CLOCKS, {"asked": ids})}


@dataclass(frozen=True)
class _Statements:
    """The statements that each engine spells in its own way: made once, they are quick."""

    clock: Any
    record: Any
    active: Any
    uncounted: Any


def _made(engine: Any) -> _Statements:
    record, active, loss = (engine.insert(t) for t in (WatchRecord, Enrolment, Uncounted))
    kept = ("stretches", "seen_ms", "duration_ms", "position_ms", "updated_at")
    return _Statements(
        clock=engine.insert(WatchClock).on_conflict_do_nothing(),
        record=record.on_conflict_do_update(
            index_elements=["user_id", "lesson_id"],
            set_={name: record.excluded[name] for name in kept},
        ),
        active=active.on_conflict_do_update(
            index_elements=["user_id", "course_id"],
            set_={"active_at": active.excluded.active_at},
        ),
        uncounted=loss.on_conflict_do_update(
            index_elements=["user_id", "lesson_id", "reason"],
            set_={
                "times": Uncounted.times + 1,
                "lost_ms": Uncounted.lost_ms + loss.excluded.lost_ms,
                "last_at": loss.excluded.last_at,
            },
        ),
    )


_BY_ENGINE = {"sqlite": _made(sqlite), "postgresql": _made(postgresql)}


def _statements(connection: Connection) -> _Statements:
    return _BY_ENGINE[connection.dialect.name]

"""The rows that a group of watch reports reads and writes, by the many and without objects."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from sanshi_lms.learning import watch_sql as sql
from sanshi_lms.learning.models import Uncounted
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


@dataclass
class Found:
    """What a group is judged by. A clock is None for who has none yet; what is not in
    `courses` does not exist.
    """

    courses: dict[int, int] = field(default_factory=dict)
    clocks: dict[int, Clock | None] = field(default_factory=dict)
    records: dict[Key, Record] = field(default_factory=dict)
    enrolments: dict[Key, Enrolled] = field(default_factory=dict)
    completed: set[Key] = field(default_factory=set)


def look_up(connection: Connection, keys: Collection[Key]) -> Found:
    """Return what is known of these people and lessons; the people are locked until the commit."""
    if connection.dialect.name != "sqlite":
        _lock(connection, {user for user, _ in keys})
    found = Found()
    for row in _run(connection, sql.READ, keys):
        user, lesson, course, state, text, position, at, duration, active, ended, done = row
        if course is not None:
            found.courses[lesson] = course
        found.clocks[user] = Clock.load(state) if state else None
        if text is not None:
            seen = tuple((start, end) for start, end in json.loads(text))
            found.records[user, lesson] = Record(seen, position, sql.read_time(at), duration)
        last = sql.read_time(active)
        if last is not None:
            found.enrolments[user, course] = Enrolled(last, ended is not None)
        if done is not None:
            found.completed.add((user, lesson))
    return found


def keep_clocks(connection: Connection, clocks: Mapping[int, Clock | None]) -> None:
    """Write the clocks back."""
    rows = [(user, clock.dump()) for user, clock in sorted(clocks.items()) if clock]
    _change(connection, sql.CLOCKS, rows)


def keep_records(connection: Connection, changed: Mapping[Key, Record]) -> None:
    """Write what was seen."""
    rows = [
        (
            user,
            lesson,
            json.dumps(record.seen, separators=(",", ":")),
            length(record.seen),
            record.duration_ms,
            record.position_ms,
            sql.written_time(record.updated_at),
        )
        for (user, lesson), record in sorted(changed.items())
        if record.updated_at is not None
    ]
    _change(connection, sql.RECORDS, rows)


def keep_active(connection: Connection, active: Mapping[Key, datetime]) -> None:
    """Enrol these people, once, and note that they were active."""
    rows = [(user, course, sql.written_time(at)) for (user, course), at in sorted(active.items())]
    _change(connection, sql.ACTIVE, rows)


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
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(Uncounted)
        added = insert.on_conflict_do_update(
            index_elements=["user_id", "lesson_id", "reason"],
            set_={
                "times": Uncounted.times + 1,
                "lost_ms": Uncounted.lost_ms + insert.excluded.lost_ms,
                "last_at": insert.excluded.last_at,
            },
        )
        connection.execute(added, values)


def _lock(connection: Connection, users: Collection[int]) -> None:
    rows = [(user,) for user in sorted(users)]
    if len(_run(connection, sql.LOCK, rows)) < len(rows):
        _change(connection, sql.FRESH, rows)
        _run(connection, sql.LOCK, rows)


def _run(connection: Connection, statement: str, rows: Collection[Any]) -> Sequence[Any]:
    return connection.exec_driver_sql(*_given(connection, statement, rows)).fetchall()


def _change(connection: Connection, statement: str, rows: Collection[Any]) -> None:
    if rows:
        connection.exec_driver_sql(*_given(connection, statement, rows))


def _given(connection: Connection, statement: str, rows: Collection[Any]) -> tuple[str, Any]:
    given = json.dumps(list(rows), separators=(",", ":"))
    return _spelled(statement, connection.dialect.name), (given,)


_spelled = cache(sql.spelled)

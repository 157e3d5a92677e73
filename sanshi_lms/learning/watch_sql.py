"""The statements of a group of watch reports, each for all its reports at once, for both engines.

All rows of a statement go in as one JSON text: between two steps of the database another thread of
this process may run, and take its time. The words that the engines spell differently begin with @.
"""

import re
from datetime import UTC, datetime

# The people of a group, locked until the commit in one order, so that two groups neither spend the
# same moments nor wait for each other. SQLite's write lock does the same for everybody.
LOCK = """
SELECT user_id FROM learning_watch_clocks
WHERE user_id IN (SELECT @int0 FROM @given) ORDER BY user_id FOR UPDATE
"""
# Two groups may both meet somebody for the first time: the row is there for the second.
FRESH = """
INSERT INTO learning_watch_clocks (user_id, state)
SELECT id, '' FROM account_users WHERE id IN (SELECT @int0 FROM @given) ORDER BY id
ON CONFLICT (user_id) DO NOTHING
"""
READ = """
SELECT asked.user_id, asked.lesson_id, lessons.course_id, clocks.state,
  records.stretches, records.position_ms, records.updated_at, records.duration_ms,
  enrolments.active_at, enrolments.completed_at, completions.lesson_id
FROM (SELECT @int0 AS user_id, @int1 AS lesson_id FROM @given) AS asked
LEFT JOIN courses_lessons AS lessons ON lessons.id = asked.lesson_id
LEFT JOIN learning_watch_clocks AS clocks ON clocks.user_id = asked.user_id
LEFT JOIN learning_watch_records AS records
  ON records.user_id = asked.user_id AND records.lesson_id = asked.lesson_id
LEFT JOIN learning_enrolments AS enrolments
  ON enrolments.user_id = asked.user_id AND enrolments.course_id = lessons.course_id
LEFT JOIN learning_completions AS completions
  ON completions.user_id = asked.user_id AND completions.lesson_id = asked.lesson_id
"""
CLOCKS = """
INSERT INTO learning_watch_clocks (user_id, state) SELECT @int0, @text1 FROM @given WHERE true
ON CONFLICT (user_id) DO UPDATE SET state = excluded.state
"""
RECORDS = """
INSERT INTO learning_watch_records
  (user_id, lesson_id, stretches, seen_ms, duration_ms, position_ms, updated_at)
SELECT @int0, @int1, @text2, @int3, @int4, @int5, @time6 FROM @given WHERE true
ON CONFLICT (user_id, lesson_id) DO UPDATE SET stretches = excluded.stretches,
  seen_ms = excluded.seen_ms, duration_ms = excluded.duration_ms,
  position_ms = excluded.position_ms, updated_at = excluded.updated_at
"""
ACTIVE = """
INSERT INTO learning_enrolments (user_id, course_id, enrolled_at, active_at)
SELECT @int0, @int1, @time2, @time2 FROM @given WHERE true
ON CONFLICT (user_id, course_id) DO UPDATE SET active_at = excluded.active_at
"""

_SPELLED = {
    "sqlite": {
        "given": "json_each(?)",
        "int": r"json_extract(value, '$[\2]')",
        "text": r"json_extract(value, '$[\2]')",
        "time": r"json_extract(value, '$[\2]')",
    },
    "postgresql": {
        "given": "json_array_elements(%s::json) AS given(value)",
        "int": r"(value->>\2)::integer",
        "text": r"(value->>\2)",
        "time": r"(value->>\2)::timestamp AT TIME ZONE 'UTC'",
    },
}


def spelled(statement: str, engine: str) -> str:
    """Return a statement of this module as an engine has it."""
    words = _SPELLED[engine]
    return re.sub(r"@([a-z]+)(\d?)", lambda found: found.expand(words[found[1]]), statement)


def written_time(at: datetime) -> str:
    """Return a moment as both engines take it; SQLite keeps times in UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def read_time(found: str | datetime | None) -> datetime | None:
    """Return a moment as either engine gives it."""
    moment = datetime.fromisoformat(found) if isinstance(found, str) else found
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)

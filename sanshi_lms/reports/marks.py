"""The triggers that write marks: whatever changes progress, by whatever way, leaves one.

The database writes them in the transaction of the change, so a killed process loses none: the
busiest writer of enrolments is plain SQL (learning/watch_sql.py), and a roster moves thousands of
people at once; no signal would hear of both. The bodies name no other table than reports_marks, so
that SQLite can rebuild account_users beside them; a migration that rebuilds one of the watched
tables drops its triggers, which `reports check` and a test of this room tell.
"""

from collections.abc import Mapping

from sqlalchemy import text

from sanshi_lms.core.db import db

_BY_COURSE = (
    "INSERT INTO reports_marks (user_id, course_id) VALUES ({row}.user_id, {row}.course_id)"
)
_BY_PERSON = "INSERT INTO reports_marks (user_id) VALUES (NEW.user_id)"
_BY_UNIT = (
    "INSERT INTO reports_marks (user_id, unit_id) VALUES (OLD.id, COALESCE(OLD.unit_id, 0)); "
    "INSERT INTO reports_marks (user_id, unit_id) VALUES (NEW.id, COALESCE(NEW.unit_id, 0))"
)
_DIFFERS = "OLD.{column} {is_distinct} NEW.{column}"


def triggers(dialect: str) -> Mapping[str, str]:
    """Return by name the statements that make the triggers."""
    moved = " OR ".join(_differs(dialect, one) for one in ("unit_id", "role", "active"))
    done = " OR ".join(_differs(dialect, one) for one in ("completed_at", "enrolled_at"))
    return {
        "reports_mark_enrolled": _trigger(
            dialect, "enrolled", "INSERT", "learning_enrolments", "", _BY_COURSE.format(row="NEW")
        ),
        "reports_mark_completed": _trigger(
            dialect, "completed", "UPDATE OF completed_at, enrolled_at", "learning_enrolments",
            done, _BY_COURSE.format(row="NEW"),
        ),
        "reports_mark_unenrolled": _trigger(
            dialect, "unenrolled", "DELETE", "learning_enrolments", "",
            _BY_COURSE.format(row="OLD"),
        ),
        "reports_mark_moved": _trigger(
            dialect, "moved", "UPDATE OF unit_id, role, active", "account_users", moved, _BY_UNIT
        ),
        "reports_mark_removed": _trigger(
            dialect, "removed", "DELETE", "account_users", "", _BY_UNIT.partition("; ")[0]
        ),
        "reports_mark_hours": _trigger(
            dialect, "hours", "INSERT", "credentials_credit_entries", "", _BY_PERSON
        ),
    }  # fmt: skip


def missing() -> list[str]:
    """Return which triggers are not there."""
    postgres = db.engine.dialect.name == "postgresql"
    there = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if postgres
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    found = set(db.session.scalars(text(there)))
    return [name for name in triggers(db.engine.dialect.name) if name not in found]


def put_back() -> list[str]:
    """Make the triggers that are missing, in the present transaction; return their names."""
    lost = missing()
    for name in lost:
        for statement in triggers(db.engine.dialect.name)[name].split("\n;\n"):
            db.session.connection().exec_driver_sql(statement)
    return lost


def _differs(dialect: str, column: str) -> str:
    word = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    return _DIFFERS.format(column=column, is_distinct=word)


def _trigger(dialect: str, name: str, moment: str, table: str, when: str, body: str) -> str:
    head = f"AFTER {moment} ON {table} FOR EACH ROW" + (f" WHEN ({when})" if when else "")
    if dialect == "sqlite":
        return f"CREATE TRIGGER IF NOT EXISTS reports_mark_{name} {head} BEGIN {body}; END"
    return (
        f"CREATE OR REPLACE FUNCTION reports_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$\n;\n"
        f"CREATE OR REPLACE TRIGGER reports_mark_{name} {head} "
        f"EXECUTE FUNCTION reports_mark_{name}()"
    )

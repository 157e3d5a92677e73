"""Sums that are kept current: counted anew, group by group, from what marks say has changed.

A group is never added to or taken from: it is deleted and counted anew from the rows themselves,
in the transaction in which its marks go. So a mark that is counted twice does no harm, and one that
is written meanwhile is counted the next time.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
)

from sanshi_lms.account import User
from sanshi_lms.core.db import db, transaction
from sanshi_lms.credentials import CreditEntry
from sanshi_lms.learning import Enrolment
from sanshi_lms.reports.models import NO_UNIT, Mark, PersonYear, UnitCourse

MARKS_AT_ONCE = 2000
UNITS_AT_ONCE = 20
_LOCK = 7_005_161  # of PostgreSQL: one counts at a time

_UNIT = func.coalesce(User.unit_id, NO_UNIT)
_COURSE_KEYS = (UnitCourse.course_id, UnitCourse.unit_id, UnitCourse.role, UnitCourse.year)
_PERSON_KEYS = (PersonYear.user_id, PersonYear.year, PersonYear.unit_id, PersonYear.role)


def waiting() -> int:
    """Return how many changes are not counted yet."""
    return db.session.scalar(select(func.count(Mark.id))) or 0


def some_waiting() -> bool:
    """Tell whether there are such changes."""
    return db.session.scalar(select(Mark.id).limit(1)) is not None


def count_waiting() -> int:
    """Count what changed until nothing is left; returns how many marks were taken.

    Each step is a transaction of its own: whoever kills us loses nothing.
    """
    taken = 0
    while True:
        with transaction():
            if db.session.scalar(select(Mark.id).where(Mark.user_id.is_(None)).limit(1)):
                everything: int | None = _newest_mark()
            else:
                everything = None
                step = _count_some()
                taken += step
                if not step:
                    return taken
        if everything is not None:
            count_all()
            with transaction():
                gone = Mark.user_id.is_(None) & (Mark.id <= everything)
                db.session.execute(delete(Mark).where(gone))


def count_all() -> None:
    """Count everything anew, some units at a time, so that nobody waits long for the lock."""
    with transaction():
        units = sorted(all_units())
    for start in range(0, len(units), UNITS_AT_ONCE):
        with transaction():
            _lock()
            count_units(units[start : start + UNITS_AT_ONCE])


def all_units() -> set[int]:
    """Return every unit that has people or sums."""
    found = set(db.session.scalars(select(_UNIT).distinct()))
    found |= set(db.session.scalars(select(UnitCourse.unit_id).distinct()))
    return found | set(db.session.scalars(select(PersonYear.unit_id).distinct()))


def count_units(units: Collection[int]) -> None:
    """Count units anew, with all their people and courses; needs a transaction around it."""
    db.session.execute(delete(UnitCourse).where(UnitCourse.unit_id.in_(units)))
    _insert(UnitCourse, courses_of(belong(units)))
    # Whoever moved has their row at the old unit still: by person, as well as by unit.
    people = set(
        db.session.scalars(select(PersonYear.user_id).where(PersonYear.unit_id.in_(units)))
    )
    for some in _in_parts(sorted(people)):
        db.session.execute(delete(PersonYear).where(PersonYear.user_id.in_(some)))
    there = select(User.id).where(belong(units))
    db.session.execute(delete(PersonYear).where(PersonYear.user_id.in_(there)))
    _insert(PersonYear, people_of(belong(units)))


def belong(units: Collection[int]) -> ColumnElement[bool]:
    """Return whether a person belongs to one of these units; an index answers it."""
    here = User.unit_id.in_([one for one in units if one != NO_UNIT])
    return or_(here, User.unit_id.is_(None)) if NO_UNIT in units else here


def courses_of(where: ColumnElement[bool]) -> Select[Any]:
    """Return what `reports_courses` must hold of these people."""
    begun = _facts(where, year_of(Enrolment.enrolled_at), 1, 0)
    done = _facts(where, year_of(Enrolment.completed_at), 0, 1)
    rows = union_all(begun, done.where(Enrolment.completed_at.is_not(None))).subquery()
    keys = (rows.c.course_id, rows.c.unit_id, rows.c.role, rows.c.year)
    return select(*keys, func.sum(rows.c.begun), func.sum(rows.c.finished)).group_by(*keys)


def people_of(where: ColumnElement[bool]) -> Select[Any]:
    """Return what `reports_people` must hold of these people: each year, and all time."""
    hundredths = cast(func.round(CreditEntry.hours * 100), Integer)
    nothing: ColumnElement[int] = literal(0)
    enrolled = select(
        User.id.label("user_id"), year_of(Enrolment.enrolled_at).label("year"),
        literal(1).label("begun"), nothing.label("finished"), nothing.label("hours"),
        _UNIT.label("unit_id"), User.role.label("role"),
    ).join(Enrolment, Enrolment.user_id == User.id)  # fmt: skip
    done = select(
        User.id, year_of(Enrolment.completed_at), nothing, literal(1), nothing, _UNIT, User.role
    ).join(Enrolment, Enrolment.user_id == User.id)
    earned = select(User.id, CreditEntry.year, nothing, nothing, hundredths, _UNIT, User.role).join(
        CreditEntry, CreditEntry.user_id == User.id
    )
    active = User.active.is_(True) & where
    rows = union_all(
        enrolled.where(active),
        done.where(active, Enrolment.completed_at.is_not(None)),
        earned.where(active),
    ).cte("facts")
    sums = (func.sum(rows.c.begun), func.sum(rows.c.finished), func.sum(rows.c.hours))
    who = (rows.c.user_id, rows.c.unit_id, rows.c.role)
    by_year = select(rows.c.user_id, rows.c.year, rows.c.unit_id, rows.c.role, *sums)
    always = select(rows.c.user_id, literal(0), rows.c.unit_id, rows.c.role, *sums)
    both = union_all(by_year.group_by(*who, rows.c.year), always.group_by(*who)).subquery()
    return select(both)


def year_of(column: Any) -> ColumnElement[int]:
    """Return the year of a moment where our people live, in the words of the engine."""
    if db.engine.dialect.name == "postgresql":
        return cast(func.extract("year", func.timezone("Asia/Shanghai", column)), Integer)
    return cast(func.strftime("%Y", column, "+8 hours"), Integer)


def _facts(where: ColumnElement[bool], year: Any, begun: int, finished: int) -> Select[Any]:
    return (
        select(
            Enrolment.course_id.label("course_id"), _UNIT.label("unit_id"),
            User.role.label("role"), year.label("year"), literal(begun).label("begun"),
            literal(finished).label("finished"),
        )
        .join(User, User.id == Enrolment.user_id)
        .where(User.active, where)
    )  # fmt: skip


def _count_some() -> int:
    _lock()
    marks = list(db.session.scalars(select(Mark).order_by(Mark.id).limit(MARKS_AT_ONCE)))
    if not marks:
        return 0
    people = {one.user_id for one in marks if one.user_id is not None}
    moved = {one.unit_id for one in marks if one.unit_id is not None}
    whose = _units_of(people)
    courses: dict[int, set[int]] = {}
    for one in marks:
        unit = whose.get(one.user_id or 0, NO_UNIT)
        if one.course_id is not None and unit not in moved:
            courses.setdefault(unit, set()).add(one.course_id)
    for some in _in_parts(sorted(moved)):
        count_units(some)
    for unit, ids in courses.items():
        _count_courses(unit, ids)
    _count_people([n for n in people if whose.get(n, NO_UNIT) not in moved])
    db.session.execute(delete(Mark).where(Mark.id.in_([one.id for one in marks])))
    return len(marks)


def _count_courses(unit: int, course_ids: Collection[int]) -> None:
    here = (UnitCourse.unit_id == unit) & UnitCourse.course_id.in_(course_ids)
    db.session.execute(delete(UnitCourse).where(here))
    _insert(UnitCourse, courses_of(and_(belong([unit]), Enrolment.course_id.in_(course_ids))))


def _count_people(ids: Sequence[int]) -> None:
    for some in _in_parts(sorted(ids)):
        db.session.execute(delete(PersonYear).where(PersonYear.user_id.in_(some)))
        _insert(PersonYear, people_of(User.id.in_(some)))


def _units_of(ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in _in_parts(sorted(ids)):
        rows = db.session.execute(select(User.id, _UNIT).where(User.id.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


def _insert(table: type[PersonYear] | type[UnitCourse], rows: Select[Any]) -> None:
    if table is PersonYear:
        names = ["user_id", "year", "unit_id", "role", "begun", "finished", "hours"]
    else:
        names = ["course_id", "unit_id", "role", "year", "begun", "finished"]
    db.session.execute(insert(table).from_select(names, rows))


def _in_parts(ids: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _newest_mark() -> int:
    return db.session.scalar(select(func.max(Mark.id))) or 0


def _lock() -> None:
    """Let one count at a time; on SQLite the transaction itself sees to it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

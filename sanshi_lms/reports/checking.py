"""Derives all sums anew and says what differs: for a command, and for whoever doubts a figure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, text

from sanshi_lms.account import User, unit_paths
from sanshi_lms.core.db import db, transaction
from sanshi_lms.reports import marks
from sanshi_lms.reports.counting import (
    UNITS_AT_ONCE,
    all_units,
    belong,
    count_units,
    count_waiting,
    courses_of,
    people_of,
)
from sanshi_lms.reports.models import NO_UNIT, Mark, PersonYear, UnitCourse

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass
class Found:
    """What a check found: differences in words, the units they are in, triggers that are gone."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    units: set[int] = field(default_factory=set)
    triggers: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Tell whether everything is as it must be."""
        return not self.differences and not self.triggers


def check(*, mend: bool) -> Found:
    """Compare every sum with the rows themselves, after counting what waits; mend on demand.

    On a site in use changes arrive meanwhile; units of which a mark waits are left to it.
    """
    found = Found(triggers=marks.missing())
    db.session.rollback()
    if mend and found.triggers:
        with transaction():
            marks.put_back()
    count_waiting()
    _still()
    units = sorted(all_units() - _marked_units())
    for start in range(0, len(units), UNITS_AT_ONCE):
        _compare(units[start : start + UNITS_AT_ONCE], found)
    db.session.remove()
    if mend:
        for unit in sorted(found.units):
            with transaction():
                count_units([unit])
    return found


def _compare(units: Collection[int], found: Found) -> None:
    for kind, must, have, place, width in (
        ("课程", courses_of(belong(units)), select(
            UnitCourse.course_id, UnitCourse.unit_id, UnitCourse.role, UnitCourse.year,
            UnitCourse.begun, UnitCourse.finished,
        ).where(UnitCourse.unit_id.in_(units)), 1, 4),
        ("人员", people_of(belong(units)), select(
            PersonYear.user_id, PersonYear.year, PersonYear.unit_id, PersonYear.role,
            PersonYear.begun, PersonYear.finished, PersonYear.hours,
        ).where(PersonYear.unit_id.in_(units)), 2, 4),
    ):  # fmt: skip
        right, kept = _rows(must, width), _rows(have, width)
        found.compared += len(right)
        paths = unit_paths()
        for key in sorted(right.keys() | kept.keys()):
            if right.get(key) != kept.get(key):
                found.units.add(key[place])
                where = paths.get(key[place], "没有单位")
                found.differences.append(
                    f"{kind} {key}（{where}）：应为 {right.get(key)}，现为 {kept.get(key)}"
                )


def _rows(query: Select[Any] | Select[*tuple[Any, ...]], width: int) -> Rows:
    return {
        tuple(row[:width]): tuple(int(n) for n in row[width:]) for row in db.session.execute(query)
    }


def _still() -> None:
    """Read from one moment: PostgreSQL is asked for it, SQLite's readers have it anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _marked_units() -> set[int]:
    unit = func.coalesce(User.unit_id, NO_UNIT)
    found = set(db.session.scalars(select(unit).join(Mark, Mark.user_id == User.id)))
    left = select(Mark.unit_id).where(Mark.unit_id.is_not(None))
    return found | {one for one in db.session.scalars(left) if one is not None}

"""Units side by side: people, who began, who finished, credit hours; from sums kept current."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from sanshi_lms.account import Unit, User
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.reports.models import NO_UNIT, PersonYear, UnitCourse
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import FEWEST_PEOPLE, Filters, Standing, median_rate, ranked
from sanshi_lms.reports.tables import Table, of_rows

ELSEWHERE = "不属于以上单位的人"


@dataclass(frozen=True)
class Sums:
    """Sums of one unit alone."""

    people: int = 0
    begun: int = 0
    finished: int = 0
    hours: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.people + other.people, self.begun + other.begun,
            self.finished + other.finished, self.hours + other.hours,
        )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """The units side by side, all of them together, and the median of their rates."""

    rows: list[Standing]
    whole: Standing
    median: float | None
    of_course: bool


def compared(filters: Filters, units: Units) -> Comparison:
    """Return the districts, or what stands right below the unit chosen, within reach."""
    sums = _sums(filters, units)
    owners, names = _owners(filters.unit, units)
    grouped: dict[int, Sums] = defaultdict(Sums)
    for number in names:
        grouped[number] = Sums()
    for unit_id, one in sums.items():
        owner = owners.get(unit_id, NO_UNIT)
        if owner != NO_UNIT or not filters.unit:
            grouped[owner] += one
    rows = [
        _standing(number, names.get(number, ELSEWHERE), one)
        for number, one in grouped.items()
        if number != NO_UNIT or one.people
    ]
    whole = sum(grouped.values(), Sums())
    return Comparison(
        rows=ranked(rows, filters.sort),
        whole=_standing(0, "合计", whole),
        median=median_rate([one for one in rows if one.unit_id != NO_UNIT]),
        of_course=bool(filters.courses),
    )


def compare_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return the comparison for a file."""
    found = compared(filters, units)
    head = ("单位", "人数", "开始学", "学完", "学完率", "学时合计", "人均学时", "备注")
    rows = [
        [
            one.name, one.people, one.begun, one.finished,
            None if one.rate is None else round(one.rate, 4),
            None if found.of_course else one.hours / 100,
            None if found.of_course or not one.people else round(one.hours / one.people / 100, 2),
            f"不到 {FEWEST_PEOPLE} 人，仅供参考" if one.few else "",
        ]
        for one in [*found.rows, found.whole]
    ]  # fmt: skip
    return of_rows("区县对比", head, rows, f"区县对比，{local(moment):%Y-%m-%d %H:%M} 导出")


def _standing(number: int, name: str, one: Sums) -> Standing:
    return Standing(number, name, one.people, one.begun, one.finished, one.hours)


def _sums(filters: Filters, units: Units) -> Mapping[int, Sums]:
    """Return the sums of each unit by itself, in two queries over sums."""
    unit = func.coalesce(User.unit_id, NO_UNIT)
    people = select(unit, func.count(User.id)).where(User.active).group_by(unit)
    if units is not None:
        people = people.where(User.unit_id.in_(sorted(units)))
    if filters.role:
        people = people.where(User.role == filters.role)
    found = {row[0]: Sums(people=row[1]) for row in db.session.execute(people)}
    for unit_id, begun, finished, hours in db.session.execute(
        _of_course(filters, units) if filters.courses else _of_all(filters, units)
    ):
        found[unit_id] = found.get(unit_id, Sums()) + Sums(
            0, int(begun or 0), int(finished or 0), int(hours or 0)
        )
    return found


def _of_all(filters: Filters, units: Units) -> Select[int, int, int, int]:
    began = func.sum(_one(PersonYear.begun > 0))
    finished = func.sum(_one(PersonYear.finished > 0))
    query = select(PersonYear.unit_id, began, finished, func.sum(PersonYear.hours))
    query = query.where(PersonYear.year == filters.year).group_by(PersonYear.unit_id)
    if units is not None:
        query = query.where(PersonYear.unit_id.in_(sorted(units)))
    return query.where(PersonYear.role == filters.role) if filters.role else query


def _of_course(filters: Filters, units: Units) -> Select[int, int, int, int]:
    query = select(
        UnitCourse.unit_id, func.sum(UnitCourse.begun), func.sum(UnitCourse.finished), literal(0)
    ).where(UnitCourse.course_id == filters.courses[0])
    if filters.year:
        query = query.where(UnitCourse.year == filters.year)
    if units is not None:
        query = query.where(UnitCourse.unit_id.in_(sorted(units)))
    if filters.role:
        query = query.where(UnitCourse.role == filters.role)
    return query.group_by(UnitCourse.unit_id)


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _owners(unit_id: int, units: Units) -> tuple[Mapping[int, int], Mapping[int, str]]:
    """Return in which of the units that are compared each unit lies, and what those are called."""
    rows = [(r[0], r[1], r[2], r[3]) for r in db.session.execute(
        select(Unit.id, Unit.parent_id, Unit.kind, Unit.name)
    )]  # fmt: skip
    parents = {number: parent for number, parent, _, _ in rows}
    if unit_id:
        tops = {number for number, parent, _, _ in rows if parent == unit_id} | {unit_id}
    else:
        tops = {number for number, _, kind, _ in rows if kind == "区县"}
    tops = tops or {number for number, parent in parents.items() if parent is None}
    if units is not None:
        tops = {one for one in tops if one in units or _has_inside(one, parents, units)}
    names = {number: name for number, _, _, name in rows if number in tops}
    if unit_id in names:
        names[unit_id] = f"{names[unit_id]}（本级）"
    return {number: _owner(number, parents, tops) for number in parents}, names


def _owner(number: int, parents: Mapping[int, int | None], tops: Iterable[int]) -> int:
    here: int | None = number
    for _ in range(20):
        if here is None or here in tops:
            break
        here = parents.get(here)
    return here if here is not None and here in tops else NO_UNIT


def _has_inside(top: int, parents: Mapping[int, int | None], units: frozenset[int]) -> bool:
    return any(_owner(one, parents, {top}) == top for one in units)

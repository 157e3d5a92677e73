"""Reads of rosters: what a table would change, and what stands against it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select

from sanshi_lms.account.grants.queries import handling_problem_of
from sanshi_lms.account.models import Unit, User
from sanshi_lms.account.rosters.reading import PersonRow, UnitRow, in_order
from sanshi_lms.account.units.rules import level_problem
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.core.rosters import Table

_CHUNK = 500
T = TypeVar("T")


@dataclass
class Outcome:
    """What would be new, changed and the same, by the key; `faults` by line of the table."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    faults: dict[int, str] = field(default_factory=dict)


def judge_people(
    table: Table[PersonRow], reach: Reach = EVERYTHING
) -> tuple[Outcome, list[PersonRow]]:
    """Return what the people of a table would change, and the rows that may be taken in.

    Only people and units within reach may be: who would come from elsewhere is a fault.
    """
    outcome, good = Outcome(faults=dict(table.faults)), []
    known = people_named([row.username for row in table.rows])
    units = units_coded([row.unit for row in table.rows if row.unit])
    for row in table.rows:
        person = known.get(row.username)
        unit = units.get(row.unit)
        if row.unit and unit is None:
            outcome.faults[row.line] = f"没有编号是“{row.unit}”的单位，请先导入单位，或改正编号。"
        elif person is not None and person.role not in {"cadre", "pro", "resident"}:
            outcome.faults[row.line] = f"“{row.username}”是{person.role_label}，请在网页上改。"
        elif not reach.covers(unit.id if unit else None):
            outcome.faults[row.line] = "这个单位不在您的范围里，请填您负责的单位的编号。"
        elif person is not None and (problem := handling_problem_of(person, reach)):
            outcome.faults[row.line] = f"“{row.username}”不能由您修改：{problem}"
        else:
            good.append(row)
            if person is None:
                outcome.new.append(row.username)
            elif person_facts(person) != facts_of(row, unit):
                outcome.changed.append(row.username)
            else:
                outcome.same += 1
    return outcome, good


def judge_units(table: Table[UnitRow]) -> tuple[Outcome, list[UnitRow]]:
    """Return what the units of a table would change, and the rows to take in, parents first."""
    outcome = Outcome(faults=dict(table.faults))
    known = units_coded(
        [row.code for row in table.rows] + [row.parent for row in table.rows if row.parent]
    )
    ordered = in_order(table.rows)
    for row in table.rows:
        if row not in ordered:
            outcome.faults[row.line] = "上级编号绕成了一个圈，请检查。"
    kinds = {code: unit.kind for code, unit in known.items()} | {r.code: r.kind for r in ordered}
    good: list[UnitRow] = []
    refused: set[str] = set()
    for row in ordered:
        problem = level_problem(row.kind, kinds.get(row.parent) if row.parent else None)
        if row.parent and row.parent not in kinds:
            problem = f"没有编号是“{row.parent}”的上级单位，请补上，或改正编号。"
        elif row.parent in refused:
            problem = "它的上级单位有问题，请先改好上级。"
        if problem:
            outcome.faults[row.line] = problem
            refused.add(row.code)
            continue
        good.append(row)
        unit = known.get(row.code)
        if unit is None:
            outcome.new.append(row.code)
        elif unit_facts(unit, known) != (row.name, row.kind, row.parent, row.active):
            outcome.changed.append(row.code)
        else:
            outcome.same += 1
    return outcome, good


def people_named(usernames: Sequence[str]) -> dict[str, User]:
    """Return the accounts with these names."""
    return {
        one.username: one
        for part in chunks(usernames)
        for one in db.session.scalars(select(User).where(User.username.in_(part)))
    }


def units_coded(codes: Iterable[str]) -> dict[str, Unit]:
    """Return the units with these codes."""
    return {
        one.code or "": one
        for part in chunks(sorted(set(codes)))
        for one in db.session.scalars(select(Unit).where(Unit.code.in_(part)))
    }


def person_facts(person: User) -> tuple[str, str, int | None, str, bool]:
    """Return what a roster may change of a person."""
    return (person.display_name, person.role, person.unit_id, person.post, person.active)


def facts_of(row: PersonRow, unit: Unit | None) -> tuple[str, str, int | None, str, bool]:
    """Return the same of a row."""
    return (row.name, row.role, unit.id if unit else None, row.post, row.active)


def unit_facts(unit: Unit, known: dict[str, Unit]) -> tuple[str, str, str, bool]:
    """Return what a roster may change of a unit."""
    codes = {one.id: code for code, one in known.items()}
    parent = codes.get(unit.parent_id or 0, "" if unit.parent_id is None else "?")
    return (unit.name, unit.kind, parent, unit.active)


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield values in parts that a query can name."""
    for at in range(0, len(values), _CHUNK):
        yield values[at : at + _CHUNK]

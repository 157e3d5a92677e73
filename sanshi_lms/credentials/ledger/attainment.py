"""Who meets the target of a year, by unit: for administrators and for those who lead units."""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from sanshi_lms.account import (
    User,
    people_in,
    people_with_role,
    unit_paths,
    units_below,
)
from sanshi_lms.credentials.ledger import rules
from sanshi_lms.credentials.ledger.queries import Book, balances

STATES = {"met": "已达标", "short": "未达标", "free": "没有年度要求"}
LEARNERS = ("cadre", "pro", "author", "admin", "resident")
_PEOPLE_AT_ONCE = 500
_HEADS = ("姓名", "账号", "单位", "岗位", "公需", "专业", "合计", "年度要求", "情况", "还差")


@dataclass(frozen=True)
class Attained:
    """How a person stands in a year."""

    person: User
    unit: str
    by_category: dict[str, Decimal]
    gap: rules.Gap | None

    @property
    def total(self) -> Decimal:
        """All hours of the year."""
        return rules.total(self.by_category.values())

    @property
    def state(self) -> str:
        """A key of STATES."""
        if self.gap is None:
            return "free"
        return "met" if self.gap.met else "short"

    @property
    def words(self) -> str:
        """What is missing, in words; empty when nothing is asked."""
        return self.gap.words() if self.gap else ""


def attained(
    unit_ids: Collection[int] | None, year: int, today: date, state: str = ""
) -> list[Attained]:
    """Return the people of these units (None: everybody) of whom something is asked or known.

    Those who lack most stand first.
    """
    if unit_ids is None:
        people: Sequence[User] = [p for p in people_with_role(LEARNERS) if p.active]
    else:
        people = people_in(unit_ids)
    found = [
        one
        for one in attained_by(people, year, today)
        if (one.gap or one.total) and state in {"", one.state}
    ]
    found.sort(key=lambda one: (-(one.gap.missing if one.gap else rules.ZERO), one.person.id))
    return found


def attained_by(people: Sequence[User], year: int, today: date) -> list[Attained]:
    """Return how these people stand in a year, each of them, in their order."""
    book, paths = Book.load([person.id for person in people]), unit_paths()
    found = []
    for start in range(0, len(people), _PEOPLE_AT_ONCE):
        some = people[start : start + _PEOPLE_AT_ONCE]
        sums = balances([person.id for person in some], year)
        for person in some:
            target = book.target_for(person, year, today)
            gap = rules.gap(target, sums[person.id]) if target else None
            path = paths.get(person.unit_id or 0, "")
            found.append(Attained(person, path, sums[person.id], gap))
    return found


def scope_of(unit_id: int | None, allowed: Collection[int] | None) -> Collection[int] | None:
    """Return the units to list: those below `unit_id`, within `allowed` (None: all units)."""
    if unit_id is None:
        return allowed
    below = units_below(unit_id)
    return below if allowed is None else below & set(allowed)


def workbook(rows: Iterable[Attained], year: int) -> bytes:
    """Return the list as an Excel file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"{year} 年学时")
    heads = []
    for label in _HEADS:
        cell = WriteOnlyCell(sheet, value=label)
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJ", (12, 16, 36, 14, 8, 8, 8, 10, 14, 40), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(heads)
    for one in rows:
        texts = (one.person.display_name, one.person.username, one.unit, one.person.post)
        target = float(one.gap.target.hours) if one.gap else None
        sheet.append(
            [
                *(_plain_text(sheet, text) for text in texts),
                *(float(one.by_category[name]) for name in ("公需", "专业")),
                float(one.total),
                target,
                STATES[one.state],
                one.words,
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain_text(sheet: Any, text: str) -> Any:
    """A name that begins with "=" is a name, not a formula."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell

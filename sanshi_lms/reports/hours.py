"""Credit hours by year: person × category against the target, and two years before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, func, select

from sanshi_lms.account import User
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.credentials import CATEGORIES, STATES, Attained, attained_by, balances
from sanshi_lms.reports.models import PersonYear
from sanshi_lms.reports.people import conditions, count, role_word
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import Filters
from sanshi_lms.reports.tables import Row, Table

YEARS_BEFORE = 2
_PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class YearLine:
    """How a person stands in a year, with their sums of the years before, the latest first."""

    attained: Attained
    role: str
    before: list[Decimal]


def year_of(filters: Filters, today: date) -> int:
    """Return the year asked for, else this one."""
    return filters.year or today.year


def people_query(filters: Filters, units: Units, year: int) -> Select[int]:
    """Return the query of the people's ids, who has least of the year first."""
    query = select(User.id).where(*conditions(filters, units))
    sums = (PersonYear.user_id == User.id) & (PersonYear.year == year)
    query = query.outerjoin(PersonYear, sums)
    return query.order_by(func.coalesce(PersonYear.hours, 0), User.display_name, User.id)


def lines(user_ids: Sequence[int], year: int, today: date) -> list[YearLine]:
    """Return the lines of these people in this order, in a fixed number of queries."""
    people = {p.id: p for p in db.session.scalars(select(User).where(User.id.in_(user_ids)))}
    there = [people[number] for number in user_ids if number in people]
    past = [balances(user_ids, year - back) for back in range(1, YEARS_BEFORE + 1)]
    return [
        YearLine(
            one,
            role_word(one.person.role),
            [sum(sums[one.person.id].values(), Decimal(0)) for sums in past],
        )
        for one in attained_by(there, year, today)
    ]


def hours_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return the whole list for a file."""
    today = local(moment).date()
    year = year_of(filters, today)
    query = people_query(filters, units, year)

    def parts() -> Iterator[list[Row]]:
        ids = list(db.session.scalars(query))
        for start in range(0, len(ids), _PEOPLE_AT_ONCE):
            yield [_row(one) for one in lines(ids[start : start + _PEOPLE_AT_ONCE], year, today)]

    earlier = [f"{year - back} 年合计" for back in range(1, YEARS_BEFORE + 1)]
    return Table(
        title=f"{year} 年度学时",
        head=("姓名", "账号", "单位", "身份", "岗位", *CATEGORIES, "合计", "年度要求", "情况",
              "还差", *earlier),
        total=count(query),
        parts=parts,
        note=f"{year} 年度学时，{local(moment):%Y-%m-%d %H:%M} 导出",
    )  # fmt: skip


def _row(line: YearLine) -> Row:
    one = line.attained
    return [
        one.person.display_name, one.person.username, one.unit, line.role, one.person.post,
        *(float(one.by_category[name]) for name in CATEGORIES), float(one.total),
        float(one.gap.target.hours) if one.gap else None, STATES[one.state], one.words,
        *(float(sums) for sums in line.before),
    ]  # fmt: skip

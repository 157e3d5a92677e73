"""The people of a report, within reach and as narrowed; every report takes them from here."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, func, select

from sanshi_lms.account import ROLES, Unit, User, unit_paths
from sanshi_lms.core.db import db
from sanshi_lms.reports.reach import Units, inside
from sanshi_lms.reports.rules import Filters
from sanshi_lms.training import people_of_group

MOST_UNITS = 400


def conditions(filters: Filters, units: Units) -> list[ColumnElement[bool]]:
    """Return what narrows account_users to the people that a report is about."""
    found: list[ColumnElement[bool]] = [User.active.is_(True)]
    within = inside(filters.unit, units)
    if within is not None:
        found.append(User.unit_id.in_(sorted(within)))
    if filters.role:
        found.append(User.role == filters.role)
    if filters.post:
        found.append(User.post == filters.post)
    if filters.q:
        found.append(User.display_name.contains(filters.q, autoescape=True))
    if filters.group:
        found.append(User.id.in_(people_of_group(filters.group)))
    return found


def people_ids(filters: Filters, units: Units) -> Select[int]:
    """Return the query of their ids, in no order: for conditions of other queries."""
    return select(User.id).where(*conditions(filters, units))


def count(query: Select[int]) -> int:
    """Return how many rows a query has."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def role_word(role: str) -> str:
    """Return a role without what stands in brackets behind it: a column is narrow."""
    return ROLES[role].label.partition("（")[0] if role in ROLES else role


def role_choices() -> Mapping[str, str]:
    """Return the roles to choose from."""
    return {name: role_word(name) for name in ROLES}


def unit_choices(units: Units) -> list[tuple[int, str]]:
    """Return the units to choose from, by path; where they are many, those of government alone."""
    paths = {n: path for n, path in unit_paths().items() if units is None or n in units}
    if len(paths) > MOST_UNITS:
        high = select(Unit.id).where(Unit.kind.in_(("市", "区县", "街镇")))
        kept = set(db.session.scalars(high))
        paths = {n: path for n, path in paths.items() if n in kept}
    return sorted(paths.items(), key=lambda one: one[1])


def post_choices(units: Units) -> list[str]:
    """Return the posts that people within reach have."""
    query = select(User.post).where(*conditions(Filters(), units), User.post != "").distinct()
    return sorted(db.session.scalars(query))

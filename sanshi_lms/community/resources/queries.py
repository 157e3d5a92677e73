"""Reads of resources: what can be used, what is taken when, bookings, money."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Select, func, select

from sanshi_lms.community.resources import rules
from sanshi_lms.community.resources.models import Booking, Budget, Resource, Spending
from sanshi_lms.community.resources.rules import State
from sanshi_lms.core.db import db

MANAGE = "community.manage"
_HOLDING = Booking.state.in_(sorted(rules.HOLDING))


def resources_query(kind: str, *, all_: bool = False) -> Select[Resource]:
    """Return what can be used, of one kind or all; what is out of use with `all_`."""
    query = select(Resource).order_by(Resource.kind, Resource.district, Resource.name)
    if not all_:
        query = query.where(Resource.active)
    return query.where(Resource.kind == kind) if kind in rules.KINDS else query


def taken(resource_id: int, since: datetime, until: datetime) -> list[Booking]:
    """Return the bookings that hold some of a stretch of time, in order."""
    query = select(Booking).where(
        Booking.resource_id == resource_id, _HOLDING, Booking.ends_at > since,
        Booking.starts_at < until,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Booking.starts_at)))


def bookings_of(user_id: int) -> list[Booking]:
    """Return somebody's bookings, the newest first."""
    query = select(Booking).where(Booking.user_id == user_id)
    return list(db.session.scalars(query.order_by(Booking.starts_at.desc()).limit(50)))


def bookings_query() -> Select[Booking]:
    """Return all bookings, what waits first."""
    waits = Booking.state != State.ASKED.value
    return select(Booking).order_by(waits, Booking.starts_at.desc(), Booking.id)


def count_asked() -> int:
    """Return how many bookings wait to be confirmed."""
    query = select(func.count(Booking.id)).where(Booking.state == State.ASKED.value)
    return db.session.scalar(query) or 0


def budgets() -> list[tuple[Budget, list[Spending]]]:
    """Return the budgets with their spendings, the newest year first; two queries."""
    found: dict[int, list[Spending]] = defaultdict(list)
    for one in db.session.scalars(select(Spending).order_by(Spending.id.desc())):
        found[one.budget_id].append(one)
    order = (Budget.year.desc(), Budget.title)
    return [(one, found[one.id]) for one in db.session.scalars(select(Budget).order_by(*order))]

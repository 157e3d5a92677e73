"""Reads of the outbox."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select

from sanshi_lms.account import User
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.notices.outbox.models import Address, Delivery, OutboxPolicy
from sanshi_lms.notices.outbox.rules import Policy, is_quiet


def policy_row() -> OutboxPolicy:
    """Return the row that an administrator edits."""
    return db.session.get_one(OutboxPolicy, 1)


def policy() -> Policy:
    """Return the quiet hours and how often is tried."""
    return policy_row().policy()


def quiet_now(at: datetime) -> bool:
    """Tell whether `at` lies in the hours in which nobody is to be disturbed."""
    return is_quiet(local(at), policy())


def addresses_of(user_id: int) -> dict[str, Address]:
    """Return a person's addresses by channel."""
    found = db.session.scalars(select(Address).where(Address.user_id == user_id))
    return {one.channel: one for one in found}


def wanted_addresses(channels: Collection[str], user_ids: Collection[int]) -> list[Address]:
    """Return where these people want to be told: confirmed and switched on."""
    if not channels or not user_ids:
        return []
    query = select(Address).where(
        Address.channel.in_(channels),
        Address.user_id.in_(user_ids),
        Address.wanted,
        Address.confirmed_at.is_not(None),
    )
    return list(db.session.scalars(query))


def next_due(moment: datetime) -> int | None:
    """Return the delivery whose turn it is: what somebody waits for first, then the oldest."""
    query = select(Delivery.id).where(Delivery.state == "waiting", Delivery.next_at <= moment)
    return db.session.scalar(query.order_by(Delivery.urgent.desc(), Delivery.next_at, Delivery.id))


def count_states() -> dict[str, int]:
    """Return how many deliveries are in each state."""
    query = select(Delivery.state, func.count(Delivery.id)).group_by(Delivery.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_failed() -> int:
    """Return how many deliveries failed for good."""
    query = select(func.count(Delivery.id)).where(Delivery.state == "failed")
    return db.session.scalar(query) or 0


def deliveries_query(state: str) -> Select[Delivery]:
    """Return the query of the deliveries in a state, the newest first."""
    return select(Delivery).where(Delivery.state == state).order_by(Delivery.id.desc())


def is_somebody(user_id: int) -> bool:
    """Tell whether an account is still in use."""
    return bool(db.session.scalar(select(User.active).where(User.id == user_id)))

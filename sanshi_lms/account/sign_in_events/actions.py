"""Writes of the record of signing in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.models import SignInEvent
from sanshi_lms.account.sign_in_events.rules import (
    KEPT,
    MOST_STRANGERS,
    bundle_of,
    masked_account,
    network_of,
)
from sanshi_lms.core.db import db, insert_missing, row_count


@dataclass(frozen=True)
class From:
    """Where somebody sits: their device in words, their address, and the moment."""

    device: str
    address: str
    at: datetime


def record(person: User, kind: str, way: str, here: From) -> None:
    """Write down that `person` came in, left, or changed how they come in."""
    db.session.add(
        SignInEvent(
            at=here.at,
            user_id=person.id,
            kind=kind,
            way=way,
            device=here.device,
            address=here.address,
        )
    )


def record_failure(person: User | None, typed: str, way: str, reason: str, here: From) -> None:
    """Write down a failure, or count it in the row of its hour."""
    network = network_of(here.address)
    if person is None and _strangers(here.at) >= MOST_STRANGERS:
        network = ""
    bundle = bundle_of(here.at, person.id if person else None, reason, network)
    again = update(SignInEvent).where(SignInEvent.bundle == bundle)
    more = db.session.execute(again.values(times=SignInEvent.times + 1, at=here.at))
    if row_count(more):
        return
    insert_missing(
        SignInEvent,
        bundle=bundle,
        at=here.at,
        user_id=person.id if person else None,
        kind="failed",
        way=way,
        reason=reason,
        told="" if person else masked_account(typed),
        device=here.device,
        address=here.address if network else "很多地方",
        times=1,
    )


def forget_old(at: datetime) -> None:
    """Delete what was kept long enough."""
    db.session.execute(delete(SignInEvent).where(SignInEvent.at < at - KEPT))


def _strangers(at: datetime) -> int:
    hour = at.replace(minute=0, second=0, microsecond=0)
    query = select(func.count(SignInEvent.id)).where(
        SignInEvent.at >= hour, SignInEvent.user_id.is_(None)
    )
    return db.session.scalar(query) or 0

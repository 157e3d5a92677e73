"""Reads of where people belong and belonged."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sanshi_lms.account.models import Membership, Unit
from sanshi_lms.core.db import db


@dataclass(frozen=True)
class Place:
    """A membership and the name of its unit."""

    membership: Membership
    unit: str


def places_of(user_id: int) -> Sequence[Place]:
    """Return where a person belongs and belonged, what lasts first, their own before others."""
    query = (
        select(Membership, Unit.name)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.user_id == user_id)
        .order_by(
            Membership.ended_at.is_not(None),
            Membership.main.desc(),
            Membership.ended_at.desc(),
            Membership.id.desc(),
        )
    )
    return [Place(row[0], row[1]) for row in db.session.execute(query)]

"""Reads of counted failures."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.account.rules import normalise_username
from sanshi_lms.account.slowing.models import Slowdown
from sanshi_lms.account.slowing.rules import WINDOW, minutes_left
from sanshi_lms.core.db import db

ALL_OTHERS = ""


def digest_of(username: str) -> str:
    """Return under what an account name is counted."""
    return hashlib.sha256(normalise_username(username).encode()).hexdigest()


def minutes_to_wait(username: str, places: Sequence[str], at: datetime) -> int:
    """Return how many minutes somebody in these places must wait before the next try."""
    query = select(func.max(Slowdown.until)).where(
        Slowdown.name == digest_of(username), Slowdown.place.in_(places)
    )
    until = db.session.scalar(query)
    return minutes_left(until, at) if until else 0


def is_slowed(username: str, at: datetime) -> bool:
    """Tell whether anybody must wait at this account now."""
    waiting = select(Slowdown.name).where(Slowdown.name == digest_of(username), Slowdown.until > at)
    return db.session.scalar(waiting.limit(1)) is not None


def some_are_over(at: datetime) -> bool:
    """Tell whether there are counts that slow nobody any more."""
    over = select(Slowdown.name).where(Slowdown.last_at < at - 2 * WINDOW).limit(1)
    return db.session.scalar(over) is not None

"""Reads of the record of signing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select

from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.models import SignInEvent
from sanshi_lms.account.sign_in_events.rules import KEPT, SHOWN
from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db

MOST_SHOWN = 60


@dataclass(frozen=True)
class Narrowed:
    """What the record is narrowed to; empty values narrow nothing."""

    words: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


def events_of(user_id: int, at: datetime) -> Sequence[SignInEvent]:
    """Return what happened at a person's account lately, the newest first."""
    query = select(SignInEvent).where(SignInEvent.user_id == user_id, SignInEvent.at > at - SHOWN)
    newest = query.order_by(SignInEvent.at.desc(), SignInEvent.id.desc()).limit(MOST_SHOWN)
    return db.session.scalars(newest).all()


def events_query(narrowed: Narrowed) -> Select[SignInEvent, User]:
    """Return the query of all that is recorded with the people, the newest first."""
    query = select(SignInEvent, User).outerjoin(User, User.id == SignInEvent.user_id)
    if narrowed.words:
        columns = (User.username, User.display_name, SignInEvent.told, SignInEvent.address)
        query = query.where(
            or_(*(one.contains(narrowed.words, autoescape=True) for one in columns))
        )
    if narrowed.kind:
        query = query.where(SignInEvent.kind == narrowed.kind)
    if narrowed.since:
        query = query.where(SignInEvent.at >= _midnight(narrowed.since))
    if narrowed.until:
        query = query.where(SignInEvent.at < _midnight(narrowed.until + timedelta(days=1)))
    return query.order_by(SignInEvent.at.desc(), SignInEvent.id.desc())


def is_new_device(user_id: int, device: str) -> bool:
    """Tell whether a person came in before, and never with such a device."""
    came = select(SignInEvent.id).where(SignInEvent.user_id == user_id, SignInEvent.kind == "in")
    if db.session.scalar(came.limit(1)) is None:
        return False
    return db.session.scalar(came.where(SignInEvent.device == device).limit(1)) is None


def some_are_old(at: datetime) -> bool:
    """Tell whether there is something that was kept long enough."""
    old = select(SignInEvent.id).where(SignInEvent.at < at - KEPT).limit(1)
    return db.session.scalar(old) is not None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)

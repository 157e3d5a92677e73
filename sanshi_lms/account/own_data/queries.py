"""Reads of one's own data: copies, and who is leaving."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select

from sanshi_lms.account.models import User
from sanshi_lms.account.own_data.models import Copy, Leaving
from sanshi_lms.account.own_data.rules import KEPT
from sanshi_lms.core.db import db


def last_copy(user_id: int) -> Copy | None:
    """Return the copy that a person asked for last."""
    newest = select(Copy).where(Copy.user_id == user_id).order_by(Copy.id.desc()).limit(1)
    return db.session.scalar(newest)


def leaving_of(user_id: int) -> Leaving | None:
    """Return when a person leaves, if they asked to."""
    return db.session.get(Leaving, user_id)


def old_copies(at: datetime) -> Sequence[Copy]:
    """Return the copies whose time is over."""
    over = or_(Copy.ready_at < at - KEPT, Copy.asked_at < at - 2 * KEPT)
    return db.session.scalars(select(Copy).where(over)).all()


def people_due(at: datetime) -> Sequence[int]:
    """Return who leaves now: their time to think it over has passed."""
    due = select(Leaving.user_id).where(Leaving.done_at.is_(None), Leaving.due_at <= at)
    return db.session.scalars(due.order_by(Leaving.due_at)).all()


def leavings() -> Select[Leaving, User]:
    """Return the query of everybody who asked to leave, the open ones first."""
    query = select(Leaving, User).join(User, User.id == Leaving.user_id)
    return query.order_by(Leaving.done_at.is_not(None), Leaving.due_at.desc())

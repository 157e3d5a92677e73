"""Reads of notices. Each is of one person: nobody reads another's."""

from sqlalchemy import Select, func, select

from sanshi_lms.core.db import db
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.rules import MOST_COUNTED


def notices_query(user_id: int, *, unread: bool = False) -> Select[Notice]:
    """Return the query of a person's notices, newest first."""
    query = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc())
    return query.where(Notice.read_at.is_(None)) if unread else query


def count_unread(user_id: int) -> int:
    """Return how many notices a person has not read; it stops counting at a hundred."""
    some = select(Notice.user_id).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())
    return db.session.scalar(counted) or 0


def notice_of(user_id: int, notice_id: int) -> Notice | None:
    """Return a notice if it is this person's."""
    found = db.session.get(Notice, notice_id)
    return found if found is not None and found.user_id == user_id else None

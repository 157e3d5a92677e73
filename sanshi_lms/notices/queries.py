"""Reads of notices. Each is of one person: nobody reads another's."""

from sqlalchemy import Select, bindparam, func, select

from sanshi_lms.core.db import db, rows_of
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.rules import MOST_COUNTED


def notices_query(user_id: int, *, unread: bool = False) -> Select[Notice]:
    """Return the query of a person's notices, newest first."""
    query = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc())
    return query.where(Notice.read_at.is_(None)) if unread else query


def count_unread(user_id: int) -> int:
    """Return how many notices a person has not read; it stops counting at a hundred."""
    return int(rows_of(_UNREAD, me=user_id)[0][0])


_UNREAD = select(func.count()).select_from(
    select(Notice.user_id)
    .where(Notice.user_id == bindparam("me"), Notice.read_at.is_(None))
    .limit(MOST_COUNTED)
    .subquery()
)


def notice_of(user_id: int, notice_id: int) -> Notice | None:
    """Return a notice if it is this person's."""
    found = db.session.get(Notice, notice_id)
    return found if found is not None and found.user_id == user_id else None

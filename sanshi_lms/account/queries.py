"""Reads of the room account."""

from collections.abc import Iterable

from sqlalchemy import Select, func, or_, select

from sanshi_lms.account.models import User
from sanshi_lms.account.rules import normalise_username
from sanshi_lms.core.db import db


def find_person(username: str) -> User | None:
    """Return the person with this account name, however it was typed."""
    return db.session.scalar(select(User).where(User.username == normalise_username(username)))


def people_by_id(ids: Iterable[int]) -> dict[int, User]:
    """Return the people with these ids in one query."""
    found = db.session.scalars(select(User).where(User.id.in_(set(ids))))
    return {person.id: person for person in found}


def count_people() -> int:
    """Return how many active accounts there are."""
    return db.session.scalar(select(func.count(User.id)).where(User.active)) or 0


def people_query(words: str, role: str) -> Select[User]:
    """Return the query of the people list, newest first, narrowed by words and role."""
    query = select(User).order_by(User.id.desc())
    if words:
        columns = (User.username, User.display_name, User.organisation)
        query = query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))
    if role:
        query = query.where(User.role == role)
    return query

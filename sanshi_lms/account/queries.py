"""Reads of the room account."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from sanshi_lms.account.models import User
from sanshi_lms.account.rules import ROLES, normalise_username
from sanshi_lms.core.db import db

_MOST_WORDS = 2000


def find_person(username: str) -> User | None:
    """Return the person with this account name, however it was typed."""
    return db.session.scalar(select(User).where(User.username == normalise_username(username)))


def people_by_id(ids: Iterable[int]) -> dict[int, User]:
    """Return the people with these ids in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = db.session.scalars(select(User).where(User.id.in_(wanted)))
    return {person.id: person for person in found}


def people_called(words: Collection[str]) -> Sequence[User]:
    """Return the active people whose name or account is one of these words, as written."""
    wanted = sorted(words)[:_MOST_WORDS]
    query = select(User).where(
        User.active, or_(User.display_name.in_(wanted), User.username.in_(wanted))
    )
    return db.session.scalars(query.order_by(User.id).limit(_MOST_WORDS)).all()


def count_people(since: datetime | None = None) -> int:
    """Return how many active accounts there are, or how many of them are new since a moment."""
    query = select(func.count(User.id)).where(User.active)
    if since is not None:
        query = query.where(User.created_at >= since)
    return db.session.scalar(query) or 0


def count_by_role(among: ColumnElement[bool]) -> dict[str, int]:
    """Return how many accounts there are in each role, active or not, among some people."""
    query = select(User.role, func.count(User.id)).where(among).group_by(User.role)
    return {row[0]: row[1] for row in db.session.execute(query)}


def people_with_role(roles: Collection[str]) -> Sequence[User]:
    """Return the people of some roles by name. For roles that few people have."""
    return db.session.scalars(
        select(User).where(User.role.in_(roles)).order_by(User.display_name, User.id)
    ).all()


def people_who_may(permission: str) -> list[int]:
    """Return the ids of the people who hold a permission over everything. For rights few have."""
    roles = [role.name for role in ROLES.values() if permission in role.permissions]
    query = select(User).where(or_(User.role.in_(roles), User.duties != "")).order_by(User.id)
    return [one.id for one in db.session.scalars(query) if one.role in roles or one.may(permission)]


def people_query(
    words: str, role: str, unit_ids: Collection[int] | None = None, *, homeless: bool = False
) -> Select[User]:
    """Return the query of the people list, newest first, narrowed by words, role and units.

    `homeless` keeps those whom nobody has put into a unit yet.
    """
    query = select(User).order_by(User.id.desc())
    if words:
        columns = (User.username, User.display_name, User.organisation)
        query = query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))
    if role:
        query = query.where(User.role == role)
    if homeless:
        query = query.where(User.unit_id.is_(None))
    return query if unit_ids is None else query.where(User.unit_id.in_(unit_ids))

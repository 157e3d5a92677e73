"""Reads of communities, the people attached to them, and 三师."""

from sqlalchemy import Select, func, or_, select

from sanshi_lms.account import User
from sanshi_lms.community.matching import BEGIN_WEIGHTS
from sanshi_lms.community.models import (
    Community,
    Kind,
    MatchWeight,
    Member,
    Profession,
    Professional,
)
from sanshi_lms.core.db import db


def find_community(code: str) -> Community | None:
    """Return the community with this (normalised) code that takes needs."""
    return db.session.scalar(select(Community).where(Community.code == code, Community.active))


def communities_query(words: str, district: str = "", *, all_: bool = False) -> Select[Community]:
    """Return communities by district and street, narrowed; those that are closed with `all_`."""
    query = select(Community).order_by(Community.district, Community.street, Community.name)
    if not all_:
        query = query.where(Community.active)
    if words:
        columns = (Community.name, Community.street, Community.district, Community.code)
        query = query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))
    if district:
        query = query.where(Community.district == district)
    return query


def communities_by_id(ids: set[int]) -> dict[int, Community]:
    """Return the communities with these ids."""
    found = db.session.scalars(select(Community).where(Community.id.in_(ids)))
    return {community.id: community for community in found}


def count_communities() -> int:
    """Return how many communities take needs."""
    return db.session.scalar(select(func.count(Community.id)).where(Community.active)) or 0


def known_communities() -> tuple[set[tuple[str, str, str]], set[str]]:
    """Return what exists already, for a table that is pasted in: places, and codes."""
    rows = db.session.execute(
        select(Community.district, Community.street, Community.name, Community.code)
    ).all()
    return {(r[0], r[1], r[2]) for r in rows}, {r[3] for r in rows}


def districts() -> list[str]:
    """Return the districts that have communities."""
    return list(
        db.session.scalars(select(Community.district).distinct().order_by(Community.district))
    )


def communities_of(person_id: int) -> list[Community]:
    """Return the communities whose needs a person handles."""
    mine = select(Member.community_id).where(Member.user_id == person_id)
    return list(db.session.scalars(communities_query("").where(Community.id.in_(mine))))


def members_of(community_id: int) -> list[User]:
    """Return the people who handle the needs of a community."""
    query = select(User).join(Member, Member.user_id == User.id)
    return list(
        db.session.scalars(
            query.where(Member.community_id == community_id).order_by(User.display_name)
        )
    )


def count_members() -> dict[int, int]:
    """Return how many people handle each community's needs."""
    query = select(Member.community_id, func.count()).group_by(Member.community_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def kinds(asked_by: str | None = None, *, all_: bool = False) -> list[Kind]:
    """Return the kinds of needs in their order; those out of use with `all_`."""
    query = select(Kind).order_by(Kind.asked_by.desc(), Kind.position, Kind.id)
    if asked_by is not None:
        query = query.where(Kind.asked_by == asked_by)
    return list(db.session.scalars(query if all_ else query.where(Kind.active)))


def professions() -> list[Profession]:
    """Return the open list of professions."""
    return list(db.session.scalars(select(Profession).order_by(Profession.id)))


def find_professional(user_id: int) -> Professional | None:
    """Return what a 三师 said of themselves, or None."""
    return db.session.get(Professional, user_id)


def professionals_query(*, waiting: bool) -> Select[Professional]:
    """Return the 三师, those who wait to be confirmed or those who are."""
    query = select(Professional).order_by(Professional.updated_at.desc(), Professional.user_id)
    confirmed = Professional.confirmed_at.is_not(None)
    return query.where(~confirmed if waiting else confirmed)


def weights() -> dict[str, float]:
    """Return what each thing counts when a need is matched."""
    kept = {row.name: row.value for row in db.session.scalars(select(MatchWeight))}
    return {name: kept.get(name, begins) for name, begins in BEGIN_WEIGHTS.items()}


def count_waiting() -> int:
    """Return how many 三师 wait to be confirmed."""
    query = select(func.count(Professional.user_id)).where(Professional.confirmed_at.is_(None))
    return db.session.scalar(query) or 0

"""Reads of expert teams and consultations: what one has to do with, or all who manage."""

from collections import defaultdict

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from sanshi_lms.account import User
from sanshi_lms.community.experts.models import Consultation, ExpertTeam, TeamMember
from sanshi_lms.community.experts.rules import Hand, State
from sanshi_lms.community.models import Member, Professional
from sanshi_lms.community.stars.models import StarCandidate, StarRound
from sanshi_lms.core.db import db

MANAGE = "community.manage"


def teams(*, all_: bool = False) -> list[ExpertTeam]:
    """Return the teams that can be asked; those out of use with `all_`."""
    query = select(ExpertTeam).order_by(ExpertTeam.active.desc(), ExpertTeam.level, ExpertTeam.name)
    return list(db.session.scalars(query if all_ else query.where(ExpertTeam.active)))


def members() -> dict[int, list[TeamMember]]:
    """Return by team who is in it and may be found: confirmed, and able to sign in."""
    query = (
        select(TeamMember)
        .join(TeamMember.pro)
        .join(Professional.person)
        .where(Professional.confirmed_at.is_not(None), User.active)
        .order_by(User.display_name, User.id)
    )
    found: dict[int, list[TeamMember]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.team_id].append(one)
    return found


def to_choose(team_id: int, words: str) -> Select[Professional]:
    """Return 三师 who are not in a team yet; those who were named with stars first."""
    inside = select(TeamMember.user_id).where(TeamMember.team_id == team_id)
    starred = (
        select(StarCandidate.user_id)
        .join(StarRound, StarRound.id == StarCandidate.round_id)
        .where(StarRound.state == "final", StarCandidate.stars > 0)
    )
    query = (
        select(Professional)
        .join(Professional.person)
        .where(Professional.confirmed_at.is_not(None), User.active)
        .where(Professional.user_id.not_in(inside))
        .order_by(Professional.user_id.in_(starred).desc(), User.display_name, User.id)
    )
    if words:
        query = query.where(User.display_name.contains(words, autoescape=True))
    return query


def in_scope(person: User) -> ColumnElement[bool]:
    """Return the condition of the consultations that `person` has to do with."""
    if person.may(MANAGE):
        return true()
    own = Consultation.host_id == person.id
    mine = select(Member.community_id).where(Member.user_id == person.id)
    handles = Consultation.community_id.in_(mine) if person.may("needs.handle") else false()
    sits = select(TeamMember.team_id).where(TeamMember.user_id == person.id)
    advises = Consultation.team_id.in_(sits) if person.may("needs.serve") else false()
    return or_(own, handles, advises)


def consultations_query(person: User) -> Select[Consultation]:
    """Return the consultations that `person` has to do with, what goes on first."""
    ended = Consultation.state.in_([State.CLOSED.value, State.CANCELLED.value])
    query = select(Consultation).where(in_scope(person))
    return query.order_by(ended, Consultation.held_on.desc(), Consultation.id.desc())


def find_consultation(consultation_id: int, person: User) -> Consultation | None:
    """Return the consultation if `person` has to do with it."""
    query = select(Consultation).where(Consultation.id == consultation_id, in_scope(person))
    return db.session.scalar(query)


def hands_of(subject: Consultation, person: User) -> frozenset[Hand]:
    """Return as what `person` acts on a consultation in their scope."""
    hands = set()
    handles = db.session.get(Member, (subject.community_id, person.id)) is not None
    if (
        person.may(MANAGE)
        or subject.host_id == person.id
        or (handles and person.may("needs.handle"))
    ):
        hands.add(Hand.HOST)
    if db.session.get(TeamMember, (subject.team_id, person.id)) is not None:
        hands.add(Hand.EXPERT)
    return frozenset(hands)

"""Reads of star rounds: candidates, who still has to score, results that are public."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from sanshi_lms.account import User
from sanshi_lms.community.models import Professional
from sanshi_lms.community.stars import rules
from sanshi_lms.community.stars.models import (
    StarCandidate,
    StarJudge,
    StarMark,
    StarObjection,
    StarRound,
)
from sanshi_lms.community.stars.rules import Party, State
from sanshi_lms.core.db import db

MANAGE = "community.manage"
_PUBLIC = (State.NOTICE.value, State.FINAL.value)


@dataclass(frozen=True)
class Standing:
    """How a candidate's scoring stands: who scored, who stands back, who is missing."""

    scored: int
    free: list[str]
    missing: list[str]


def rounds() -> list[StarRound]:
    """Return all rounds, the newest first."""
    query = select(StarRound).order_by(StarRound.created_at.desc(), StarRound.id.desc())
    return list(db.session.scalars(query))


def public_rounds() -> list[StarRound]:
    """Return the rounds whose result everybody may see, those in their notice first."""
    query = select(StarRound).where(StarRound.state.in_(_PUBLIC))
    noticed = StarRound.state != State.NOTICE.value
    return list(db.session.scalars(query.order_by(noticed, StarRound.until.desc(), StarRound.id)))


def find_public(round_id: int) -> StarRound | None:
    """Return the round if everybody may see its result."""
    found = db.session.get(StarRound, round_id)
    return found if found is not None and found.is_public else None


def candidates(round_id: int, *, starred: bool = False) -> list[StarCandidate]:
    """Return the candidates, the best first; only those with stars for the public."""
    query = (
        select(StarCandidate)
        .join(User, User.id == StarCandidate.user_id)
        .where(StarCandidate.round_id == round_id)
    )
    if starred:
        query = query.where(StarCandidate.stars > 0)
    order = (StarCandidate.stars.desc(), StarCandidate.score.desc(), User.display_name, User.id)
    return list(db.session.scalars(query.order_by(*order)))


def judges(round_id: int) -> list[StarJudge]:
    """Return the panel by name."""
    query = select(StarJudge).join(User, User.id == StarJudge.user_id)
    query = query.where(StarJudge.round_id == round_id).order_by(User.display_name, User.id)
    return list(db.session.scalars(query))


def marks(round_id: int) -> list[StarMark]:
    """Return all marks of a round."""
    return list(db.session.scalars(select(StarMark).where(StarMark.round_id == round_id)))


def party(person: User) -> Party:
    """Return what a conflict of interest is seen by."""
    return Party(person.id, person.unit_id, person.organisation.strip())


def declared(found: Collection[StarMark]) -> set[tuple[int, int]]:
    """Return who said to stand back from whom: a mark without points."""
    return {(one.judge_id, one.candidate_id) for one in found if one.points is None}


def standings(subject: StarRound) -> dict[int, Standing]:
    """Return by candidate who has scored them on every panel criterion, and who has not."""
    panel = {one.id for one in subject.criteria if one.source == "panel"}
    given = marks(subject.id)
    backs = declared(given)
    by_pair: dict[tuple[int, int], set[int]] = defaultdict(set)
    for one in given:
        if one.points is not None:
            by_pair[one.judge_id, one.candidate_id].add(one.criterion_id)
    people = judges(subject.id)
    found = {}
    for candidate in candidates(subject.id):
        scored, free, missing = 0, [], []
        for judge in people:
            name = judge.person.display_name
            if rules.conflict(party(judge.person), party(candidate.pro.person), backs):
                free.append(name)
            elif by_pair[judge.user_id, candidate.user_id] >= panel:
                scored += 1
            else:
                missing.append(name)
        found[candidate.user_id] = Standing(scored, free, missing)
    return found


def objections(round_id: int) -> list[StarObjection]:
    """Return what was said against a result, what waits for an answer first."""
    query = select(StarObjection).where(StarObjection.round_id == round_id)
    answered = StarObjection.answered_at.is_not(None)
    return list(db.session.scalars(query.order_by(answered, StarObjection.id)))


def count_unanswered(round_id: int | None = None) -> int:
    """Return how many objections wait for an answer, of a round or of all."""
    query = select(func.count(StarObjection.id)).where(StarObjection.answered_at.is_(None))
    if round_id is not None:
        query = query.where(StarObjection.round_id == round_id)
    return db.session.scalar(query) or 0


def rounds_to_judge(person_id: int) -> list[StarRound]:
    """Return the rounds in which somebody has to score now."""
    query = select(StarRound).join(StarJudge, StarJudge.round_id == StarRound.id)
    query = query.where(StarJudge.user_id == person_id, StarRound.state == State.SCORING.value)
    return list(db.session.scalars(query.order_by(StarRound.id)))


def stars_of(user_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return the stars of these 三师 in the newest finished round that gave them any."""
    query = (
        select(StarCandidate.user_id, StarCandidate.stars, StarRound.title)
        .join(StarRound, StarRound.id == StarCandidate.round_id)
        .where(StarRound.state == State.FINAL.value, StarCandidate.stars > 0)
        .where(StarCandidate.user_id.in_(user_ids))
        .order_by(StarRound.finished_at)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def eligible(round_id: int) -> Select[Professional]:
    """Return the confirmed 三师 who are not candidates yet, by name."""
    known = select(StarCandidate.user_id).where(StarCandidate.round_id == round_id)
    return (
        select(Professional)
        .join(Professional.person)
        .where(Professional.confirmed_at.is_not(None), User.active)
        .where(Professional.user_id.not_in(known))
        .order_by(User.display_name, Professional.user_id)
    )

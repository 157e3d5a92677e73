"""Reads of needs. What a person may see is a condition of every query here, not of the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from sanshi_lms.account import User, people_by_id
from sanshi_lms.community.models import Community, Member
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.models import Need, NeedPhoto, NeedStep
from sanshi_lms.community.needs.rules import Actor, State
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson, courses_by_id, lessons_by_id

SEE_ALL = "needs.see_all"
_ENDED = frozenset(State) - rules.OPEN
_WITH_PLACE = (joinedload(Need.community, innerjoin=True), joinedload(Need.kind, innerjoin=True))


@dataclass(frozen=True)
class Narrowed:
    """What a list of needs is narrowed to; empty values narrow nothing.

    `view` is "mine" (waits for me), "open", "ended", "late" or "".
    """

    view: str = ""
    state: str = ""
    community_id: int | None = None
    kind_id: int | None = None
    district: str = ""


@dataclass(frozen=True)
class ToldStep:
    """A step as people read it; `pro` and `course` are what it brought."""

    at: datetime
    verb: str
    actor: str
    who: User | None
    told: str
    words: str
    to_asker: bool
    pro: User | None = None
    course: Course | None = None
    lesson: Lesson | None = None


def in_scope(person: User) -> ColumnElement[bool]:
    """Return the condition of what `person` may see: nothing, their communities', theirs, all."""
    if person.may(SEE_ALL):
        return true()
    mine = select(Member.community_id).where(Member.user_id == person.id)
    handles = Need.community_id.in_(mine) if person.may("needs.handle") else false()
    serves = Need.pro_id == person.id if person.may("needs.serve") else false()
    return or_(handles, serves, Need.filed_by_id == person.id)


def waits_for(person: User, moment: datetime) -> ColumnElement[bool]:
    """Return the condition of what `person` must do something about now.

    For an administrator that is what is late: the escalation.
    """
    late = and_(Need.due_at.is_not(None), Need.due_at < moment, Need.state.in_(rules.OPEN))
    if person.may(SEE_ALL):
        return late
    mine = select(Member.community_id).where(Member.user_id == person.id)
    turn = {actor: [s for s in State if rules.STAGES[s].waits_for == actor] for actor in Actor}
    to_call = and_(Need.state == State.DONE, late)
    return or_(
        and_(Need.community_id.in_(mine), or_(Need.state.in_(turn[Actor.CADRE]), to_call)),
        and_(Need.pro_id == person.id, Need.state.in_(turn[Actor.PRO])),
        and_(Need.filed_by_id == person.id, Need.state.in_(turn[Actor.ASKER])),
    )


def needs_query(person: User, narrowed: Narrowed, moment: datetime) -> Select[Need]:
    """Return the needs that `person` may see, the most urgent first, ended ones newest first."""
    query = select(Need).where(in_scope(person)).options(*_WITH_PLACE)
    query = query.where(*_conditions(person, narrowed, moment))
    ended = case((Need.state.in_(rules.OPEN), 0), else_=1)
    return query.order_by(
        ended, Need.due_at.is_(None), Need.due_at, Need.ended_at.desc(), Need.id.desc()
    )


def count_needs(person: User, narrowed: Narrowed, moment: datetime) -> int:
    """Return how many needs `person` may see of those narrowed to."""
    query = select(func.count(Need.id)).where(
        in_scope(person), *_conditions(person, narrowed, moment)
    )
    return db.session.scalar(query) or 0


def _conditions(person: User, narrowed: Narrowed, moment: datetime) -> list[ColumnElement[bool]]:
    views: dict[str, Any] = {
        "mine": lambda: waits_for(person, moment),
        "open": lambda: Need.state.in_(rules.OPEN),
        "ended": lambda: Need.state.in_(_ENDED),
        "late": lambda: and_(Need.due_at < moment, Need.state.in_(rules.OPEN)),
    }
    found = [views[narrowed.view]()] if narrowed.view in views else []
    if narrowed.state:
        found.append(Need.state == narrowed.state)
    if narrowed.community_id is not None:
        found.append(Need.community_id == narrowed.community_id)
    if narrowed.kind_id is not None:
        found.append(Need.kind_id == narrowed.kind_id)
    if narrowed.district:
        of_district = select(Community.id).where(Community.district == narrowed.district)
        found.append(Need.community_id.in_(of_district))
    return found


def find_need(need_id: int, person: User) -> Need | None:
    """Return the need if `person` may see it; else None, as if there were none."""
    return db.session.scalar(
        select(Need).where(Need.id == need_id, in_scope(person)).options(*_WITH_PLACE)
    )


def need_by_code(code: str) -> Need | None:
    """Return the need that its asker's code opens."""
    return db.session.scalar(select(Need).where(Need.code == code).options(*_WITH_PLACE))


def needs_by_id(ids: set[int]) -> dict[int, Need]:
    """Return needs whoever asks: for their titles on the administrator's desk."""
    found = db.session.scalars(select(Need).where(Need.id.in_(ids)).options(*_WITH_PLACE))
    return {need.id: need for need in found}


def actors_on(need: Need, person: User) -> frozenset[Actor]:
    """Return as what `person` may act on `need` at the desk."""
    actors = set()
    if person.may(SEE_ALL):
        actors.add(Actor.ADMIN)
    member = db.session.get(Member, (need.community_id, person.id))
    if person.may("needs.handle") and member is not None:
        actors.add(Actor.CADRE)
    if person.may("needs.serve") and need.pro_id == person.id:
        actors.add(Actor.PRO)
    return frozenset(actors)


def steps_of(need: Need, *, for_asker: bool) -> list[ToldStep]:
    """Return the way of a need so far, oldest first; the asker sees what is meant for them."""
    query = select(NeedStep).where(NeedStep.need_id == need.id).order_by(NeedStep.id)
    if for_asker:
        query = query.where(NeedStep.to_asker)
    steps = db.session.scalars(query).all()
    people = people_by_id(
        n for step in steps for n in (step.person_id, step.pro_id) if n is not None
    )
    courses = courses_by_id(step.course_id for step in steps if step.course_id is not None)
    lessons = lessons_by_id(step.lesson_id for step in steps if step.lesson_id is not None)
    return [
        ToldStep(
            at=step.at,
            verb=step.verb,
            actor=step.actor,
            who=people.get(step.person_id or 0),
            told=rules.STEPS[step.verb].told if step.verb in rules.STEPS else "提出了需求",
            words=step.words,
            to_asker=step.to_asker,
            pro=people.get(step.pro_id or 0),
            course=courses.get(step.course_id or 0),
            lesson=lessons.get(step.lesson_id or 0),
        )
        for step in steps
    ]


def photos_of(need: Need) -> list[NeedPhoto]:
    """Return the photos of a need in the order they came."""
    return list(
        db.session.scalars(
            select(NeedPhoto).where(NeedPhoto.need_id == need.id).order_by(NeedPhoto.id)
        )
    )


def count_additions(need: Need) -> int:
    """Return how often whoever asked has added something."""
    return (
        db.session.scalar(
            select(func.count(NeedStep.id)).where(
                NeedStep.need_id == need.id, NeedStep.actor == Actor.ASKER.value
            )
        )
        or 0
    )


def merge_targets(need: Need) -> list[Need]:
    """Return the open needs of the same community into which this one could be merged."""
    query = select(Need).where(
        Need.community_id == need.community_id, Need.id != need.id, Need.state.in_(rules.OPEN)
    )
    same_kind = case((Need.kind_id == need.kind_id, 0), else_=1)
    query = query.options(*_WITH_PLACE).order_by(same_kind, Need.received_at.desc()).limit(50)
    return list(db.session.scalars(query))


def main_of(need: Need) -> Need | None:
    """Return the need into which this one was merged; its asker learns its state, no more."""
    return db.session.get(Need, need.merged_into_id) if need.merged_into_id else None


def count_late() -> int:
    """Return how many open needs are past their limit now, anywhere: what escalates."""
    late = and_(Need.due_at < now(), Need.state.in_(rules.OPEN))
    return db.session.scalar(select(func.count(Need.id)).where(late)) or 0

"""Reads of offline sessions, scoped to whoever looks."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.training.classes.models import HOLDS_SEAT, Member, TrainingClass
from sanshi_lms.training.scope import belongs, people_in_class, runs
from sanshi_lms.training.sessions.models import Attendance, OfflineSession, Signup


def session_for_staff(session_id: int, person: User) -> OfflineSession | None:
    """Return a session that `person` runs."""
    found = db.session.get(OfflineSession, session_id)
    return found if found is not None and runs(found.class_id, person) else None


def session_for(session_id: int, person: User | None) -> OfflineSession | None:
    """Return a session that `person` (None: a visitor) may see: an open one, or of their class."""
    found = db.session.get(OfflineSession, session_id)
    if found is None or found.class_id is None:
        return found
    if person is None:
        return None
    mine = belongs(found.class_id, person.id) or runs(found.class_id, person)
    return found if mine else None


def sessions_of_class(class_id: int) -> Sequence[OfflineSession]:
    """Return the sessions of a class by time, cancelled ones too."""
    query = select(OfflineSession).where(OfflineSession.class_id == class_id)
    return db.session.scalars(query.order_by(OfflineSession.starts_at, OfflineSession.id)).all()


def open_sessions(moment: datetime) -> Sequence[OfflineSession]:
    """Return the sessions to come that everybody may join."""
    query = select(OfflineSession).where(
        OfflineSession.class_id.is_(None), OfflineSession.ends_at >= moment
    )
    return db.session.scalars(query.order_by(OfflineSession.starts_at)).all()


def all_open_sessions() -> Select[OfflineSession]:
    """Return the query of sessions without a class, the latest first."""
    query = select(OfflineSession).where(OfflineSession.class_id.is_(None))
    return query.order_by(OfflineSession.starts_at.desc())


def coming_sessions(user_id: int, moment: datetime) -> Sequence[OfflineSession]:
    """Return the sessions to come of a person: of their classes, and what they signed up for."""
    classes = (
        select(Member.class_id)
        .join(TrainingClass, TrainingClass.id == Member.class_id)
        .where(Member.user_id == user_id, Member.state.in_(HOLDS_SEAT))
        .where(TrainingClass.status == "open")
    )
    signed = select(Signup.session_id).where(Signup.user_id == user_id, Signup.state == "in")
    query = select(OfflineSession).where(
        or_(OfflineSession.class_id.in_(classes), OfflineSession.id.in_(signed)),
        OfflineSession.ends_at >= moment,
        OfflineSession.cancelled.is_(False),
    )
    return db.session.scalars(query.order_by(OfflineSession.starts_at)).all()


def attended_of_class(class_id: int) -> dict[int, int]:
    """Return how many sessions of the class each person came to."""
    query = (
        select(Attendance.user_id, func.count())
        .join(OfflineSession, OfflineSession.id == Attendance.session_id)
        .where(OfflineSession.class_id == class_id, OfflineSession.cancelled.is_(False))
        .group_by(Attendance.user_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def attended_by(user_id: int, session_ids: Collection[int]) -> set[int]:
    """Return which of these sessions the person came to."""
    query = select(Attendance.session_id).where(
        Attendance.user_id == user_id, Attendance.session_id.in_(session_ids)
    )
    return set(db.session.scalars(query))


def attendances_of(session_id: int) -> dict[int, Attendance]:
    """Return who came, by person."""
    query = select(Attendance).where(Attendance.session_id == session_id)
    return {row.user_id: row for row in db.session.scalars(query)}


def expected(subject: OfflineSession) -> list[User]:
    """Return who may come, by name: the class, or those who signed up; and whoever came."""
    people = {}
    if subject.class_id is not None:
        people = {person.id: person for person in people_in_class(subject.class_id)}
    else:
        people = {row.user_id: row.person for row in signups(subject.id, ("in",))}
    for user_id, row in attendances_of(subject.id).items():
        people.setdefault(user_id, row.person)
    return sorted(people.values(), key=lambda person: (person.display_name, person.id))


def signup_of(session_id: int, user_id: int) -> Signup | None:
    """Return a person's sign-up, whatever its state."""
    query = select(Signup).where(Signup.session_id == session_id, Signup.user_id == user_id)
    return db.session.scalar(query)


def signups(session_id: int, states: Collection[str]) -> Sequence[Signup]:
    """Return the sign-ups in these states, by their turn."""
    query = select(Signup).where(Signup.session_id == session_id, Signup.state.in_(states))
    return db.session.scalars(query.order_by(Signup.queued_at, Signup.id)).all()


def count_signups(session_id: int, state: str) -> int:
    """Return how many sign-ups have this state."""
    query = select(func.count(Signup.id)).where(Signup.session_id == session_id)
    return db.session.scalar(query.where(Signup.state == state)) or 0


def soon(moment: datetime) -> datetime:
    """Return until when a session is the next thing to do: the coming day."""
    return moment + timedelta(hours=24)


def attendances_by(user_id: int) -> list[tuple[OfflineSession, Attendance]]:
    """Return the sessions a person came to, the latest first."""
    query = (
        select(OfflineSession, Attendance)
        .join(Attendance, Attendance.session_id == OfflineSession.id)
        .where(Attendance.user_id == user_id, OfflineSession.cancelled.is_(False))
        .order_by(OfflineSession.starts_at.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]

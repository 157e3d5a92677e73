"""Writes of the clock: giving back what an outage of ours took, ending what nobody ended."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.quizzes.actions import hand_in
from sanshi_lms.quizzes.attempts.models import Extension, Outage
from sanshi_lms.quizzes.attempts.queries import running_under_a_clock
from sanshi_lms.quizzes.attempts.rules import given_back, is_over
from sanshi_lms.quizzes.models import Attempt


def give_back(began: datetime, ended: datetime) -> int:
    """Move the deadlines of attempts that ran during an outage; return how many.

    The same outage told again moves nothing.
    """
    if ended <= began:
        return 0
    insert_missing(Outage, began_at=began, ended_at=ended)
    outage = db.session.scalars(select(Outage).where(Outage.began_at == began)).one()
    known = set(
        db.session.scalars(select(Extension.attempt_id).where(Extension.outage_id == outage.id))
    )
    moved = 0
    for attempt in running_under_a_clock(began, ended):
        if attempt.id not in known and attempt.deadline_at is not None:
            moved += _extend(attempt, attempt.deadline_at, outage)
    return moved


def end_by_clock(attempt_id: int, at: datetime) -> None:
    """Mark what was saved of an attempt whose time is over; nothing happens when it is not."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is not None and is_over(attempt.deadline_at, attempt.grace_seconds, at):
        hand_in(attempt, at)


def _extend(attempt: Attempt, deadline: datetime, outage: Outage) -> int:
    lost = given_back(attempt.started_at, deadline, outage.began_at, outage.ended_at)
    seconds = ceil(lost.total_seconds())
    if seconds <= 0:
        return 0
    attempt.deadline_at = deadline + timedelta(seconds=seconds)
    db.session.add(Extension(attempt_id=attempt.id, outage_id=outage.id, seconds=seconds))
    note("quizzes.give_back", f"attempt:{attempt.id}", None, {"seconds": seconds})
    return 1

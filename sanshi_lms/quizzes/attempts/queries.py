"""Reads of the clock within attempts: what is over, what runs, what was given back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.attempts.models import Extension, Outage
from sanshi_lms.quizzes.attempts.rules import is_over
from sanshi_lms.quizzes.models import Attempt

MOST_AT_ONCE = 200


def overdue(at: datetime) -> Sequence[int]:
    """Return open attempts whose time, grace included, is over at `at`; the longest over first."""
    rows = db.session.execute(
        select(Attempt.id, Attempt.deadline_at, Attempt.grace_seconds)
        .where(Attempt.handed_in_at.is_(None), Attempt.deadline_at < at)
        .order_by(Attempt.deadline_at)
        .limit(MOST_AT_ONCE)
    )
    return [row.id for row in rows if is_over(row.deadline_at, row.grace_seconds, at)]


def running_under_a_clock(began: datetime, ended: datetime) -> Sequence[Attempt]:
    """Return the open attempts that an outage took time from, held until the transaction ends."""
    query = select(Attempt).where(
        Attempt.handed_in_at.is_(None), Attempt.deadline_at > began, Attempt.started_at < ended
    )
    return db.session.scalars(query.order_by(Attempt.id).with_for_update()).all()


def outages_of(attempt_id: int) -> Sequence[tuple[Outage, int]]:
    """Return the outages that moved an attempt's deadline, each with the seconds given back."""
    query = (
        select(Outage, Extension.seconds)
        .join(Extension, Extension.outage_id == Outage.id)
        .where(Extension.attempt_id == attempt_id)
        .order_by(Outage.began_at)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]

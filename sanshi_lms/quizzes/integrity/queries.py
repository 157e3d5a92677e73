"""Reads of the notes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select

from sanshi_lms.account import User, within
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.quizzes.integrity.models import IntegrityNote
from sanshi_lms.quizzes.integrity.rules import KEPT_DAYS
from sanshi_lms.quizzes.models import Attempt


def noted_attempts(paper_id: int, reach: Reach) -> Select[Attempt]:
    """Return the query of the attempts at a paper of which something was noted, newest first.

    Only those of people within reach.
    """
    noted = select(IntegrityNote.attempt_id)
    return (
        select(Attempt)
        .join(User, User.id == Attempt.user_id)
        .where(Attempt.paper_id == paper_id, Attempt.id.in_(noted), within(reach))
        .order_by(Attempt.id.desc())
    )


def notes_of(attempt_ids: Collection[int]) -> dict[int, Sequence[IntegrityNote]]:
    """Return the notes of these attempts, the oldest first."""
    query = select(IntegrityNote).where(IntegrityNote.attempt_id.in_(attempt_ids))
    found: dict[int, list[IntegrityNote]] = defaultdict(list)
    for one in db.session.scalars(query.order_by(IntegrityNote.id)):
        found[one.attempt_id].append(one)
    return {**found}


def names_of(attempts: Sequence[Attempt]) -> dict[int, str]:
    """Return who made these attempts, by the attempt's id."""
    ids = {one.user_id for one in attempts}
    query = select(User.id, User.display_name).where(User.id.in_(ids))
    names = {row[0]: row[1] for row in db.session.execute(query)}
    return {one.id: names[one.user_id] for one in attempts}


def has_old_notes(at: datetime) -> bool:
    """Tell whether any note is older than notes are kept."""
    return db.session.scalar(select(IntegrityNote.id).where(is_old(at)).limit(1)) is not None


def is_old(at: datetime) -> ColumnElement[bool]:
    """Return the condition of notes that are older than notes are kept."""
    return IntegrityNote.at < at - timedelta(days=KEPT_DAYS)

"""Writes of the notes."""

from datetime import datetime

from sqlalchemy import delete, func, select

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.integrity.models import IntegrityNote
from sanshi_lms.quizzes.integrity.queries import is_old
from sanshi_lms.quizzes.integrity.rules import MOST_NOTES, NoteKind, sound_amount
from sanshi_lms.quizzes.models import Attempt, Paper


def take_note(attempt: Attempt, kind: NoteKind, amount: int, at: datetime) -> bool:
    """Keep what the page told; return whether it was kept.

    Nothing is kept of a practice, of an attempt that is over, of a paper that does not announce
    it, or beyond `MOST_NOTES`.
    """
    if attempt.practice or attempt.handed_in_at is not None:
        return False
    if not db.session.scalar(select(Paper.watched).where(Paper.id == attempt.paper_id)):
        return False
    query = select(func.count(IntegrityNote.id)).where(IntegrityNote.attempt_id == attempt.id)
    if (db.session.scalar(query) or 0) >= MOST_NOTES:
        return False
    db.session.add(
        IntegrityNote(attempt_id=attempt.id, kind=kind, at=at, amount=sound_amount(kind, amount))
    )
    return True


def forget_old(at: datetime) -> None:
    """Delete what is older than anybody may still ask about."""
    db.session.execute(delete(IntegrityNote).where(is_old(at)))

"""Forgetting: notes are kept as long as somebody may object to a result, and no longer."""

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.integrity.actions import forget_old
from sanshi_lms.quizzes.integrity.queries import has_old_notes

WAKER = "quizzes.integrity"


def tidy() -> None:
    """Delete what is too old."""
    with transaction():
        forget_old(now())


def is_due() -> bool:
    """Tell whether something is too old."""
    due = has_old_notes(now())
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker forget."""
    queue.on_wake(WAKER, run=tidy, due=is_due)

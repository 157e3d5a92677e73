"""Forgetting: reports of trouble are kept for thirty days and no longer."""

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.video.viewing.actions import forget_old_troubles
from sanshi_lms.video.viewing.queries import has_old_troubles

WAKER = "video.troubles"


def tidy() -> None:
    """Delete what is too old."""
    with transaction():
        forget_old_troubles(now())


def is_due() -> bool:
    """Tell whether something is too old."""
    due = has_old_troubles(now())
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker forget."""
    queue.on_wake(WAKER, run=tidy, due=is_due)

"""Forgetting: sign-ins that ended by themselves go."""

from sanshi_lms.account.devices.actions import forget_over
from sanshi_lms.account.devices.queries import some_are_over
from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction

WAKER = "account.devices"


def tidy() -> None:
    """Delete what is over."""
    with transaction():
        forget_over(now())


def is_due() -> bool:
    """Tell whether something is over."""
    due = some_are_over(now())
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker forget."""
    queue.on_wake(WAKER, run=tidy, due=is_due)

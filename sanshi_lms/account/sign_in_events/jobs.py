"""Forgetting: what was kept long enough goes."""

from sanshi_lms.account.looks.actions import forget_old_looks
from sanshi_lms.account.looks.queries import some_looks_are_old
from sanshi_lms.account.sign_in_events.actions import forget_old
from sanshi_lms.account.sign_in_events.queries import some_are_old
from sanshi_lms.account.slowing.actions import forget_over
from sanshi_lms.account.slowing.queries import some_are_over
from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction

WAKER = "account.sign_in_events"


def tidy() -> None:
    """Delete old events, old looks, and counts of failures that slow nobody any more."""
    with transaction():
        forget_old(now())
        forget_over(now())
        forget_old_looks(now())


def is_due() -> bool:
    """Tell whether there is something to delete."""
    moment = now()
    due = some_are_old(moment) or some_are_over(moment) or some_looks_are_old(moment)
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker forget."""
    queue.on_wake(WAKER, run=tidy, due=is_due)

"""The sweep: attempts whose time ran out while nobody was looking are marked.

It goes by how long the website is known to have answered: who could not reach us is first given
back what the outage took, when the site returns.
"""

from typing import Any

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.pulse import outage_over, served_until
from sanshi_lms.quizzes.attempts.actions import end_by_clock, give_back
from sanshi_lms.quizzes.attempts.queries import overdue

WAKER = "quizzes.attempts"


def sweep() -> None:
    """End every attempt whose time is over, each in a transaction of its own."""
    at = served_until(now())
    waiting = overdue(at)
    db.session.rollback()
    for attempt_id in waiting:
        with transaction():
            end_by_clock(attempt_id, at)


def is_due() -> bool:
    """Tell whether the time of any open attempt is over."""
    found = bool(overdue(served_until(now())))
    db.session.rollback()
    return found


def setup() -> None:
    """Let the worker's ticker look, and hear of outages."""
    queue.on_wake(WAKER, run=sweep, due=is_due)
    outage_over.connect(_on_outage)


def _on_outage(sender: object, **told: Any) -> None:
    del sender
    give_back(told["began"], told["ended"])

"""The round of timed publishing: what is due is published within seconds of its moment."""

import logging

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses.editorial.actions import publish_due
from sanshi_lms.courses.editorial.queries import due

WAKER = "courses.editorial"
_log = logging.getLogger(__name__)


def publish_all_due() -> None:
    """Publish each course whose moment has come, each in a transaction of its own."""
    moment = now()
    waiting = due(moment)
    db.session.rollback()
    for course_id in waiting:
        try:
            with transaction():
                publish_due(course_id, moment)
        except Exception:
            # The others must not wait for it; it is tried again at the next tick.
            _log.exception("course %s could not be published in time", course_id)


def is_due() -> bool:
    """Tell whether the moment of any course has come."""
    found = bool(due(now()))
    db.session.rollback()
    return found


def setup() -> None:
    """Let the worker's ticker look."""
    queue.on_wake(WAKER, run=publish_all_due, due=is_due)

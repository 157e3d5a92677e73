"""The daily tick: once a day, after the quiet hours, whatever was missed while we were down."""

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import JobRun, enqueue, find_job, job
from sanshi_lms.notices import quiet_now
from sanshi_lms.training.assignments.queries import local_today
from sanshi_lms.training.assignments.reminders import remind

JOB = "training.remind"
WAKER = "training.remind"


@job(JOB, label="必修提醒")
def remind_today(run: JobRun) -> None:
    """Send what is due today, in one transaction."""
    with run.commit():
        moment = now()
        if not quiet_now(moment):
            remind(moment)


def start() -> None:
    """Begin today's tick."""
    with transaction():
        today = local_today(now()).isoformat()
        if find_job(JOB, today) is None:
            enqueue(JOB, today)


def is_due() -> bool:
    """Tell whether today's tick has not been asked for and people may be told something now."""
    moment = now()
    due = find_job(JOB, local_today(moment).isoformat()) is None and not quiet_now(moment)
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker look whether a new day has begun."""
    queue.on_wake(WAKER, run=start, due=is_due)

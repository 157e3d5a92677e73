"""The daily look at certificates that end soon, after the quiet hours."""

from sanshi_lms.core import queue
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import JobRun, enqueue, find_job, job
from sanshi_lms.learning.renewing.actions import remind
from sanshi_lms.notices import quiet_now

JOB = "learning.endings"


@job(JOB, label="证书到期提醒")
def remind_today(run: JobRun) -> None:
    """Send today's reminders, in one transaction."""
    with run.commit():
        moment = now()
        if not quiet_now(moment):
            remind(moment)


def start() -> None:
    """Begin today's look."""
    with transaction():
        if find_job(JOB, _today()) is None:
            enqueue(JOB, _today())


def is_due() -> bool:
    """Tell whether today's look has not been asked for and people may be told something now."""
    due = find_job(JOB, _today()) is None and not quiet_now(now())
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker look whether a new day has begun."""
    queue.on_wake(JOB, run=start, due=is_due)


def _today() -> str:
    return local(now()).date().isoformat()

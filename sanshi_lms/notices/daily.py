"""Rounds of telling: once a day, after the quiet hours, whatever was missed while we were down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sanshi_lms.core import queue
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import JobRun, enqueue, find_job, job
from sanshi_lms.notices.outbox.queries import quiet_now


@dataclass(frozen=True)
class DailyRound:
    """A round with the job `name`, whose key is the day; people read it as `label`.

    `tell` gets the moment and writes the notices, all in one transaction.
    """

    name: str
    label: str
    tell: Callable[[datetime], object]

    def setup(self) -> None:
        """Let the worker's ticker look whether a new day has begun."""
        job(self.name, label=self.label)(self._go)
        queue.on_wake(self.name, run=self.start, due=self.is_due)

    def start(self) -> None:
        """Begin today's round, unless it was begun."""
        with transaction():
            if find_job(self.name, _today()) is None:
                enqueue(self.name, _today())

    def is_due(self) -> bool:
        """Tell whether today's round is not begun and people may be told something now."""
        due = find_job(self.name, _today()) is None and not quiet_now(now())
        db.session.rollback()
        return due

    def _go(self, run: JobRun) -> None:
        with run.commit():
            moment = now()
            if not quiet_now(moment):
                self.tell(moment)


def _today() -> str:
    return local(now()).date().isoformat()

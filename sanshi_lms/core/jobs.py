"""Jobs: slow work whose truth is a leased row in our database; the queue only wakes a worker.

No queue library keeps a long task right by itself (we measured five): a task of a killed worker is
lost, or comes back and runs twice. So a worker claims a row by a conditional UPDATE, renews its
lease by real progress and proves with its token, at each commit, that the job is still its own. A
handler is idempotent: after a crash it runs again from the start of its current step.

Long work is cut into parts (`job_parts`): jobs of their own that point at the one they belong to.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import Model, UtcDateTime, after_commit, db, row_count, transaction
from sanshi_lms.core.tracing import present_request

LEASE = timedelta(seconds=60)
PROGRESS_EVERY = timedelta(seconds=1)
ACTIVE = ("pending", "leased")
LANES = ("fast", "copy", "slow")
MOST_RIVALS = 5
CANCELLED = "已取消。还要做的话，请点“重试”。"


class Job(Model):
    """One piece of work. Progress runs from 0 to 1; message is for people, detail for experts.

    `part_of` is the job whose part it is, `weight` its share of that job's work in any unit;
    `result` is JSON of the kind's own, for those who go on from it. `request_id` is the number
    of the request that it began with, for the log.
    """

    __tablename__ = "core_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'leased', 'done', 'failed')", name="state"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        Index(
            "uq_core_jobs_active",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("state IN ('pending', 'leased')"),
            postgresql_where=text("state IN ('pending', 'leased')"),
        ),
        Index("ix_core_jobs_claim", "state", "lane", "priority", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    lane: Mapped[str]
    payload: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="pending")
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    part_of: Mapped[int | None] = mapped_column(index=True)
    weight: Mapped[float] = mapped_column(default=1.0, server_default="1")
    result: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_Part = aliased(Job)


def has_part(*states: str) -> ColumnElement[bool]:
    """Tell, inside a query of jobs, whether a job has a part in one of these states."""
    found = select(_Part.id).where(_Part.part_of == Job.id, _Part.state.in_(states))
    return found.correlate(Job).exists()


def is_active() -> ColumnElement[bool]:
    """Tell, inside a query of jobs, whether a job or one of its parts waits or runs."""
    return Job.state.in_(ACTIVE) | (has_part(*ACTIVE) & ~has_part("failed"))


class JobLost(Exception):
    """The lease went to somebody else, or the worker is stopping: leave without a trace."""


class JobFailed(Exception):
    """The work cannot be done; `sentence` tells a layman why, `detail` tells an expert.

    `retry` says whether another attempt may help.
    """

    def __init__(self, sentence: str, detail: str = "", *, retry: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.retry = retry


def retry_may_help(sentence: str) -> bool:
    """Tell whether a button may offer it: a failure's sentence names 重试 exactly when it may help.

    What a cut file lacks comes back by no retry, and a button that cannot help wastes trust.
    """
    return not sentence or "重试" in sentence


@dataclass
class JobRun:
    """What a handler holds while it works."""

    job_id: int
    payload: dict[str, Any]
    token: str
    attempt: int
    part_of: int | None = None
    request_id: str | None = None
    _told_at: datetime = field(default_factory=now)

    def progress(self, share: float) -> None:
        """Record the share done, from 0 to 1, at most once a second; renews the lease.

        Raises JobLost when the job is not ours any more.
        """
        moment = now()
        if moment - self._told_at < PROGRESS_EVERY:
            return
        self._told_at = moment
        with transaction() as session:
            self._renew(session, progress=min(max(share, 0.0), 1.0))

    def checkpoint(self) -> None:
        """Renew the lease. Raises JobLost when the job is not ours any more."""
        with transaction() as session:
            self._renew(session)

    @contextmanager
    def commit(self) -> Iterator[Session]:
        """Open a transaction that only commits while the lease is ours (fencing)."""
        with transaction() as session:
            self._renew(session)
            yield session

    def done(self, session: Session, result: str | None = None) -> None:
        """End the job with what `commit` is about to record: whoever enqueues it anew after that
        starts another, instead of being told of this one that has read its input already.
        """
        ours = update(Job).where(Job.id == self.job_id, Job.lease_token == self.token)
        values = {"state": "done", "progress": 1.0, "message": None, "detail": None}
        ended = {"lease_token": None, "lease_until": None, "finished_at": now()}
        session.execute(ours.values(**values, **ended, result=result))

    def note(self, session: Session, result: str) -> None:
        """Keep what is made so far, inside `commit`."""
        ours = update(Job).where(Job.id == self.job_id, Job.lease_token == self.token)
        session.execute(ours.values(result=result))

    def _renew(self, session: Session, **values: float) -> None:
        if queue.stopping():
            raise JobLost("the worker is stopping")
        ours = update(Job).where(
            Job.id == self.job_id, Job.state == "leased", Job.lease_token == self.token
        )
        if row_count(session.execute(ours.values(lease_until=now() + LEASE, **values))) != 1:
            raise JobLost(f"job {self.job_id} was taken over")


Handler = Callable[[JobRun], None]


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are worked on and told: `subject` is the kind of what `key` names."""

    handler: Handler
    lane: str
    attempts: int
    label: str
    subject: str | None


kinds: dict[str, Kind] = {}


def job(
    kind: str,
    *,
    lane: str = "fast",
    attempts: int = 5,
    label: str = "后台任务",
    subject: str | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler for `kind`. A worker runs one job of a lane at a time: "slow"
    is for computing, "copy" for moving bytes about, "fast" for what takes seconds.

    People read it as `label`; `subject` is the kind (core.registers) of what the key names.
    """
    if lane not in LANES:
        raise ValueError(f"no such lane: {lane}")

    def register(handler: Handler) -> Handler:
        kinds[kind] = Kind(handler, lane, attempts, label, subject)
        return handler

    return register


def enqueue(kind: str, key: str, payload: dict[str, Any] | None = None, priority: int = 0) -> Job:
    """Add a job to the current transaction and wake a worker after the commit.

    While a job of the same kind and key (or a part of it) waits or runs it is returned instead: a
    double click is one job. Higher `priority` runs first.
    """
    known = kinds[kind]
    moment = now()
    fresh = Job(
        kind=kind,
        key=key,
        lane=known.lane,
        payload=json.dumps(payload or {}, ensure_ascii=False),
        priority=priority,
        state="pending",
        progress=0.0,
        attempts=0,
        run_after=moment,
        created_at=moment,
        request_id=present_request(),
    )
    active = select(Job).where(Job.kind == kind, Job.key == key, is_active())
    for _ in range(MOST_RIVALS):
        found = db.session.scalar(active)
        if found is not None:
            return found
        try:
            with db.session.begin_nested():
                db.session.add(fresh)
        except IntegrityError:
            continue  # the other click was faster; its job is there now, or done already
        after_commit(lambda: queue.wake(waker_name(known.lane)))
        return fresh
    raise RuntimeError(f"no job of kind {kind} could be added for {key}")


def find_job(kind: str, key: str) -> Job | None:
    """Return the newest job of `kind` for `key`, whatever its state."""
    newest = select(Job).where(Job.kind == kind, Job.key == key).order_by(Job.id.desc()).limit(1)
    return db.session.scalar(newest)


def drop_jobs(kind: str, key: str) -> None:
    """Drop all jobs of `kind` for `key` with their parts. Whoever works on one loses its lease."""
    ids = select(Job.id).where(Job.kind == kind, Job.key == key)
    db.session.execute(delete(Job).where(Job.part_of.in_(ids)))
    db.session.execute(delete(Job).where(Job.kind == kind, Job.key == key))


def retry_job(failed: Job) -> Job | None:
    """Start a failed job anew, with all its attempts, in the current transaction.

    Of one with parts only those run again that failed. None when nothing failed.
    """
    again = update(Job).where(Job.part_of == failed.id, Job.state == "failed")
    values = {"state": "pending", "attempts": 0, "run_after": now(), "finished_at": None}
    if row_count(db.session.execute(again.values(**values, message=None, detail=None))):
        after_commit(lambda: queue.wake(waker_name(failed.lane)))
        return failed
    if failed.state != "failed":
        return None
    return enqueue(failed.kind, failed.key, json.loads(failed.payload), failed.priority)


def waker_name(lane: str) -> str:
    """Return the name by which the worker is woken for `lane`."""
    return f"jobs.{lane}"

"""Long work in parts: each part a job with its own lease; how the whole stands is computed.

A job that has looked at its work and ends with `add_parts` is "done" itself; the whole of it runs
until its last part calls `fold`, fails when a part fails for good, and goes on from the finished
parts whatever died in between. Nothing about the whole is stored.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit, db, row_count
from sanshi_lms.core.jobs import ACTIVE, CANCELLED, Job, JobRun, has_part, kinds, waker_name
from sanshi_lms.core.tracing import present_request


@dataclass(frozen=True)
class PartSpec:
    """A part to be done: `name` is unique in the whole, `weight` its share in any unit."""

    name: str
    weight: float
    priority: int
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Whole:
    """How a job with all its parts stands. `told` is the row that has something to say."""

    state: str
    progress: float
    done: int
    parts: int
    told: Job


def add_parts(session: Session, whole: int, kind: str, key: str, parts: Iterable[PartSpec]) -> None:
    """Add parts to the job `whole` in the transaction of `session`; `key` begins their keys."""
    known, moment = kinds[kind], now()
    session.add_all(
        Job(
            kind=kind,
            key=f"{key}/{part.name}",
            lane=known.lane,
            payload=json.dumps(part.payload, ensure_ascii=False),
            priority=part.priority,
            run_after=moment,
            created_at=moment,
            part_of=whole,
            weight=part.weight,
            request_id=present_request(),
        )
        for part in parts
    )
    session.flush()
    after_commit(lambda: queue.wake(waker_name(known.lane)))


def parts_of(session: Session, whole: int) -> Sequence[Job]:
    """Return the parts of a job in the order in which they were added."""
    query = select(Job).where(Job.part_of == whole).order_by(Job.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def fold(session: Session, run: JobRun) -> None:
    """End the last part and with it the whole: its row tells the story, the parts' rows go."""
    ended = update(Job).where(Job.id == run.part_of)
    session.execute(ended.values(state="done", progress=1.0, finished_at=now(), result=None))
    session.execute(delete(Job).where(Job.part_of == run.part_of))


def whole_state() -> ColumnElement[str]:
    """The state of a job with its parts, for queries of jobs that are no parts."""
    return case((has_part("failed"), "failed"), (has_part(*ACTIVE), "leased"), else_=Job.state)


def wholes(jobs: Collection[Job]) -> dict[int, Whole]:
    """Return how these jobs stand, by id, in two queries."""
    ids = [job.id for job in jobs if job.state == "done"]
    done = func.sum(case((Job.state == "done", 1), else_=0))
    share = func.sum(Job.weight * Job.progress) / func.sum(Job.weight)
    counted = select(Job.part_of, func.count(), done, share).where(Job.part_of.in_(ids))
    rows = db.session.execute(counted.group_by(Job.part_of)).all() if ids else []
    sums = {whole: (parts, made, progress) for whole, parts, made, progress in rows}
    telling = _telling(list(sums))
    found = {}
    for job in jobs:
        told = telling.get(job.id, job)
        if job.id not in sums:
            found[job.id] = Whole(job.state, job.progress, 0, 0, job)
            continue
        parts, made, progress = sums[job.id]
        state = "failed" if told.state == "failed" else "leased"
        found[job.id] = Whole(state, min(float(progress), 1.0), int(made), parts, told)
    return found


def _telling(ids: list[int]) -> dict[int, Job]:
    """Of each whole the part that failed, or else one that waits to be tried again."""
    if not ids:
        return {}
    troubled = (Job.state == "failed") | ((Job.state == "pending") & Job.message.is_not(None))
    query = select(Job).where(Job.part_of.in_(ids), troubled)
    found: dict[int, Job] = {}
    for job in db.session.scalars(query.order_by(case((Job.state == "failed", 0), else_=1))):
        found.setdefault(job.part_of or 0, job)
    return found


def cancel_job(whole: Job) -> bool:
    """Stop a job that waits or runs, with its parts, in the current transaction.

    It is failed then, with a sentence that says so, and may be started anew. Whoever works on it
    loses its lease: its child is ended within a second or two (`job_lane`). False when it is over.
    """
    parts = db.session.execute(delete(Job).where(Job.part_of == whole.id))
    moment = now()
    values = {"state": "failed", "message": CANCELLED, "detail": None, "finished_at": moment}
    free = {"lease_token": None, "lease_until": None, "result": None}
    mine = update(Job).where(Job.id == whole.id)
    if not row_count(parts):
        mine = mine.where(Job.state.in_(ACTIVE))
    return bool(row_count(db.session.execute(mine.values(**values, **free))))

"""The worker's side of jobs: claim the next due one, run it, end it well or badly."""

import json
import logging
import time
import traceback
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from sanshi_lms.core import metrics, queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, row_count, transaction
from sanshi_lms.core.jobs import LANES, LEASE, Job, JobFailed, JobLost, JobRun, kinds, waker_name
from sanshi_lms.core.process import still_wanted
from sanshi_lms.core.storage import StorageDown
from sanshi_lms.core.tracing import working

BACK_OFF = timedelta(seconds=5)
DETAIL_CHARACTERS = 8000
_Sibling = aliased(Job)
_log = logging.getLogger(__name__)


def run_next(lane: str) -> bool:
    """Claim and run the next due job of `lane`. Return whether there was one."""
    claimed = _claim(lane)
    if claimed is None:
        return False
    kind, run = claimed
    began = time.perf_counter()
    with working(run.job_id, kind, run.request_id):
        outcome = _work_on(kind, run)
        _log.info("job", extra={"kind": kind, "outcome": outcome})
    metrics.job_tried(kind, lane, outcome, time.perf_counter() - began)
    return True


def _work_on(kind: str, run: JobRun) -> str:
    """Run a claimed job and record how it ended; return that in a word."""
    wanted = still_wanted.set(lambda: _refuse_if_lost(run))
    try:
        kinds[kind].handler(run)
    except JobLost as lost:
        _log.warning("job left: %s", lost)
        _give_back(run)
        return "left"
    except StorageDown as down:
        _log.warning("job %s waits for the storage: %s", run.job_id, down)
        _wait_for_storage(run, str(down))
        return "again"
    except JobFailed as failure:
        return _end_badly(kind, run, failure)
    except Exception:
        _log.exception("job %s of kind %s broke", run.job_id, kind)
        sentence = "处理时出了意外，系统会自动再试；多次失败后请联系管理员。"
        return _end_badly(kind, run, JobFailed(sentence, traceback.format_exc(), retry=True))
    finally:
        still_wanted.reset(wanted)
    _end(run, state="done", progress=1.0, message=None, detail=None)
    return "done"


def _refuse_if_lost(run: JobRun) -> None:
    """Raise JobLost when the job was cancelled or taken over, or the worker stops.

    On a connection of its own: the handler may be in the middle of a transaction.
    """
    if queue.stopping():
        raise JobLost("the worker is stopping")
    ours = select(Job.id).where(Job.id == run.job_id, Job.lease_token == run.token)
    with db.engine.connect() as connection:
        if connection.scalar(ours) is None:
            raise JobLost(f"job {run.job_id} is not ours any more")


def release_dead_leases() -> int:
    """Give back the jobs that workers of this machine held when they died. Return how many."""
    if not _dead_leases():
        return 0
    with transaction():
        orphans = _dead_leases()
        for orphan in orphans:
            orphan.lease_until = now()
        return len(orphans)


def _dead_leases() -> list[Job]:
    held = db.session.scalars(select(Job).where(Job.state == "leased", Job.lease_until > now()))
    return [job for job in held if queue.holder_is_dead(job.lease_token or "")]


def _due(lane: str, moment: datetime) -> Any:
    """Whether a job can be begun: waiting or abandoned, and none of its fellow parts failed."""
    waiting = (Job.state == "pending") & (Job.run_after <= moment)
    abandoned = (Job.state == "leased") & (Job.lease_until <= moment)
    failed = select(_Sibling.id).where(_Sibling.part_of == Job.part_of, _Sibling.state == "failed")
    hopeless = failed.correlate(Job).exists()
    return (Job.lane == lane) & or_(waiting, abandoned) & ~hopeless


def _has_due(lane: str) -> bool:
    release_dead_leases()
    found = db.session.scalar(select(Job.id).where(_due(lane, now())).limit(1))
    db.session.rollback()
    return found is not None


def _claim(lane: str) -> tuple[str, JobRun] | None:
    moment = now()
    with transaction() as session:
        # Parts are as old as the job that they belong to: who came first is finished first.
        age = func.coalesce(Job.part_of, Job.id)
        best = select(Job).where(_due(lane, moment)).order_by(Job.priority.desc(), age, Job.id)
        candidate = session.scalar(best.limit(1))
        if candidate is None:
            return None
        token = queue.lease_token()
        taken = session.execute(
            update(Job)
            .where(Job.id == candidate.id, _due(lane, moment))
            .values(
                state="leased",
                lease_token=token,
                lease_until=moment + LEASE,
                attempts=Job.attempts + 1,
                started_at=moment,
            )
            .execution_options(synchronize_session=False)
        )
        if row_count(taken) != 1:
            return None
        payload, attempt = json.loads(candidate.payload), candidate.attempts + 1
        run = JobRun(candidate.id, payload, token, attempt, candidate.part_of, candidate.request_id)
        kind = candidate.kind
    if run.attempt > kinds[kind].attempts:
        sentence = "处理多次中断，已经停下。请检查服务器后点“重试”。"
        _end(run, state="failed", message=sentence, detail="lease lost too often")
        return None
    return kind, run


def _end(run: JobRun, **values: Any) -> None:
    with transaction() as session:
        ours = update(Job).where(Job.id == run.job_id, Job.lease_token == run.token)
        finished_at = now() if values["state"] in {"done", "failed"} else None
        session.execute(
            ours.values(lease_token=None, lease_until=None, finished_at=finished_at, **values)
        )


def _give_back(run: JobRun) -> None:
    """Return an unfinished job to the line; the interrupted attempt does not count."""
    _end(run, state="pending", attempts=max(run.attempt - 1, 0))


def _wait_for_storage(run: JobRun, detail: str) -> None:
    """Let a job wait, however often, until the storage answers; the attempt does not count."""
    _end(
        run,
        state="pending",
        attempts=max(run.attempt - 1, 0),
        run_after=now() + BACK_OFF,
        message="文件存储暂时连不上，恢复以后会自动接着做，不用操作。",
        detail=detail[-DETAIL_CHARACTERS:],
    )


def _end_badly(kind: str, run: JobRun, failure: JobFailed) -> str:
    detail = failure.detail[-DETAIL_CHARACTERS:]
    if failure.retry and run.attempt < kinds[kind].attempts:
        wait = BACK_OFF * 2 ** (run.attempt - 1)
        _end(run, state="pending", run_after=now() + wait, message=failure.sentence, detail=detail)
        return "again"
    _end(run, state="failed", message=failure.sentence, detail=detail)
    return "failed"


def _drain(lane: str) -> None:
    while not queue.stopping() and run_next(lane):
        pass


def setup() -> None:
    """Let the worker drain each lane when it is woken."""
    for lane in LANES:
        queue.on_wake(
            waker_name(lane),
            run=lambda lane=lane: _drain(lane),  # type: ignore[misc]  # early binding
            due=lambda lane=lane: _has_due(lane),  # type: ignore[misc]
        )

"""Reads of the desk: jobs, the audit trail, figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from sanshi_lms.account import ROLES, User, people_by_id, people_with_role
from sanshi_lms.admin.rules import again_zh, lasting_zh
from sanshi_lms.admin.telling import subjects_of
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db
from sanshi_lms.core.job_parts import Whole, whole_state, wholes
from sanshi_lms.core.jobs import ACTIVE, CANCELLED, Job, Kind, kinds, retry_may_help
from sanshi_lms.core.registers import DeskTile, Subject, registers
from sanshi_lms.core.web import zh_time

JOB_STATES = {
    "pending": "等待中",
    "leased": "进行中",
    "done": "已完成",
    "failed": "没有成功",
    "cancelled": "已取消",
}
TONES = {"pending": "warn", "leased": "river", "done": "good", "failed": "bad", "cancelled": ""}
LATELY = timedelta(days=7)
_Newer = aliased(Job)
_replaced = (
    select(_Newer.id)
    .where(_Newer.kind == Job.kind, _Newer.key == Job.key, _Newer.id > Job.id)
    .exists()
)
_state = case((Job.message == CANCELLED, "cancelled"), else_=whole_state())
_open_failure = (_state == "failed") & ~_replaced
_URGENCY = case((_open_failure, 0), (_state == "leased", 1), (_state == "pending", 2), else_=3)


@dataclass(frozen=True)
class JobLine:
    """A job as people read it; `may_retry` and `may_cancel` tell what a click can do."""

    id: int
    title: str
    about: Subject | None
    state: str
    label: str
    tone: str
    percent: int
    times: str
    message: str
    detail: str
    may_retry: bool
    may_cancel: bool = False

    @property
    def is_moving(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in ("pending", "leased")


@dataclass(frozen=True)
class Figure:
    """A tile with its figures; `lately` counts what came in the last seven days."""

    tile: DeskTile
    count: int
    lately: int | None


@dataclass(frozen=True)
class AuditFilter:
    """What the audit trail is narrowed to. `person` 0 means the system and visitors; days local."""

    person: int | None = None
    verb: str = ""
    since: date | None = None
    until: date | None = None


def jobs_query(state: str) -> Select[Job]:
    """Return the query of whole jobs, those that need somebody first, then the newest.

    A failed job that was started anew is history: it needs nobody and is no failure any more.
    """
    query = select(Job).where(Job.part_of.is_(None)).order_by(_URGENCY, Job.id.desc())
    if state == "failed":
        return query.where(_open_failure)
    return query.where(_state == state) if state in JOB_STATES else query


def jobs_by_id(ids: Sequence[int]) -> Sequence[Job]:
    """Return the jobs with these ids."""
    return db.session.scalars(select(Job).where(Job.id.in_(ids))).all()


def newest_job() -> int:
    """Return the number of the newest whole job, 0 when there is none."""
    return db.session.scalar(select(func.max(Job.id)).where(Job.part_of.is_(None))) or 0


def job_counts() -> dict[str, int]:
    """Return how many jobs are in each state; failures that were started anew are left out."""
    counted = db.session.execute(
        select(_state, func.count())
        .where(Job.part_of.is_(None), (_state != "failed") | ~_replaced)
        .group_by(_state)
    )
    return {row[0]: row[1] for row in counted}


def job_lines(jobs: Sequence[Job], reader: User, moment: datetime) -> list[JobLine]:
    """Return `jobs` in words, with what they are about."""
    refs = {job.id: _ref(job) for job in jobs}
    subjects = subjects_of((ref for ref in refs.values() if ref), reader)
    found = wholes(jobs)
    failed = [job for job in jobs if found[job.id].state == "failed"]
    open_now = _state.in_(("failed", "cancelled")) & ~_replaced
    still = select(Job.id).where(Job.id.in_([job.id for job in failed]), open_now)
    unsettled = set(db.session.scalars(still)) if failed else set()
    return [
        _line(job, found[job.id], refs[job.id], subjects, job.id in unsettled, moment)
        for job in jobs
    ]


def figures(reader: User, moment: datetime) -> list[Figure]:
    """Return the tiles that `reader` may see, in order, with their figures."""
    tiles = [tile for tile in registers().tiles if reader.may(tile.permission)]
    since = moment - LATELY
    return [
        Figure(tile, tile.count(), tile.lately(since) if tile.lately else None)
        for tile in sorted(tiles, key=lambda tile: tile.order)
    ]


def audit_query(narrowed: AuditFilter) -> Select[AuditEntry]:
    """Return the query of the audit trail, newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if narrowed.person == 0:
        query = query.where(AuditEntry.person_id.is_(None))
    elif narrowed.person is not None:
        query = query.where(AuditEntry.person_id == narrowed.person)
    if narrowed.verb:
        query = query.where(AuditEntry.verb == narrowed.verb)
    if narrowed.since:
        query = query.where(AuditEntry.at >= _midnight(narrowed.since))
    if narrowed.until:
        query = query.where(AuditEntry.at < _midnight(narrowed.until + timedelta(days=1)))
    return query


def latest_acts(limit: int, *, of: User | None) -> Sequence[AuditEntry]:
    """Return what was last done on the website, by everybody or by one person."""
    query = select(AuditEntry).where(AuditEntry.address.is_not(None))
    if of is not None:
        query = query.where(AuditEntry.person_id == of.id)
    return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()


def audit_people(chosen: int | None) -> list[User]:
    """Return the people to choose from: those with a desk, and the one that is chosen."""
    staff = list(people_with_role([r.name for r in ROLES.values() if "desk.view" in r.permissions]))
    if chosen and all(person.id != chosen for person in staff):
        staff += people_by_id([chosen]).values()
    return staff


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL_ZONE)


def _ref(job: Job) -> str | None:
    known = kinds.get(job.kind)
    return f"{known.subject}:{job.key}" if known and known.subject else None


def _line(
    job: Job,
    whole: Whole,
    ref: str | None,
    subjects: Mapping[str, Subject],
    unsettled: bool,
    moment: datetime,
) -> JobLine:
    known, about = kinds.get(job.kind), subjects.get(ref or "")
    replaced = whole.state == "failed" and not unsettled
    state = "cancelled" if whole.told.message == CANCELLED else whole.state
    is_gone = ref is not None and about is None
    return JobLine(
        id=job.id,
        title=known.label if known else "后台任务",
        about=about or (Subject("已删除") if is_gone else None),
        state=state,
        label="已重新处理" if replaced else JOB_STATES[state],
        tone="" if replaced else TONES[state],
        percent=int(whole.progress * 100),
        times=_times(job, whole, known, moment),
        message="" if whole.state == "done" else whole.told.message or "",
        detail="" if whole.state == "done" else whole.told.detail or "",
        may_retry=unsettled
        and known is not None
        and not is_gone
        and (whole.state != "failed" or retry_may_help(whole.told.message or "")),
        may_cancel=whole.state in ACTIVE,
    )


def _times(job: Job, whole: Whole, known: Kind | None, moment: datetime) -> str:
    added, told = f"{zh_time(job.created_at)} 提交", whole.told
    ended = told.finished_at if whole.state in ("done", "failed") else None
    lasted = lasting_zh(((ended or moment) - (job.started_at or moment)).total_seconds())
    if told.state == "pending" and told.attempts and known:
        seconds = (told.run_after - moment).total_seconds()
        return f"{added}，{again_zh(seconds, told.attempts, known.attempts)}"
    if whole.state == "leased":
        again = f"，这是第 {told.attempts} 次" if told.attempts > 1 else ""
        share = f"，共 {whole.parts} 段，做好 {whole.done} 段" if whole.parts else ""
        return f"{added}，已经做了 {lasted}{share}{again}"
    if whole.state == "done":
        return f"{added}，{zh_time(job.finished_at)} 做完，用了 {lasted}"
    if whole.state == "failed":
        if told.message == CANCELLED:
            return f"{added}，{zh_time(told.finished_at)} 取消"
        return f"{added}，试了 {told.attempts} 次，{zh_time(told.finished_at)} 停下"
    return added

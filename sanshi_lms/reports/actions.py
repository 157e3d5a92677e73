"""Writes of files, views and schedules."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from sanshi_lms.account import User
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import enqueue
from sanshi_lms.core.storage import storage
from sanshi_lms.notices import notify
from sanshi_lms.reports.making import to_query
from sanshi_lms.reports.models import ReportFile, SavedView, Schedule
from sanshi_lms.reports.reach import RIGHT
from sanshi_lms.reports.rules import EVERY, FORMATS, REPORTS, Filters, name_problem, next_run

FILE_JOB = "reports.file"
TOPIC = "reports"
FILES_PATH = "/admin/reports/files"
MOST_VIEWS = 60


def ask_file(
    owner_id: int,
    report: str,
    filters: Filters,
    form: str,
    at: datetime,
    *,
    scheduled: bool = False,
) -> ReportFile:
    """Let a job make a file. While the same one is being made for this person it is that one."""
    query = to_query(filters)
    same = select(ReportFile).where(
        ReportFile.owner_id == owner_id, ReportFile.report == report, ReportFile.query == query,
        ReportFile.format == form, ReportFile.ready_at.is_(None), ReportFile.scheduled == scheduled,
    )  # fmt: skip
    known = db.session.scalar(same.limit(1))
    if known is None:
        known = ReportFile(
            owner_id=owner_id, report=report, query=query, format=form, scheduled=scheduled,
            title=f"{REPORTS[report].title}（{FORMATS[form]}）", asked_at=at, size=0, rows=0,
        )  # fmt: skip
        db.session.add(known)
        db.session.flush()
        note("reports.ask_file", f"report:{report}", after={"format": form, "file": known.id})
    enqueue(FILE_JOB, str(known.id), {"file": known.id})
    return known


def note_taken(report: str, form: str, rows: int) -> None:
    """Note that somebody took the people's names of a report out at once."""
    note("reports.take_file", f"report:{report}", after={"format": form, "rows": rows})


def drop_files(files: Sequence[ReportFile]) -> None:
    """Delete files with their bytes."""
    for one in files:
        if one.key:
            after_commit(partial(storage().delete, one.key))
        db.session.delete(one)


def save_view(
    person: User, report: str, name: str, filters: Filters, at: datetime, *, shared: bool
) -> SavedView:
    """Keep filters under a name; the same name once more replaces them. Raises Refusal."""
    name = " ".join(name.split())
    if problem := name_problem(name):
        raise Refusal(problem)
    mine = select(SavedView).where(SavedView.owner_id == person.id)
    known = db.session.scalar(mine.where(SavedView.report == report, SavedView.name == name))
    if known is None:
        had = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        if had >= MOST_VIEWS:
            raise Refusal(f"最多保存 {MOST_VIEWS} 个视图，请先删掉不用的。")
        known = SavedView(owner_id=person.id, report=report, name=name, created_at=at)
        db.session.add(known)
    known.query, known.shared = to_query(filters), shared
    db.session.flush()
    note("reports.save_view", f"report_view:{known.id}", after={"name": name, "shared": shared})
    return known


def delete_view(view: SavedView) -> None:
    """Forget a view; its schedules end with it."""
    note("reports.delete_view", f"report_view:{view.id}", before={"name": view.name})
    for one in db.session.scalars(select(Schedule).where(Schedule.view_id == view.id)):
        db.session.delete(one)
    db.session.delete(view)


def schedule(person: User, view: SavedView, every: str, form: str, at: datetime) -> Schedule:
    """Let a view's file be made again and again. Raises Refusal for what is no such rhythm."""
    if every not in EVERY or form not in FORMATS:
        raise Refusal("请选择每周还是每月，以及文件格式。")
    mine = select(Schedule).where(Schedule.owner_id == person.id, Schedule.view_id == view.id)
    known = db.session.scalar(mine.where(Schedule.ended_at.is_(None)))
    if known is None:
        known = Schedule(owner_id=person.id, view_id=view.id, why="")
        db.session.add(known)
    known.every, known.format, known.next_at = every, form, next_run(every, at)
    db.session.flush()
    note("reports.schedule", f"report_view:{view.id}", after={"every": every, "format": form})
    return known


def end_schedule(found: Schedule, at: datetime, why: str = "") -> None:
    """Let no file be made any more."""
    if found.ended_at is None:
        found.ended_at, found.why = at, why
        note("reports.end_schedule", f"report_view:{found.view_id}", after={"why": why or None})


def run_schedule(found: Schedule, filters: Filters, at: datetime) -> ReportFile | None:
    """Ask for the file that is due and set the next time; ends when its owner lost the right.

    What was missed while nobody worked is made once, not as often as it was missed.
    """
    owner = db.session.get_one(User, found.owner_id)
    if not owner.may_somewhere(RIGHT):
        end_schedule(found, at, "您已没有“查看报表”的权限")
        return None
    if found.view.owner_id != owner.id and not found.view.shared:
        end_schedule(found, at, "这个视图不再共享")
        return None
    found.next_at = next_run(found.every, at)
    return ask_file(owner.id, found.view.report, filters, found.format, at, scheduled=True)


def tell_ready(file: ReportFile, at: datetime) -> None:
    """Tell the owner of a scheduled file that it lies ready."""
    notify(
        [file.owner_id], TOPIC, f"{file.title}已经生成",
        f"共 {file.rows} 行，保留 7 天，请到“我的文件”下载。", FILES_PATH,
        f"reports.file:{file.id}", at,
    )  # fmt: skip

"""Reads of views, schedules and files: whose they are, who else finds them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.reports.models import ReportFile, SavedView, Schedule
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import KEPT

MOST_SHOWN = 50


def views_for(person_id: int, units: Units, report: str = "") -> Sequence[SavedView]:
    """Return somebody's own views and those that people within their reach share, by name."""
    shared: ColumnElement[bool] = SavedView.shared.is_(True)
    if units is not None:
        shared = shared & User.unit_id.in_(sorted(units))
    query = select(SavedView).join(User, User.id == SavedView.owner_id)
    query = query.where(or_(SavedView.owner_id == person_id, shared & User.active.is_(True)))
    if report:
        query = query.where(SavedView.report == report)
    return db.session.scalars(query.order_by(SavedView.name, SavedView.id)).all()


def view_for(view_id: int, person_id: int, units: Units) -> SavedView | None:
    """Return a view that somebody may use."""
    return next((one for one in views_for(person_id, units) if one.id == view_id), None)


def own_view(view_id: int, person_id: int) -> SavedView | None:
    """Return a view of one's own."""
    found = db.session.get(SavedView, view_id)
    return found if found is not None and found.owner_id == person_id else None


def own_schedule(schedule_id: int, person_id: int) -> Schedule | None:
    """Return a schedule of one's own."""
    found = db.session.get(Schedule, schedule_id)
    return found if found is not None and found.owner_id == person_id else None


def schedules_of(person_id: int) -> Sequence[Schedule]:
    """Return somebody's schedules, those that run first."""
    query = select(Schedule).where(Schedule.owner_id == person_id)
    return db.session.scalars(
        query.order_by(Schedule.ended_at.is_not(None), Schedule.next_at, Schedule.id)
    ).all()


def schedules_due(at: datetime) -> Sequence[Schedule]:
    """Return the schedules whose time has come."""
    query = select(Schedule).where(Schedule.ended_at.is_(None), Schedule.next_at <= at)
    return db.session.scalars(query.order_by(Schedule.next_at, Schedule.id)).all()


def files_of(person_id: int) -> Sequence[ReportFile]:
    """Return somebody's files, the newest first."""
    query = select(ReportFile).where(ReportFile.owner_id == person_id)
    return db.session.scalars(query.order_by(ReportFile.id.desc()).limit(MOST_SHOWN)).all()


def own_file(file_id: int, person_id: int) -> ReportFile | None:
    """Return a file of one's own."""
    found = db.session.get(ReportFile, file_id)
    return found if found is not None and found.owner_id == person_id else None


def old_files(at: datetime) -> Sequence[ReportFile]:
    """Return the files whose time is over."""
    over = or_(ReportFile.ready_at < at - KEPT, ReportFile.asked_at < at - 2 * KEPT)
    return db.session.scalars(select(ReportFile).where(over)).all()

"""Tables of reports: marks and sums kept current, views that were saved, schedules, files."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course
from sanshi_lms.reports.rules import LONGEST_QUERY, NAME_LENGTH

NO_UNIT = 0


class Mark(Model):
    """Something changed of which sums know nothing yet: written by the database itself (triggers).

    With a course: what this person does in it. With a unit: a person came to it or left it. With
    neither: this person's hours. Without a person: all of it, from the beginning. Only added and
    taken away by whoever counted them, so that two learners never wait for each other.
    """

    __tablename__ = "reports_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    course_id: Mapped[int | None]
    unit_id: Mapped[int | None]


class PersonYear(Model):
    """Sums of an active person, of a year or (year 0) of all time; `hours` in hundredths.

    `unit_id` is NO_UNIT for who belongs nowhere.
    """

    __tablename__ = "reports_people"
    __table_args__ = (
        Index(
            "ix_reports_people_year", "year", "unit_id", "role", "begun", "finished", "hours"
        ),
    )  # fmt: skip

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(20))
    begun: Mapped[int]
    finished: Mapped[int]
    hours: Mapped[int]


class UnitCourse(Model):
    """How many active people of a unit and role began and finished a course in a year."""

    __tablename__ = "reports_courses"

    course_id: Mapped[int] = mapped_column(
        ForeignKey(Course.id, ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    begun: Mapped[int]
    finished: Mapped[int]


class SavedView(Model):
    """A named set of filters of a report; shared, whoever may read reports finds it too."""

    __tablename__ = "reports_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    report: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Schedule(Model):
    """A view's file is made again and again; ended (`ended_at`), `why` tells the owner."""

    __tablename__ = "reports_schedules"
    __table_args__ = (
        CheckConstraint("every IN ('week', 'month')", name="every"),
        CheckConstraint("format IN ('xlsx', 'csv')", name="format"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    view_id: Mapped[int] = mapped_column(ForeignKey(SavedView.id, ondelete="CASCADE"), index=True)
    every: Mapped[str] = mapped_column(String(10))
    format: Mapped[str] = mapped_column(String(10))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(100), default="")

    view: Mapped[SavedView] = relationship(lazy="joined", innerjoin=True)


class ReportFile(Model):
    """A file that somebody asked for, or a schedule for them; only its owner fetches it."""

    __tablename__ = "reports_files"
    __table_args__ = (CheckConstraint("format IN ('xlsx', 'csv')", name="format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    report: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    format: Mapped[str] = mapped_column(String(10))
    scheduled: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    key: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)

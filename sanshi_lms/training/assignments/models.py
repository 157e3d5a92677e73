"""Tables of required training: assignments, their courses, whom they hit, the ladder."""

import json
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course
from sanshi_lms.training.assignments.rules import (
    REASON_LENGTH,
    TITLE_LENGTH,
    Audience,
    Ladder,
)


class Assignment(Model):
    """Courses that some people must complete by a day.

    `audience_json` keeps the description of the people; with `follows` whoever fits it later is
    added. `form_key` makes two clicks one assignment.
    """

    __tablename__ = "training_assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    audience_json: Mapped[str] = mapped_column(Text)
    follows: Mapped[bool] = mapped_column(default=True)
    due_on: Mapped[date] = mapped_column(Date)
    form_key: Mapped[str] = mapped_column(String(32), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    courses: Mapped[list["AssignedCourse"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AssignedCourse.position"
    )

    @property
    def audience(self) -> Audience:
        """Whom it is for."""
        found = json.loads(self.audience_json)
        return Audience(**{name: frozenset(values) for name, values in found.items()})

    @property
    def course_ids(self) -> list[int]:
        """Its courses in order."""
        return [one.course_id for one in self.courses]


class AssignedCourse(Model):
    """A course of an assignment."""

    __tablename__ = "training_assignment_courses"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey(Assignment.id, ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True, index=True)
    position: Mapped[int]


class AssignedPerson(Model):
    """A person whom an assignment hits. `due_on` is their own deadline when it was extended."""

    __tablename__ = "training_assignment_people"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey(Assignment.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    exempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exempt_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class ReminderPolicy(Model):
    """The one row with the ladder of reminders."""

    __tablename__ = "training_reminder_policy"
    __table_args__ = (
        CheckConstraint("overdue_every BETWEEN 1 AND 365", name="overdue_every"),
        CheckConstraint("most_overdue BETWEEN 0 AND 100", name="most_overdue"),
        CheckConstraint("digest_weekday BETWEEN 0 AND 6", name="digest_weekday"),
        CheckConstraint("join_days BETWEEN 0 AND 365", name="join_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    days_before: Mapped[str] = mapped_column(String(60))
    overdue_every: Mapped[int]
    most_overdue: Mapped[int]
    digest_weekday: Mapped[int]
    # Whoever is added later has at least so many days.
    join_days: Mapped[int]

    def ladder(self) -> Ladder:
        """Return what the rules need of it."""
        days = tuple(int(day) for day in self.days_before.split(","))
        return Ladder(days, self.overdue_every, self.most_overdue, self.digest_weekday)

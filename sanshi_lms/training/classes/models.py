"""Tables of programmes and classes.

A class copies courses and rule of its programme when it is made: a later change of the programme
does not move the goal of people who are under way.
"""

import json
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course
from sanshi_lms.learning import LearningRule
from sanshi_lms.training.rules import Graduation

MAX_TITLE = 80
MAX_REASON = 200
MAX_TEXT = 4000
FORM_KEY = 32
MEMBER_STATES = ("applied", "waiting", "in", "done", "declined", "left")
HOLDS_SEAT = ("in", "done")


class Programme(Model):
    """What a training consists of. `form_key` makes two clicks on 保存 one programme."""

    __tablename__ = "training_programmes"
    __table_args__ = (
        CheckConstraint("elective_hours >= 0", name="elective_hours"),
        CheckConstraint("attend_times >= 0", name="attend_times"),
        CheckConstraint("credit_hours >= 0", name="credit_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE), unique=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    elective_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    attend_times: Mapped[int] = mapped_column(default=0)
    in_order: Mapped[bool] = mapped_column(default=False)
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    invented: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str] = mapped_column(String(FORM_KEY), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    courses: Mapped[list["ProgrammeCourse"]] = relationship(
        cascade="all, delete-orphan", order_by="ProgrammeCourse.position", lazy="selectin"
    )

    @property
    def rule(self) -> Graduation:
        """When somebody graduates."""
        return Graduation(self.elective_hours, self.attend_times)


class ProgrammeCourse(Model):
    """A course of a programme; `needs_json` lists the courses that come before it."""

    __tablename__ = "training_programme_courses"

    programme_id: Mapped[int] = mapped_column(
        ForeignKey(Programme.id, ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True, index=True)
    required: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]
    needs_json: Mapped[str] = mapped_column(Text, default="[]")

    @property
    def needs(self) -> tuple[int, ...]:
        """The courses that must be done first."""
        return tuple(json.loads(self.needs_json))


class TrainingClass(Model):
    """One run of a programme (培训班). `code` stands in its QR code and never changes.

    `capacity` 0 is no limit. `learning_rule_id` is what learning must be like to count for its
    members, instead of what each course asks. A draft is seen by its tutors and administrators
    only; a closed class takes nobody any more.
    """

    __tablename__ = "training_classes"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'open', 'closed')", name="status"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey(Programme.id), index=True)
    # Whose class it is: administrators of this unit and of those above run it. None: the city's.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    about: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    capacity: Mapped[int] = mapped_column(default=0)
    approval: Mapped[bool] = mapped_column(default=True)
    joining: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    elective_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    attend_times: Mapped[int] = mapped_column(default=0)
    in_order: Mapped[bool] = mapped_column(default=False)
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    learning_rule_id: Mapped[int | None] = mapped_column(ForeignKey(LearningRule.id))
    rerun_of_id: Mapped[int | None] = mapped_column(ForeignKey("training_classes.id"))
    invented: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str] = mapped_column(String(FORM_KEY), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)
    learning_rule: Mapped[LearningRule | None] = relationship(lazy="select")
    courses: Mapped[list["ClassCourse"]] = relationship(
        cascade="all, delete-orphan", order_by="ClassCourse.position", lazy="selectin"
    )

    @property
    def rule(self) -> Graduation:
        """When somebody graduates."""
        return Graduation(self.elective_hours, self.attend_times)

    @property
    def takes_people(self) -> bool:
        """Tell whether somebody may join now."""
        return self.status == "open" and self.joining


class ClassCourse(Model):
    """A course of a class; `due_on` is the day by which it should be done."""

    __tablename__ = "training_class_courses"

    class_id: Mapped[int] = mapped_column(
        ForeignKey(TrainingClass.id, ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True, index=True)
    required: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]
    needs_json: Mapped[str] = mapped_column(Text, default="[]")
    due_on: Mapped[date | None] = mapped_column(Date)

    @property
    def needs(self) -> tuple[int, ...]:
        """The courses that must be done first."""
        return tuple(json.loads(self.needs_json))


class Tutor(Model):
    """A person who runs a class (带班老师)."""

    __tablename__ = "training_tutors"

    class_id: Mapped[int] = mapped_column(
        ForeignKey(TrainingClass.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)


class Member(Model):
    """A person's place in a class, one row for good; `queued_at` orders the waiting list.

    `extended_until` is a later day than the class's end, for this person. `said` is what they wrote
    when they applied, `reason` what they were told.
    """

    __tablename__ = "training_members"
    __table_args__ = (
        UniqueConstraint("class_id", "user_id"),
        CheckConstraint(
            "state IN ('applied', 'waiting', 'in', 'done', 'declined', 'left')", name="state"
        ),
        Index("ix_training_members_class_state", "class_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey(TrainingClass.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[str] = mapped_column(String(10))
    said: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extended_until: Mapped[date | None] = mapped_column(Date)
    extended_reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Exemption(Model):
    """A person need not do a course of the class, or (`course_id` 0) need not come offline."""

    __tablename__ = "training_exemptions"

    class_id: Mapped[int] = mapped_column(
        ForeignKey(TrainingClass.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    course_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(MAX_REASON))
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Post(Model):
    """A notice on the board of a class."""

    __tablename__ = "training_posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(
        ForeignKey(TrainingClass.id, ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    text: Mapped[str] = mapped_column(Text)
    form_key: Mapped[str] = mapped_column(String(FORM_KEY), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    author: Mapped[User] = relationship(lazy="joined", innerjoin=True)

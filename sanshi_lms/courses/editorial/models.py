"""Tables of the editorial flow: the switch, where a course stands, steps, versions, praise."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses.editorial import rules
from sanshi_lms.courses.editorial.rules import Stage
from sanshi_lms.courses.models import Course, Lesson

_STAGES = ", ".join(f"'{stage}'" for stage in Stage)


class EditorialSwitch(Model):
    """Whether this installation asks for three reviews before publishing: one row."""

    __tablename__ = "courses_editorial_switch"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    three_reviews: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class CourseVersion(Model):
    """A course frozen as it was submitted or published: JSON and its SHA-256. Never changed."""

    __tablename__ = "courses_versions"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id, ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class EditorialFlow(Model):
    """Where a course stands between draft and publication. `version` counts its steps.

    `frozen_id` is the version that is under review, or was published last.
    """

    __tablename__ = "courses_editorial"
    __table_args__ = (CheckConstraint(f"stage IN ({_STAGES})", name="stage"),)

    course_id: Mapped[int] = mapped_column(
        ForeignKey(Course.id, ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[str] = mapped_column(String(10), default=Stage.WRITING.value, index=True)
    version: Mapped[int] = mapped_column(default=1)
    frozen_id: Mapped[int | None] = mapped_column(
        ForeignKey(CourseVersion.id, ondelete="SET NULL"), index=True
    )
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EditorialStep(Model):
    """One step of a course's way: who, when, on which version, with which words.

    `seen` is the state's version that whoever clicked had before them. Rows are only ever added.
    """

    __tablename__ = "courses_editorial_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verb: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey(CourseVersion.id, ondelete="CASCADE"), index=True
    )
    seen: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")


class Excellent(Model):
    """A course or lesson that was named 优秀微课, and why. `subject` is such as "lesson:9"."""

    __tablename__ = "courses_excellent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id, ondelete="CASCADE"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(
        ForeignKey(Lesson.id, ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(rules.REASON_LENGTH))
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

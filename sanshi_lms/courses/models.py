"""Tables of courses: a course, whom it is for, its lessons and their attachments."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import Unit
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses.rules import (
    CATEGORY,
    MAX_SLUG,
    MAX_TITLE,
    Status,
    season_text,
    series_of,
)


class Course(Model):
    """A course. `version` counts edits of its text, so that two editors notice each other.

    `in_order`: what stands behind a required lesson counts only once that is done.
    `unit_id` is whose it is; None is the whole city's.
    `season` and `issue` place it in the series of its kind; 0 is none.
    `pack_*` remember what `courses load` last put here: a course edited on the website since
    (version differs from pack_version) is not overwritten in silence.
    """

    __tablename__ = "courses_courses"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name="status"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("credit_hours >= 0", name="credit_hours"),
        CheckConstraint("category IN ('公需', '专业')", name="category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(MAX_SLUG), unique=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    summary: Mapped[str] = mapped_column(Text, default="")
    description_md: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    category: Mapped[str] = mapped_column(String(10), default=CATEGORY, server_default=CATEGORY)
    in_order: Mapped[bool] = mapped_column(default=False, server_default=false())
    season: Mapped[int] = mapped_column(default=0, server_default="0")
    issue: Mapped[int] = mapped_column(default=0, server_default="0")
    status: Mapped[str] = mapped_column(String(20), default=Status.DRAFT.value, index=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    pack_version: Mapped[int | None]
    pack_hash: Mapped[str | None] = mapped_column(String(64))
    pack_status: Mapped[str | None] = mapped_column(String(20))

    audiences: Mapped[list["CourseAudience"]] = relationship(
        cascade="all, delete-orphan", order_by="CourseAudience.id", lazy="raise_on_sql"
    )

    @property
    def is_published(self) -> bool:
        """Tell whether everybody may see it."""
        return self.status == Status.PUBLISHED

    @property
    def season_zh(self) -> str:
        """Return its season and issue as people say them, or nothing."""
        return season_text(self.season, self.issue)

    @property
    def series(self) -> str:
        """Return the address word of its series."""
        return series_of(self.kind)

    @property
    def status_zh(self) -> str:
        """Return the status as people read it."""
        return Status(self.status).label_zh


class CourseAudience(Model):
    """One group of people a course is made for."""

    __tablename__ = "courses_audiences"
    __table_args__ = (UniqueConstraint("course_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(20), index=True)


class Lesson(Model):
    """A lesson of a course: `kind` says what it is, `target_id` which video or paper.

    There is no foreign key to the target: kinds belong to rooms above this one. `minutes` is what
    the author promises; `required` lessons count for completion.
    """

    __tablename__ = "courses_lessons"
    __table_args__ = (
        UniqueConstraint("course_id", "slug"),
        UniqueConstraint("course_id", "position", name="uq_courses_lessons_position"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id, ondelete="RESTRICT"))
    position: Mapped[int]
    slug: Mapped[str] = mapped_column(String(MAX_SLUG))
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    kind: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[int | None]
    minutes: Mapped[int]
    body_md: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    pack_version: Mapped[int | None]
    pack_hash: Mapped[str | None] = mapped_column(String(64))

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list["Attachment"]] = relationship(
        cascade="all, delete-orphan", order_by="Attachment.id", lazy="raise_on_sql"
    )


Index("ix_courses_lessons_target", Lesson.kind, Lesson.target_id)


class Attachment(Model):
    """A file to take along from a lesson. `size` is bytes, `key` its place in the storage."""

    __tablename__ = "courses_attachments"
    __table_args__ = (
        UniqueConstraint("lesson_id", "filename"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(140))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(120))


class AttachmentPage(Model):
    """The words on a page of an attachment, for search; a file without pages is one."""

    __tablename__ = "courses_attachment_pages"

    attachment_id: Mapped[int] = mapped_column(
        ForeignKey(Attachment.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)

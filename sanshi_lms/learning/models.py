"""Tables of learning: enrolments, what was watched, what is completed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course, Lesson


class Enrolment(Model):
    """A person takes a course, from their first step in it; `completed_at` is set once."""

    __tablename__ = "learning_enrolments"
    __table_args__ = (UniqueConstraint("user_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), index=True)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WatchClock(Model):
    """How one person's watching stands against the wall clock: a wall_clock.Clock as text."""

    __tablename__ = "learning_watch_clocks"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    state: Mapped[str] = mapped_column(Text)


class WatchRecord(Model):
    """What one person has seen of one lesson: the union of stretches, as JSON pairs in ms.

    `seen_ms` never falls. `position_ms` is where they stopped, at `updated_at`.
    """

    __tablename__ = "learning_watch_records"
    __table_args__ = (CheckConstraint("seen_ms >= 0", name="seen_ms"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), primary_key=True, index=True)
    stretches: Mapped[str] = mapped_column(Text)
    seen_ms: Mapped[int]
    duration_ms: Mapped[int]
    position_ms: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Uncounted(Model):
    """What a person reported of a lesson and did not count: one row a reason, summed up.

    `lost_ms` is media time claimed in vain in `times` reports; a replay loses nothing.
    """

    __tablename__ = "learning_uncounted"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(20), primary_key=True)
    times: Mapped[int]
    lost_ms: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Completion(Model):
    """A person completed a lesson; `reason` says by what, `rule_id` by which version of a rule.

    Completions from before there were versions have none.
    """

    __tablename__ = "learning_completions"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('watched', 'read', 'passed', 'corrected', 'accepted', 'attended')",
            name="reason",
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(10))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("learning_rules.id"))
    completed_at: Mapped[datetime] = mapped_column(UtcDateTime)

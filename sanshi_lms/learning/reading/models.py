"""Tables of reading time."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson


class ReadingTime(Model):
    """How long a person has had a text before them, in ms; it never falls."""

    __tablename__ = "learning_reading_times"
    __table_args__ = (CheckConstraint("spent_ms >= 0", name="spent_ms"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), primary_key=True, index=True)
    spent_ms: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReadingClockRow(Model):
    """Which page of a person earns reading time; see rules.ReadingClock. Milliseconds."""

    __tablename__ = "learning_reading_clocks"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    session: Mapped[str] = mapped_column(String(32))
    opened_at_ms: Mapped[int] = mapped_column(BigInteger)
    counted_until_ms: Mapped[int] = mapped_column(BigInteger)

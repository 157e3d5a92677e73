"""The table of feedback."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course


class Feedback(Model):
    """What one person says of one course; each tap is 1 to 3 or empty."""

    __tablename__ = "learning_feedback"
    __table_args__ = tuple(
        CheckConstraint(f"{name} BETWEEN 1 AND 3", name=name)
        for name in ("useful", "level", "length")
    )

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True, index=True)
    useful: Mapped[int | None]
    level: Mapped[int | None]
    length: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""The table of notes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson


class Note(Model):
    """What a person wrote for themselves at a second of a lesson; an empty text is a bookmark.

    `key` comes from the device: the same note sent twice is one. `version` counts edits, so that
    an edit of an older text is noticed.
    """

    __tablename__ = "learning_notes"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        CheckConstraint("second IS NULL OR second >= 0", name="second"),
        CheckConstraint("second IS NOT NULL OR text <> ''", name="bookmark"),
        Index("ix_learning_notes_user_id_lesson_id", "user_id", "lesson_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), index=True)
    key: Mapped[str] = mapped_column(String(36))
    second: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

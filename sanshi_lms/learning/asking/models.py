"""Tables of questions inside a video: where they stand, and every try."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson


class VideoQuestion(Model):
    """An item of the bank at a second of a lecture. An item that is gone is not asked any more."""

    __tablename__ = "learning_video_questions"
    __table_args__ = (
        UniqueConstraint("lesson_id", "second"),
        Index("uq_learning_video_questions_item", "lesson_id", "item_id", unique=True),
        CheckConstraint("second > 0", name="second"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"))
    second: Mapped[int]
    item_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionTry(Model):
    """One answer of a person to an item inside a lecture; kept when the question is taken out.

    `number` counts their tries from 1; `chosen` are option numbers in the author's order.
    """

    __tablename__ = "learning_question_tries"
    __table_args__ = (UniqueConstraint("user_id", "lesson_id", "item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id), index=True)
    item_id: Mapped[int]
    number: Mapped[int]
    chosen: Mapped[list[int]] = mapped_column(JSON)
    is_right: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Tables of questions, their answers, and reports about either."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.questions.rules import LONGEST_REASON, State

_STATES = ", ".join(f"'{state}'" for state in State)


class Post:
    """What questions and answers share: the text, where it stands, who looked at it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    writer_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    key: Mapped[str] = mapped_column(String(36))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))

    @property
    def is_open(self) -> bool:
        """Tell whether everybody who may see the lesson may read it."""
        return self.state == State.OPEN


class Question(Post, Model):
    """A question at a second of a lesson; `second` None asks about the lesson as a whole."""

    __tablename__ = "learning_questions"
    __table_args__ = (
        UniqueConstraint("writer_id", "key"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("second IS NULL OR second >= 0", name="second"),
        CheckConstraint("state <> 'hidden' OR hidden_reason IS NOT NULL", name="hidden"),
        Index("ix_learning_questions_lesson_id_state", "lesson_id", "state"),
    )

    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id))
    second: Mapped[int | None]


class Reply(Post, Model):
    """An answer to a question. Of one question one is `accepted`: true, else empty."""

    __tablename__ = "learning_replies"
    __table_args__ = (
        UniqueConstraint("writer_id", "key"),
        UniqueConstraint("question_id", "accepted"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("accepted IS NULL OR accepted", name="accepted"),
        CheckConstraint("accepted IS NULL OR state = 'open'", name="accepted_open"),
        CheckConstraint("state <> 'hidden' OR hidden_reason IS NOT NULL", name="hidden"),
    )

    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id))
    accepted: Mapped[bool | None]

    question: Mapped[Question] = relationship()


class PostReport(Model):
    """Somebody finds that a question or an answer should not stand there."""

    __tablename__ = "learning_post_reports"
    __table_args__ = (
        UniqueConstraint("reporter_id", "question_id"),
        UniqueConstraint("reporter_id", "reply_id", name="uq_learning_post_reports_reply"),
        CheckConstraint("(question_id IS NULL) <> (reply_id IS NULL)", name="about_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    question_id: Mapped[int | None] = mapped_column(ForeignKey(Question.id), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey(Reply.id), index=True)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Tables of corrections: rows are added and never changed; the database refuses."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.corrections.rules import Amount


class Correction(Model):
    """Somebody asks to correct a person's record of a lesson; see rules.KINDS.

    A stretch of a lecture to add or to take out, or the score of a quiz, is stated with it.
    """

    __tablename__ = "learning_corrections"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('complete', 'revoke', 'add_time', 'cut_time', 'score')", name="kind"
        ),
        CheckConstraint(
            "(kind IN ('add_time', 'cut_time')) = (start_seconds IS NOT NULL AND end_seconds > "
            "start_seconds) AND (kind = 'score') = (percent IS NOT NULL)",
            name="amount",
        ),
        CheckConstraint("asked_by_id <> user_id", name="not_ones_own"),
        UniqueConstraint("id", "asked_by_id", "user_id"),
        Index("ix_learning_corrections_person", "user_id", "lesson_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id))
    kind: Mapped[str] = mapped_column(String(10))
    start_seconds: Mapped[int | None]
    end_seconds: Mapped[int | None]
    percent: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    decision: Mapped["CorrectionDecision | None"] = relationship(lazy="raise_on_sql", viewonly=True)

    @property
    def amount(self) -> Amount:
        """What it states."""
        return Amount(self.start_seconds, self.end_seconds, self.percent)


class CorrectionDecision(Model):
    """The one decision on a correction, by a second person.

    `before` keeps what an approved correction took away or changed, as it stood.
    """

    __tablename__ = "learning_correction_decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["correction_id", "asked_by_id", "user_id"],
            [Correction.id, Correction.asked_by_id, Correction.user_id],
            name="fk_learning_correction_decisions_correction",
        ),
        CheckConstraint("by_id <> asked_by_id AND by_id <> user_id", name="second_person"),
    )

    correction_id: Mapped[int] = mapped_column(primary_key=True)
    asked_by_id: Mapped[int]
    user_id: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    approved: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

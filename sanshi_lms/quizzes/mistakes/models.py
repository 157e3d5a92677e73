"""Table of the questions that come back to somebody."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.models import PaperVersion


class Mistake(Model):
    """A question somebody answered wrong, as it was asked (`version`, `item_id`).

    `card` is the state of the spaced repetition; `due_at` is empty once it is known. `reviews`
    counts the returns: a form names the one it answers, so that a second click changes nothing.
    """

    __tablename__ = "quizzes_mistakes"
    __table_args__ = (
        UniqueConstraint("user_id", "item_id"),
        Index("ix_quizzes_mistakes_due", "user_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(
        ForeignKey(PaperVersion.id, ondelete="CASCADE"), index=True
    )
    item_id: Mapped[int]
    card: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    streak: Mapped[int] = mapped_column(default=0)
    reviews: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_chosen: Mapped[list[Any] | None] = mapped_column(JSON)
    last_seed: Mapped[int] = mapped_column(default=0)

    version: Mapped[PaperVersion] = relationship(lazy="raise_on_sql")

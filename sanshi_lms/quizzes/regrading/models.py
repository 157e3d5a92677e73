"""Tables of regrades: why, and what each attempt was before."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.models import Attempt, Paper, PaperVersion

LONGEST_REASON = 200


class Regrade(Model):
    """One regrade of a paper. `keep_passed`: nobody lost a pass by it."""

    __tablename__ = "quizzes_regrades"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey(Paper.id, ondelete="RESTRICT"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    keep_passed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegradeChange(Model):
    """What an attempt was before a regrade; what it is now stands in the attempt."""

    __tablename__ = "quizzes_regrade_changes"
    __table_args__ = (UniqueConstraint("regrade_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    regrade_id: Mapped[int] = mapped_column(ForeignKey(Regrade.id, ondelete="CASCADE"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id, ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(PaperVersion.id, ondelete="RESTRICT"))
    right: Mapped[int]
    percent: Mapped[int]
    passed: Mapped[bool]

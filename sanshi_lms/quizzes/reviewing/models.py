"""Table of marks that people gave; only added, the newest counts."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.models import Answer

LONGEST_REMARK = 500


class AnswerMark(Model):
    """What somebody gave a short answer: `points` by criterion, and a remark for the learner."""

    __tablename__ = "quizzes_answer_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey(Answer.id, ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    points: Mapped[list[int]] = mapped_column(JSON)
    remark: Mapped[str] = mapped_column(String(LONGEST_REMARK))

"""Table of lessons that somebody wants: who has taken one up, and the course that came of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course


class TakenWish(Model):
    """A wish that somebody took up. What is wished for is counted anew each time, never stored.

    `label` is kept for the day on which nobody asks for it any more.
    """

    __tablename__ = "community_taken_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    course_id: Mapped[int | None] = mapped_column(ForeignKey(Course.id, ondelete="SET NULL"))

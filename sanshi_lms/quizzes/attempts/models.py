"""Tables of outages of ours and of what they gave back to open attempts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.models import Attempt


class Outage(Model):
    """A time in which the website did not answer; each is noted once."""

    __tablename__ = "quizzes_outages"
    __table_args__ = (CheckConstraint("ended_at > began_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, unique=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Extension(Model):
    """What one outage gave back to one attempt; never twice for the same."""

    __tablename__ = "quizzes_extensions"
    __table_args__ = (
        UniqueConstraint("attempt_id", "outage_id"),
        CheckConstraint("seconds > 0", name="seconds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id, ondelete="CASCADE"))
    outage_id: Mapped[int] = mapped_column(ForeignKey(Outage.id, ondelete="CASCADE"), index=True)
    seconds: Mapped[int]

"""Tables of offline sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.training.classes.models import FORM_KEY, MAX_TITLE, TrainingClass


class OfflineSession(Model):
    """A place at an hour. Without `class_id` it is open to everybody. `seats` 0 is no limit.

    `version` counts changes of time and place, so that calendars take the newer one.
    """

    __tablename__ = "training_sessions"
    __table_args__ = (
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int | None] = mapped_column(
        ForeignKey(TrainingClass.id, ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    place: Mapped[str] = mapped_column(String(MAX_TITLE))
    about: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seats: Mapped[int] = mapped_column(default=0)
    category: Mapped[str] = mapped_column(String(10), default="专业")
    cancelled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    invented: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str] = mapped_column(String(FORM_KEY), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    training_class: Mapped[TrainingClass | None] = relationship(lazy="joined")

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def asks_to_sign_up(self) -> bool:
        """Tell whether people sign up: for an open session always, in a class when seats end."""
        return self.class_id is None or self.seats > 0


class Signup(Model):
    """A person wants to come, one row for good; `queued_at` orders the waiting list."""

    __tablename__ = "training_signups"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        CheckConstraint("state IN ('in', 'waiting', 'left')", name="state"),
        Index("ix_training_signups_session_state", "session_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey(OfflineSession.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[str] = mapped_column(String(10))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Attendance(Model):
    """A person was there. `how` says by what it is known: scan, tutor or sheet.

    `scan` names the scan that proved it: one scan is one person, however often it is passed on.
    """

    __tablename__ = "training_attendances"
    __table_args__ = (CheckConstraint("how IN ('scan', 'tutor', 'sheet')", name="how"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey(OfflineSession.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    how: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    scan: Mapped[str | None] = mapped_column(String(32), unique=True)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[user_id])

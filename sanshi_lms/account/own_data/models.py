"""Tables of one's own data: copies that were asked for, and people who want to leave or left."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.models import User
from sanshi_lms.core.db import Model, UtcDateTime


class Copy(Model):
    """A copy of all that is known of a person, made by a job; `key` is where its zip lies."""

    __tablename__ = "account_copies"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    key: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(default=0)


class Leaving(Model):
    """Somebody wants to leave on `due_at`, or has left: `done_at`. Taken back, the row goes."""

    __tablename__ = "account_leavings"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""The table of broadcasts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import Unit
from sanshi_lms.broadcasts.rules import LONGEST_TITLE, LONGEST_URL
from sanshi_lms.core.db import Model, UtcDateTime


class Broadcast(Model):
    """Something held live at an hour. `version` counts changes, so that calendars take the newer.

    `unit_id` is whose it is, None the whole city's.
    `nonce` is the form it was added by: two clicks make one.
    """

    __tablename__ = "broadcasts_broadcasts"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    url: Mapped[str] = mapped_column(String(LONGEST_URL))
    replay_url: Mapped[str] = mapped_column(String(LONGEST_URL), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    version: Mapped[int] = mapped_column(default=0)

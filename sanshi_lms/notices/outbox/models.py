"""Tables of the outbox."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.outbox.rules import ADDRESS_LENGTH, Policy
from sanshi_lms.notices.rules import KEY_LENGTH, PATH_LENGTH, TITLE_LENGTH


class Address(Model):
    """Where somebody wants to be told besides on the site. Only a confirmed one is used.

    `code_mark` is the hash of the digits sent there to confirm it.
    """

    __tablename__ = "notices_addresses"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    wanted: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_mark: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    guesses: Mapped[int] = mapped_column(default=0)


class Delivery(Model):
    """One message on its way over one channel. `key` names it: nothing is queued twice.

    `urgent` is what somebody waits for in front of the page: quiet hours do not hold it.
    """

    __tablename__ = "notices_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
        Index("ix_notices_deliveries_due", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    notice_id: Mapped[int | None] = mapped_column(
        ForeignKey(Notice.id, ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxPolicy(Model):
    """The one row with quiet hours (local, whole hours) and how often a delivery is tried."""

    __tablename__ = "notices_outbox_policy"
    __table_args__ = (
        CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="hours"
        ),
        CheckConstraint("most_attempts BETWEEN 1 AND 20", name="attempts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    most_attempts: Mapped[int]

    def policy(self) -> Policy:
        """Return what the rules need of it."""
        return Policy(self.quiet_from, self.quiet_until, self.most_attempts)

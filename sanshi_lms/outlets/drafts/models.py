"""Tables of drafts: the accounts of units, and what was sent to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.core.nonces import LENGTH
from sanshi_lms.outlets.drafts.rules import MAX_NAME, MAX_PROBLEM


class OfficialAccount(Model):
    """An official account of a unit; the secret is sealed (core.sealing)."""

    __tablename__ = "outlets_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    app_id: Mapped[str] = mapped_column(String(40), unique=True)
    sealed_secret: Mapped[str] = mapped_column(String(400))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Model):
    """An article on its way to an account; `media_id` is the platform's name of the draft."""

    __tablename__ = "outlets_drafts"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'made', 'failed')", name="state"),
        CheckConstraint("(state = 'made') = (media_id <> '')", name="made"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(LENGTH), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(OfficialAccount.id), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[int]
    address: Mapped[str] = mapped_column(String(300))
    site: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    problem: Mapped[str] = mapped_column(String(MAX_PROBLEM), default="")
    media_id: Mapped[str] = mapped_column(String(128), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[OfficialAccount] = relationship(lazy="joined", innerjoin=True)

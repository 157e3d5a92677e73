"""Table of the ledger of publications."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.core.nonces import LENGTH
from sanshi_lms.outlets.ledger.rules import MAX_PLACE, MAX_TITLE, MAX_URL, MAX_WORDS


class Publication(Model):
    """A piece that stands somewhere else: `title` as it was then, `place` such as an account.

    `taken_down_at` says since when it stands there no longer; `words` why.
    """

    __tablename__ = "outlets_publications"
    __table_args__ = (
        CheckConstraint("(taken_down_at IS NULL) = (taken_down_by_id IS NULL)", name="taken_down"),
        Index("ix_outlets_publications_piece", "kind", "ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(LENGTH), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[int]
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    channel: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(MAX_PLACE))
    url: Mapped[str] = mapped_column(String(MAX_URL), default="")
    published_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_down_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    words: Mapped[str] = mapped_column(String(MAX_WORDS), default="")

    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="joined", innerjoin=True)

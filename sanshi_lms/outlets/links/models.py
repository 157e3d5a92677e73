"""Tables of links."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.outlets.links.rules import CODE_LENGTH, MAX_LABEL


class ChannelLink(Model):
    """A link to a piece for one channel; `label` tells two of one channel apart.

    `made_by_id` is None when nobody asked for it: it counts what came from a poster.
    """

    __tablename__ = "outlets_links"
    __table_args__ = (UniqueConstraint("kind", "ref", "channel", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[int]
    path: Mapped[str] = mapped_column(String(300))
    channel: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(MAX_LABEL), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkVisit(Model):
    """How often a link was followed on a day, in Chongqing."""

    __tablename__ = "outlets_visits"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    link_id: Mapped[int] = mapped_column(
        ForeignKey(ChannelLink.id, ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]

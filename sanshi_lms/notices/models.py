"""Tables of notices."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.notices.rules import KEY_LENGTH, PATH_LENGTH, TITLE_LENGTH, TOPIC_LENGTH

_UNREAD = text("read_at IS NULL")


class Notice(Model):
    """One message to one person. `key` names the occasion: nobody is told of it twice.

    `path` is the page of ours it leads to.
    """

    __tablename__ = "notices_notices"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        # The number beside a person's name is counted on every page: the index is all it reads.
        Index(
            "ix_notices_notices_unread",
            "user_id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    topic: Mapped[str] = mapped_column(String(TOPIC_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text, default="")
    path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Tables of practicals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Lesson
from sanshi_lms.practicals.rules import LONGEST_REASON

_STANDING = text("state IN ('submitted', 'accepted')")


class HandIn(Model):
    """What a person handed in for a lesson; one that stands at a time, the older ones are kept.

    Nobody decides their own: the table refuses it. `nonce` is the form it came by.
    """

    __tablename__ = "practicals_hand_ins"
    __table_args__ = (
        UniqueConstraint("lesson_id", "user_id", "number"),
        CheckConstraint(
            "state IN ('submitted', 'accepted', 'returned', 'withdrawn')", name="state"
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> user_id", name="not_own"),
        CheckConstraint(
            "(state IN ('accepted', 'returned')) = (decided_by_id IS NOT NULL)", name="decided"
        ),
        Index(
            "uq_practicals_hand_ins_standing",
            "lesson_id",
            "user_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    number: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")

    person: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    files: Mapped[list["HandInFile"]] = relationship(
        order_by="HandInFile.id", lazy="selectin", cascade="all, delete-orphan"
    )


class HandInFile(Model):
    """A photo (encoded anew) or a file of a hand-in; `key` is where its bytes lie, `size` bytes."""

    __tablename__ = "practicals_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey(HandIn.id), index=True)
    is_photo: Mapped[bool]
    filename: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    size: Mapped[int]

"""Tables of designs, their pictures, and what they are chosen for."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime

LOOKS = ("contour", "plain", "red")
_LOOKS = ", ".join(f"'{name}'" for name in LOOKS)


class DesignPicture(Model):
    """A seal or a signature: a small PNG whose white ground is transparent. Never changed."""

    __tablename__ = "credentials_design_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Design(Model):
    """One version of a design; never changed. `line` is shared by all versions of the same design.

    A certificate keeps the version that it was issued with. `signatures` are objects with `name`,
    `post` and `picture_id` (or null).
    """

    __tablename__ = "credentials_designs"
    __table_args__ = (
        UniqueConstraint("line", "version"),
        CheckConstraint(f"look IN ({_LOOKS})", name="look"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(String(60))
    prefix: Mapped[str] = mapped_column(String(4))
    portrait: Mapped[bool]
    look: Mapped[str] = mapped_column(String(10))
    seal_id: Mapped[int | None] = mapped_column(ForeignKey(DesignPicture.id))
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class DesignChoice(Model):
    """Which design certificates for `subject` get that are awarded from now on.

    `subject` is what they are for, such as "course:3"; "" is the one for all others.
    """

    __tablename__ = "credentials_design_choices"

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    line: Mapped[str] = mapped_column(String(16))

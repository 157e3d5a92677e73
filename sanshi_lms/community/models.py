"""Tables of communities, the people who handle their needs, and the 三师 who help."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.rules import MOST_OPEN, NAME_LENGTH, read_lines
from sanshi_lms.core.db import Model, UtcDateTime


class Community(Model):
    """A community (社区). `code` stands in its QR code, so it never changes."""

    __tablename__ = "community_communities"
    __table_args__ = (UniqueConstraint("district", "street", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    district: Mapped[str] = mapped_column(String(NAME_LENGTH), index=True)
    street: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    active: Mapped[bool] = mapped_column(default=True)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def place(self) -> str:
        """District and street, for under the name."""
        return f"{self.district} {self.street}"


class Member(Model):
    """A person who handles the needs of a community."""

    __tablename__ = "community_members"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community_communities.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Kind(Model):
    """A kind of need with its time limits: rows that an administrator edits. 0 means no limit.

    `asked_by` is "resident" for what people report and "pro" for a 三师's own difficulty.
    """

    __tablename__ = "community_kinds"
    __table_args__ = (
        CheckConstraint("asked_by IN ('resident', 'pro')", name="asked_by"),
        CheckConstraint(
            "sign_hours >= 0 AND respond_hours >= 0 AND close_hours >= 0 AND confirm_hours >= 0",
            name="hours",
        ),
        CheckConstraint("warn_percent BETWEEN 0 AND 100", name="warn_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    asked_by: Mapped[str] = mapped_column(String(10), default="resident")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    sign_hours: Mapped[int]
    respond_hours: Mapped[int]
    close_hours: Mapped[int]
    confirm_hours: Mapped[int]
    warn_percent: Mapped[int] = mapped_column(default=25)
    # Its limits run on working days only.
    working_days: Mapped[bool] = mapped_column(default=False, server_default=false())
    sample: Mapped[bool] = mapped_column(default=False)
    # The 专项工作 that needs of this kind belong to: what services are matched by; "" is none.
    topic: Mapped[str] = mapped_column(String(40), default="", server_default="")


class Profession(Model):
    """An entry of the open list of professions (三师+)."""

    __tablename__ = "community_professions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)


class Professional(Model):
    """What a 三师 says of themselves. Only who was confirmed by an administrator is proposed.

    Residents find those who agreed to be `listed`. `qualifications` stand one to a line and count
    as checked until they are changed. `most_open` is how many needs at a time they can carry.
    """

    __tablename__ = "community_professionals"
    __table_args__ = (CheckConstraint(f"most_open BETWEEN 1 AND {MOST_OPEN}", name="most_open"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    profession_id: Mapped[int] = mapped_column(ForeignKey(Profession.id))
    about: Mapped[str] = mapped_column(Text, default="")
    available: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[bool] = mapped_column(default=False, server_default=false())
    qualifications: Mapped[str] = mapped_column(Text, default="", server_default="")
    qualified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    languages: Mapped[str] = mapped_column(String(60), default="", server_default="")
    association: Mapped[str] = mapped_column(String(60), default="", server_default="")
    work: Mapped[str] = mapped_column(Text, default="", server_default="")
    most_open: Mapped[int] = mapped_column(default=4, server_default="4")
    invented: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    profession: Mapped[Profession] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    districts: Mapped[list["ServedDistrict"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ServedDistrict.name"
    )
    kinds: Mapped[list["HelpedKind"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def qualification_lines(self) -> list[str]:
        """Their qualifications, one each."""
        return read_lines(self.qualifications)


class ServedDistrict(Model):
    """A district in which a 三师 helps."""

    __tablename__ = "community_professional_districts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey(Professional.user_id, ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)


class HelpedKind(Model):
    """A kind of need with which a 三师 can help."""

    __tablename__ = "community_professional_kinds"
    __table_args__ = (Index("ix_community_professional_kinds_kind_id", "kind_id"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey(Professional.user_id, ondelete="CASCADE"), primary_key=True
    )
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id, ondelete="CASCADE"), primary_key=True)


class MatchWeight(Model):
    """What one thing counts when a need is matched; without a row it counts as at the beginning."""

    __tablename__ = "community_match_weights"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[float] = mapped_column(Float)

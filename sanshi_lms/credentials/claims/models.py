"""Tables of claims and their proofs."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.credentials.claims.rules import LENGTHS

_STANDING = text("state IN ('submitted', 'approved')")


class Claim(Model):
    """Learning outside the platform for which somebody asks credit hours.

    Of one person there is one standing claim for a title, a day and an amount. Nobody decides
    their own: the table refuses it.
    """

    __tablename__ = "credentials_claims"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'approved', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("category IN ('公需', '专业')", name="category"),
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> user_id", name="not_own"),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)", name="decided"
        ),
        Index(
            "uq_credentials_claims_standing",
            "user_id",
            "title",
            "happened_on",
            "hours",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(LENGTHS["title"]))
    organiser: Mapped[str] = mapped_column(String(LENGTHS["organiser"]))
    happened_on: Mapped[date] = mapped_column(Date)
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    category: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(LENGTHS["note"]))
    state: Mapped[str] = mapped_column(String(10), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(String(LENGTHS["reason"]), default="")


class ClaimProof(Model):
    """A file that proves a claim. `sha256` is of the bytes as they came, `key` where ours lie."""

    __tablename__ = "credentials_claim_proofs"
    __table_args__ = (CheckConstraint("kind IN ('jpeg', 'pdf')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]

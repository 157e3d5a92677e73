"""Table of certificates; those of the ledger are in `ledger`."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Numeric, String, false
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.credentials.designs.models import Design

LONGEST_NAME = 60
LONGEST_TITLE = 200
LONGEST_SOURCE_REF = 120
LONGEST_ISSUER = 60


class Certificate(Model):
    """A frozen record of what somebody completed. Only `revoked_*` and `reissued` may ever change,
    and the name once its holder leaves (personal.py).

    `source_ref` names what it was awarded for, such as "course:3:user:7"; `signature` (by the key
    `key_id`) covers every frozen field, so a row edited behind the application's back no longer
    verifies. `design_id` tells how it looks (ours without one), `expires_on` is the last day on
    which it is valid. `reissued`: void because it was
    exchanged for a corrected one, not because of anything that its holder did.
    """

    __tablename__ = "credentials_certificates"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
        CheckConstraint("credit_hours >= 0", name="credit_hours"),
        CheckConstraint("NOT reissued OR revoked_at IS NOT NULL", name="reissued"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"), index=True)
    holder_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source_ref: Mapped[str] = mapped_column(String(LONGEST_SOURCE_REF), unique=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    expires_on: Mapped[date | None] = mapped_column(Date, index=True)
    design_id: Mapped[int | None] = mapped_column(ForeignKey(Design.id))
    key_id: Mapped[str] = mapped_column(String(8))
    signature: Mapped[str] = mapped_column(String(86))
    # Of a holder who left: the mark of the QR code from before the name was masked.
    former_mark: Mapped[str | None] = mapped_column(String(100))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    reissued: Mapped[bool] = mapped_column(default=False, server_default=false())

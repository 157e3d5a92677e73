"""Tables of the second step."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.models import User
from sanshi_lms.core.db import Model, UtcDateTime


class SecondStep(Model):
    """A person's secret, sealed with the installation's own key; in force once confirmed."""

    __tablename__ = "account_second_steps"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The half minute of the code used last: each code opens one door only (RFC 6238, 5.2).
    used_turn: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Model):
    """A code for the day the phone is lost; works once. Kept as SHA-256: it is random, not weak."""

    __tablename__ = "account_recovery_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Table of the record of signing in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.devices.rules import DEVICE_LENGTH
from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.rules import TOLD_LENGTH
from sanshi_lms.core.db import Model, UtcDateTime


class SignInEvent(Model):
    """Somebody came in, failed to, or changed how they come in.

    `user_id` is empty for an account name that nobody has; `told` then is that name, masked. The
    failures of a `bundle` are one row, `times` of them, the last one `at`.
    """

    __tablename__ = "account_sign_in_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20), default="")
    told: Mapped[str] = mapped_column(String(TOLD_LENGTH), default="")
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH))
    address: Mapped[str] = mapped_column(String(45))
    times: Mapped[int] = mapped_column(default=1)
    bundle: Mapped[str | None] = mapped_column(String(100), unique=True)

"""Table of sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.devices.rules import DEVICE_LENGTH
from sanshi_lms.account.models import User
from sanshi_lms.core.db import Model, UtcDateTime


class SignIn(Model):
    """A device that is signed in. Its cookie carries the key; who signs out deletes the row.

    It lives only while `mark` is the person's session mark: a new mark ends all at once. What the
    browser said of itself and the whole address are not kept, only what the owner needs to know
    the device again.
    """

    __tablename__ = "account_sign_ins"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH))
    address: Mapped[str] = mapped_column(String(45))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

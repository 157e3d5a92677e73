"""Table of looks."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.looks.rules import WHERE_LENGTH
from sanshi_lms.account.models import User
from sanshi_lms.core.db import Model, UtcDateTime


class Look(Model):
    """Somebody saw a sensitive `field` of somebody else unmasked, on the page `place`.

    `whose_id` is empty for a resident who asked without an account; `about` then says of what.
    """

    __tablename__ = "account_looks"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    whose_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    field: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(WHERE_LENGTH))
    address: Mapped[str] = mapped_column(String(45))

"""Table of invitations: how somebody from a roster sets their own first password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.models import User
from sanshi_lms.core.db import Model, UtcDateTime

NO_PASSWORD = "!"  # noqa: S105 - that is the point
"""What stands for a password that nobody has: no hash equals it."""


class Invitation(Model):
    """A code with which a person sets their first password; kept as SHA-256, it is random."""

    __tablename__ = "account_invitations"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

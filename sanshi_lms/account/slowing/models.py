"""Table of failures that are counted."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime


class Slowdown(Model):
    """Failures at an account name from a place: a network, a known device, or "" for all others.

    The name stands as a digest, whether somebody has it or not: names that nobody has are slowed
    in the same way and tell nothing, and a password typed into the wrong field is not kept.
    """

    __tablename__ = "account_slowdowns"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[str] = mapped_column(String(60), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

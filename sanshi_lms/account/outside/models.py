"""Table of accounts of elsewhere that people of ours sign in with."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account.models import User
from sanshi_lms.account.outside.rules import ISSUER_LENGTH, LABEL_LENGTH, SUBJECT_LENGTH
from sanshi_lms.core.db import Model, UtcDateTime


class Identity(Model):
    """An account of elsewhere; one of each issuer for a person, and each for one person only."""

    __tablename__ = "account_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    way: Mapped[str] = mapped_column(String(10))
    issuer: Mapped[str] = mapped_column(String(ISSUER_LENGTH))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), default="")
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

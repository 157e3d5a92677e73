"""Table of terms; what is not in it is valid for ever."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model

MOST_MONTHS = 120


class Term(Model):
    """How many months certificates for `subject` are valid that are awarded from now on."""

    __tablename__ = "credentials_terms"
    __table_args__ = (CheckConstraint(f"months BETWEEN 1 AND {MOST_MONTHS}", name="months"),)

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    months: Mapped[int]

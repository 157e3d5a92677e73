"""Table of the notes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.quizzes.models import Attempt


class IntegrityNote(Model):
    """Something that the page told. `amount`: seconds away, or characters pasted, as it says.

    `at` is the server's clock when it heard of it.
    """

    __tablename__ = "quizzes_integrity_notes"
    __table_args__ = (
        CheckConstraint("kind IN ('away', 'paste')", name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount: Mapped[int]

"""Tables of the words of search."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, false
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.search.words.rules import MAX_LINE, MAX_MISSED


class SynonymGroup(Model):
    """Words that mean the same, parted by "=".

    `origin` is the first word of the shipped group that this one stands for; None for a group of
    the installation's own. `off` puts a group out of force.
    """

    __tablename__ = "search_synonyms"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(MAX_LINE))
    origin: Mapped[str | None] = mapped_column(String(MAX_LINE), unique=True)
    off: Mapped[bool] = mapped_column(default=False, server_default=false())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MissedWord(Model):
    """What was searched for on a day and found nothing; nobody's name stands here."""

    __tablename__ = "search_misses"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(MAX_MISSED), primary_key=True)
    count: Mapped[int]

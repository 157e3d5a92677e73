"""Tables of documents."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.account import Unit, User
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.documents.rules import LONGEST_TITLE


class Document(Model):
    """A PDF. `pages_key` is the folder of its pages' pictures once they are made.

    `nonce` is the form it came by; `sha256` is of its bytes; `size` in bytes; `problem` says why
    it was refused; `unit_id` is whose it is, None the whole city's.
    """

    __tablename__ = "documents_documents"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'made', 'refused')", name="state"),
        CheckConstraint("(state = 'made') = (pages_key IS NOT NULL)", name="made"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    source_name: Mapped[str] = mapped_column(String(120))
    source_key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    problem: Mapped[str] = mapped_column(String(300), default="")
    pages: Mapped[int] = mapped_column(default=0)
    pages_key: Mapped[str | None] = mapped_column(String(120))
    added_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentPage(Model):
    """A page: the pixels of its picture and the words on it."""

    __tablename__ = "documents_pages"

    document_id: Mapped[int] = mapped_column(
        ForeignKey(Document.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    words: Mapped[str] = mapped_column(Text)

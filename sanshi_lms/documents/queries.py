"""Reads of documents."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.shared import shared
from sanshi_lms.documents.models import Document, DocumentPage


def pages_of(document_id: int) -> Sequence[DocumentPage]:
    """Return the pages of a document in their order."""
    query = select(DocumentPage).where(DocumentPage.document_id == document_id)
    return db.session.scalars(query.order_by(DocumentPage.number)).all()


def words_of(document_ids: Collection[int]) -> dict[int, str]:
    """Return all words of these documents, for search."""
    query = select(DocumentPage.document_id, DocumentPage.words)
    query = query.where(DocumentPage.document_id.in_(document_ids))
    found: dict[int, list[str]] = {}
    for number, words in db.session.execute(query.order_by(DocumentPage.number)):
        found.setdefault(number, []).append(words)
    return {number: "\n".join(words) for number, words in found.items()}


def same_documents(subject: Document) -> Sequence[Document]:
    """Return other documents with the same bytes: somebody may have uploaded it before."""
    query = select(Document).where(Document.sha256 == subject.sha256, Document.id != subject.id)
    return db.session.scalars(query.order_by(Document.id)).all()


@shared("documents")
def documents_by_id(ids: Collection[int]) -> dict[int, Document]:
    """Return the documents with these ids."""
    return {one.id: one for one in db.session.scalars(select(Document).where(Document.id.in_(ids)))}

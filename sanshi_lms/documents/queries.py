"""Reads of documents."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.shared import shared
from sanshi_lms.documents.models import Document, DocumentPage


def pages_of(document_id: int) -> Sequence[DocumentPage]:
    """Return the pages of a document in their order."""
    query = select(DocumentPage).where(DocumentPage.document_id == document_id)
    return db.session.scalars(query.order_by(DocumentPage.number)).all()


def page_cues(document_ids: Collection[int]) -> dict[int, list[Cue]]:
    """Return what is written on each page of these documents, for a hit to open the page."""
    query = select(DocumentPage.document_id, DocumentPage.number, DocumentPage.words)
    query = query.where(DocumentPage.document_id.in_(document_ids))
    found: dict[int, list[Cue]] = {}
    for document, number, words in db.session.execute(query.order_by(DocumentPage.number)):
        found.setdefault(document, []).append(Cue(0.0, words, number))
    return found


def same_documents(subject: Document, reach: Reach) -> Sequence[Document]:
    """Return other documents within reach with the same bytes: it may have been here before."""
    query = select(Document).where(Document.sha256 == subject.sha256, Document.id != subject.id)
    query = query.where(owned(Document.unit_id, reach))
    return db.session.scalars(query.order_by(Document.id)).all()


@shared("documents")
def documents_by_id(ids: Collection[int]) -> dict[int, Document]:
    """Return the documents with these ids."""
    return {one.id: one for one in db.session.scalars(select(Document).where(Document.id.in_(ids)))}

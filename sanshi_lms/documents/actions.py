"""Writes of documents."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import drop_jobs, enqueue
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import lessons_using, safe_filename
from sanshi_lms.documents import rules
from sanshi_lms.documents.jobs import DRAW
from sanshi_lms.documents.models import Document


def add_document(
    source: Path,
    offered_name: str,
    title: str,
    person_id: int,
    nonce: str,
    at: datetime,
    unit_id: int | None = None,
) -> Document:
    """Keep a PDF, once for each form (`nonce`), and have its pages drawn. `source` is taken.

    Raises Refusal for what is no PDF of ours.
    """
    known = db.session.scalar(select(Document).where(Document.nonce == nonce))
    if known is not None:
        return known
    filename = safe_filename(offered_name)
    data = source.read_bytes()
    problem = rules.upload_problem(filename, data[:1024], len(data)) or rules.active_problem(data)
    if problem:
        raise Refusal(problem)
    made = Document(
        nonce=nonce,
        title=rules.title_of(title, filename),
        source_name=filename,
        source_key=f"documents/originals/{secrets.token_hex(12)}.pdf",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        added_by_id=person_id,
        unit_id=unit_id,
        created_at=at,
    )
    with taken_means("这份文档刚刚已经上传过了，请回到列表看看。", 409):
        db.session.add(made)
    storage().commit_file(source, made.source_key)
    enqueue(DRAW, str(made.id), {"document": made.id})
    note("documents.add", f"document:{made.id}", after={"title": made.title, "unit_id": unit_id})
    return made


def rename_document(subject: Document, title: str) -> None:
    """Give a document another name."""
    before, after = subject.title, rules.title_of(title, subject.source_name)
    if before != after:
        subject.title = after
        note("documents.rename", f"document:{subject.id}", {"title": before}, {"title": after})


def give_document(subject: Document, unit_id: int | None) -> None:
    """Give a document to another unit, or to the whole city."""
    before, subject.unit_id = subject.unit_id, unit_id
    if before != unit_id:
        note(
            "documents.give",
            f"document:{subject.id}",
            {"unit_id": before},
            {"unit_id": unit_id},
        )


def delete_document(subject: Document) -> None:
    """Delete a document that no lesson shows, with its files. Raises Refusal otherwise."""
    using = lessons_using("document", subject.id)
    if using:
        names = "、".join(f"《{lesson.course.title}》" for lesson in using)
        raise Refusal(f"课程{names}正在用这份文档，请先在课程里换掉，再来删除。", 409)
    note("documents.delete", f"document:{subject.id}", before={"title": subject.title})
    drop_jobs(DRAW, str(subject.id))
    gone, place = [subject.source_key, f"documents/{subject.id}"], storage()
    db.session.delete(subject)
    db.session.flush()

    def remove() -> None:
        for key in gone:
            place.delete(key)

    after_commit(remove)

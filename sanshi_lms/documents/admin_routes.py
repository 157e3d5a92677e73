"""/admin/documents/…: uploading documents."""

import secrets
import shutil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import takes
from sanshi_lms.core.storage import storage
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import lessons_using
from sanshi_lms.documents import actions, rules
from sanshi_lms.documents.models import Document
from sanshi_lms.documents.queries import pages_of, same_documents

blueprint = Blueprint(
    "documents_admin", __name__, url_prefix="/admin/documents", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("courses.edit")
def documents() -> Answer:
    """List all documents with the form to upload one."""
    return _list("")


@blueprint.post("/")
@takes(rules.MOST_BYTES + rules.MEGABYTE)
@needs("courses.edit")
def documents_post() -> Answer:
    """Take a PDF in; its pages are drawn by a worker."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _list("请先选择一个 PDF 文件。"), 422
    me = current_person().id
    release_connection()
    folder = storage().private_dir()
    try:
        source = folder / "upload"
        given.save(source)
        given.close()
        title = request.form.get("title", "")[:500]
        made = actions.add_document(source, given.filename, title, me, _nonce(), now())
    except Refusal as refusal:
        rollback()
        return _list(refusal.message), refusal.status
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    flash("已上传，正在处理。处理好就能在课程里选它。", "success")
    return redirect(url_for(".document", document_id=made.id))


@blueprint.get("/<int:document_id>")
@needs("courses.edit")
def document(document_id: int) -> Answer:
    """Show a document: how far it is, its pages, where it is used."""
    subject = _or_404(document_id)
    return render_template(
        "documents/document.html",
        subject=subject,
        pages=pages_of(subject.id) if subject.state == "made" else [],
        used_in=lessons_using("document", subject.id),
        twins=same_documents(subject),
        states=rules.STATES,
    )


@blueprint.post("/<int:document_id>")
@needs("courses.edit")
def document_post(document_id: int) -> Answer:
    """Give it another name."""
    actions.rename_document(_or_404(document_id), request.form.get("title", "")[:500])
    flash("已保存。", "success")
    return redirect(url_for(".document", document_id=document_id))


@blueprint.post("/<int:document_id>/delete")
@needs("courses.edit")
def delete_post(document_id: int) -> Answer:
    """Delete a document that no lesson shows."""
    actions.delete_document(_or_404(document_id))
    flash("文档已删除。", "success")
    return redirect(url_for(".documents"))


def _nonce() -> str:
    given = request.form.get("nonce", "")
    sound = len(given) == 32 and given.isalnum() and given.isascii()
    return given if sound else secrets.token_hex(16)


def _or_404(document_id: int) -> Document:
    return db.session.get(Document, document_id) or abort(404)


def _list(message: str) -> str:
    page = paginate(select(Document).order_by(Document.id.desc()), size=30)
    return render_template(
        "documents/documents.html",
        page=page,
        message=message,
        states=rules.STATES,
        nonce=secrets.token_hex(16),
        most_megabytes=rules.MOST_BYTES // rules.MEGABYTE,
        most_pages=rules.MOST_PAGES,
        page_url=lambda number: url_for(".documents", page=number),
    )

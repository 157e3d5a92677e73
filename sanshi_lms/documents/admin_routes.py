"""/admin/documents/…: uploading documents."""

import secrets
import shutil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from sanshi_lms.account import MoveForm, OwnerForm, owned, owner_names, owner_of_new, owner_path
from sanshi_lms.core.access import current_person, may, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, release_connection, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import takes
from sanshi_lms.core.storage import storage
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import drafts_seen, lessons_using
from sanshi_lms.documents import actions, rules
from sanshi_lms.documents.models import Document
from sanshi_lms.documents.queries import pages_of, same_documents

blueprint = Blueprint(
    "documents_admin", __name__, url_prefix="/admin/documents", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("courses.edit", within=True)
def documents() -> Answer:
    """List the documents of one's units with the form to upload one."""
    return _list("")


@blueprint.post("/")
@takes(rules.MOST_BYTES + rules.MEGABYTE)
@needs("courses.edit", within=True)
def documents_post() -> Answer:
    """Take a PDF in; its pages are drawn by a worker."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _list("请先选择一个 PDF 文件。"), 422
    me = current_person().id
    try:
        unit = owner_of_new(request.form.get("unit", "")[:300], own_reach())
    except Refusal as refusal:
        return _list(refusal.message), refusal.status
    unit_id = unit.id if unit else None
    release_connection()
    folder = storage().private_dir()
    try:
        source = folder / "upload"
        given.save(source)
        given.close()
        title = request.form.get("title", "")[:500]
        made = actions.add_document(source, given.filename, title, me, _nonce(), now(), unit_id)
    except Refusal as refusal:
        rollback()
        return _list(refusal.message), refusal.status
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    flash("已上传，正在处理。处理好就能在课程里选它。", "success")
    return redirect(url_for(".document", document_id=made.id))


@blueprint.get("/<int:document_id>")
@needs("courses.edit", within=True)
def document(document_id: int) -> Answer:
    """Show a document: how far it is, its pages, where it is used."""
    return _page(_or_404(document_id))


@blueprint.post("/<int:document_id>")
@needs("courses.edit", within=True)
def document_post(document_id: int) -> Answer:
    """Give it another name."""
    actions.rename_document(_or_404(document_id), request.form.get("title", "")[:500])
    flash("已保存。", "success")
    return redirect(url_for(".document", document_id=document_id))


@blueprint.post("/<int:document_id>/unit")
@needs("courses.edit")
def give(document_id: int) -> Answer:
    """Give a document to another unit; only whoever writes everything."""
    subject, form = _or_404(document_id), MoveForm().over(own_reach())
    if not form.validate():
        return _page(subject, form), 422
    actions.give_document(subject, form.unit_id)
    flash(f"这份文档现在属于{owner_path(form.unit_id)}。", "success")
    return redirect(url_for(".document", document_id=document_id))


@blueprint.post("/<int:document_id>/delete")
@needs("courses.edit", within=True)
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
    """Return a document within the reach of the view's right."""
    found = db.session.get(Document, document_id)
    return found if found is not None and own_reach().covers(found.unit_id) else abort(404)


def _page(subject: Document, moving: MoveForm | None = None) -> str:
    return render_template(
        "documents/document.html",
        subject=subject,
        pages=pages_of(subject.id) if subject.state == "made" else [],
        used_in=lessons_using("document", subject.id, drafts=drafts_seen()),
        twins=same_documents(subject, own_reach()),
        states=rules.STATES,
        owner=owner_path(subject.unit_id),
        moving=moving or (MoveForm.of(subject.unit_id) if may("courses.edit") else None),
    )


def _list(message: str) -> str:
    own = select(Document).where(owned(Document.unit_id, own_reach()))
    page = paginate(own.order_by(Document.id.desc()), size=30)
    return render_template(
        "documents/documents.html",
        page=page,
        owners=owner_names(one.unit_id for one in page.rows),
        owner=OwnerForm().over(own_reach()),
        message=message,
        states=rules.STATES,
        nonce=secrets.token_hex(16),
        most_megabytes=rules.MOST_BYTES // rules.MEGABYTE,
        most_pages=rules.MOST_PAGES,
        page_url=lambda number: url_for(".documents", page=number),
    )

"""/documents/…: the pictures of pages, and the original to take away."""

from flask import Blueprint, Response, abort, request

from sanshi_lms.core.access import held_reach, public
from sanshi_lms.core.db import db
from sanshi_lms.core.sending import send_stored
from sanshi_lms.courses import may_see
from sanshi_lms.documents.models import Document

blueprint = Blueprint("documents", __name__, url_prefix="/documents", template_folder="templates")


@blueprint.get("/<int:document_id>/pages/<int:page_number>.webp")
@public
def page(document_id: int, page_number: int) -> Response:
    """Send the picture of a page, if a published lesson shows the document."""
    subject = _or_404(document_id)
    if not 1 <= page_number <= subject.pages:
        abort(404)
    response = send_stored(f"{subject.pages_key}/{page_number}.webp", "image/webp")
    response.cache_control.private = True
    # With the version in its address a picture never changes.
    if request.args.get("v") == version_of(subject):
        response.cache_control.no_cache = None
        response.cache_control.max_age, response.cache_control.immutable = 86_400, True
    return response


@blueprint.get("/<int:document_id>/original.pdf")
@public
def original(document_id: int) -> Response:
    """Send the PDF. It is only ever downloaded, never shown in our page."""
    subject = _or_404(document_id)
    return send_stored(
        subject.source_key,
        "application/pdf",
        as_attachment=True,
        download_name=subject.source_name,
    )


def version_of(subject: Document) -> str:
    """Return what changes when the pages are made anew."""
    return (subject.pages_key or "").rpartition("/")[2]


def _or_404(document_id: int) -> Document:
    subject = db.session.get(Document, document_id)
    if subject is None or subject.state != "made":
        abort(404)
    if not (may_see("document", document_id) or held_reach("courses.edit").covers(subject.unit_id)):
        abort(404)
    return subject

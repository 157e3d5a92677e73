"""/admin/broadcasts/…: adding and changing broadcasts."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from sanshi_lms.broadcasts import actions
from sanshi_lms.broadcasts.forms import BroadcastForm
from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.core.access import needs
from sanshi_lms.core.db import db
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import lessons_using

blueprint = Blueprint(
    "broadcasts_admin", __name__, url_prefix="/admin/broadcasts", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("courses.edit")
def broadcasts() -> Answer:
    """List all broadcasts, the latest first."""
    page = paginate(select(Broadcast).order_by(Broadcast.starts_at.desc()), size=30)
    return render_template(
        "broadcasts/broadcasts.html",
        page=page,
        page_url=lambda number: url_for(".broadcasts", page=number),
    )


@blueprint.get("/new")
@needs("courses.edit")
def new() -> Answer:
    """Show the form of a new broadcast."""
    return _page(None, BroadcastForm(nonce=secrets.token_hex(16)))


@blueprint.post("/new")
@needs("courses.edit")
def new_post() -> Answer:
    """Add a broadcast."""
    form = BroadcastForm()
    nonce = form.nonce.data or ""
    if not form.validate() or not (nonce.isascii() and nonce.isalnum() and len(nonce) == 32):
        form.nonce.data = secrets.token_hex(16)
        return _page(None, form), 422
    made = actions.add_broadcast(form.values(), nonce)
    flash("直播已建好。现在到课程里加一课，内容选它。", "success")
    return redirect(url_for(".broadcast", broadcast_id=made.id))


@blueprint.get("/<int:broadcast_id>")
@needs("courses.edit")
def broadcast(broadcast_id: int) -> Answer:
    """Show a broadcast with the form to change it."""
    subject = _or_404(broadcast_id)
    form = BroadcastForm(obj=subject)
    if not request.form:
        form.show(subject)
    return _page(subject, form)


@blueprint.post("/<int:broadcast_id>")
@needs("courses.edit")
def broadcast_post(broadcast_id: int) -> Answer:
    """Change a broadcast."""
    subject, form = _or_404(broadcast_id), BroadcastForm()
    if not form.validate():
        return _page(subject, form), 422
    actions.change_broadcast(subject, form.values())
    flash("已保存。", "success")
    return redirect(url_for(".broadcast", broadcast_id=broadcast_id))


@blueprint.post("/<int:broadcast_id>/delete")
@needs("courses.edit")
def delete_post(broadcast_id: int) -> Answer:
    """Delete a broadcast that no lesson shows."""
    subject = _or_404(broadcast_id)
    actions.delete_broadcast(subject)
    flash("直播已删除。", "success")
    return redirect(url_for(".broadcasts"))


def _or_404(broadcast_id: int) -> Broadcast:
    return db.session.get(Broadcast, broadcast_id) or abort(404)


def _page(subject: Broadcast | None, form: BroadcastForm) -> str:
    using = lessons_using("broadcast", subject.id) if subject else []
    return render_template("broadcasts/broadcast.html", subject=subject, form=form, used_in=using)

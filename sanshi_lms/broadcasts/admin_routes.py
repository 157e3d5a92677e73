"""/admin/broadcasts/…: adding and changing broadcasts."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from sanshi_lms.account import MoveForm, owned, owner_names, owner_path
from sanshi_lms.broadcasts import actions
from sanshi_lms.broadcasts.forms import BroadcastForm, NewBroadcastForm
from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.core.access import may, needs, own_reach
from sanshi_lms.core.db import db
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import drafts_seen, lessons_using

blueprint = Blueprint(
    "broadcasts_admin", __name__, url_prefix="/admin/broadcasts", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("courses.edit", within=True)
def broadcasts() -> Answer:
    """List the broadcasts of one's units, the latest first."""
    own = select(Broadcast).where(owned(Broadcast.unit_id, own_reach()))
    page = paginate(own.order_by(Broadcast.starts_at.desc()), size=30)
    return render_template(
        "broadcasts/broadcasts.html",
        page=page,
        owners=owner_names(one.unit_id for one in page.rows),
        page_url=lambda number: url_for(".broadcasts", page=number),
    )


@blueprint.get("/new")
@needs("courses.edit", within=True)
def new() -> Answer:
    """Show the form of a new broadcast."""
    return _page(None, NewBroadcastForm(nonce=secrets.token_hex(16)).over(own_reach()))


@blueprint.post("/new")
@needs("courses.edit", within=True)
def new_post() -> Answer:
    """Add a broadcast."""
    form = NewBroadcastForm().over(own_reach())
    nonce = form.nonce.data or ""
    if not form.validate() or not (nonce.isascii() and nonce.isalnum() and len(nonce) == 32):
        form.nonce.data = secrets.token_hex(16)
        return _page(None, form), 422
    made = actions.add_broadcast(form.values(), nonce, form.unit_id)
    flash("直播已建好。现在到课程里加一课，内容选它。", "success")
    return redirect(url_for(".broadcast", broadcast_id=made.id))


@blueprint.get("/<int:broadcast_id>")
@needs("courses.edit", within=True)
def broadcast(broadcast_id: int) -> Answer:
    """Show a broadcast with the form to change it."""
    subject = _or_404(broadcast_id)
    form = BroadcastForm(obj=subject)
    if not request.form:
        form.show(subject)
    return _page(subject, form)


@blueprint.post("/<int:broadcast_id>")
@needs("courses.edit", within=True)
def broadcast_post(broadcast_id: int) -> Answer:
    """Change a broadcast."""
    subject, form = _or_404(broadcast_id), BroadcastForm()
    if not form.validate():
        return _page(subject, form), 422
    actions.change_broadcast(subject, form.values())
    flash("已保存。", "success")
    return redirect(url_for(".broadcast", broadcast_id=broadcast_id))


@blueprint.post("/<int:broadcast_id>/unit")
@needs("courses.edit")
def give(broadcast_id: int) -> Answer:
    """Give a broadcast to another unit; only whoever writes everything."""
    subject, moving = _or_404(broadcast_id), MoveForm().over(own_reach())
    if not moving.validate():
        form = BroadcastForm(formdata=None, obj=subject)
        form.show(subject)
        return _page(subject, form, moving), 422
    actions.give_broadcast(subject, moving.unit_id)
    flash(f"这场直播现在属于{owner_path(moving.unit_id)}。", "success")
    return redirect(url_for(".broadcast", broadcast_id=broadcast_id))


@blueprint.post("/<int:broadcast_id>/delete")
@needs("courses.edit", within=True)
def delete_post(broadcast_id: int) -> Answer:
    """Delete a broadcast that no lesson shows."""
    subject = _or_404(broadcast_id)
    actions.delete_broadcast(subject)
    flash("直播已删除。", "success")
    return redirect(url_for(".broadcasts"))


def _or_404(broadcast_id: int) -> Broadcast:
    """Return a broadcast within the reach of the view's right."""
    found = db.session.get(Broadcast, broadcast_id)
    return found if found is not None and own_reach().covers(found.unit_id) else abort(404)


def _page(subject: Broadcast | None, form: BroadcastForm, moving: MoveForm | None = None) -> str:
    using = lessons_using("broadcast", subject.id, drafts=drafts_seen()) if subject else []
    if subject is not None and moving is None and may("courses.edit"):
        moving = MoveForm.of(subject.unit_id)
    return render_template(
        "broadcasts/broadcast.html",
        subject=subject,
        form=form,
        used_in=using,
        owner=owner_path(subject.unit_id if subject else None),
        moving=moving,
    )

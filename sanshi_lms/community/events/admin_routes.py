"""/admin/community/events/…: events arranged, published, called off; who came."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.events import actions, queries
from sanshi_lms.community.events.forms import EventForm
from sanshi_lms.community.events.models import Event
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.drawing import qr_svg
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.settings import settings
from sanshi_lms.core.table_files import table_xlsx
from sanshi_lms.core.table_pages import xlsx_response
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "events_admin", __name__, url_prefix="/admin/community/events", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("community.manage")
def events() -> str:
    """Show all events."""
    return render_template(
        "events/desk.html",
        page=paginate(queries.events_query(), 30),
        page_url=lambda n: url_for("events_admin.events", page=n),
        counts=queries.counts(),
    )


@blueprint.get("/new")
@needs("community.manage")
def new() -> str:
    """Show the form for one more event."""
    form = EventForm()
    form.nonce.data = new_nonce()
    return render_template("events/edit.html", form=form, event=None)


@blueprint.post("/new")
@needs("community.manage")
def new_post() -> Answer:
    """Add a draft."""
    form, nonce = EventForm(), read_nonce(request.form.get("nonce"))
    if nonce is None:
        nonce = form.nonce.data = new_nonce()
    if not form.validate():
        return render_template("events/edit.html", form=form, event=None), 422
    added = actions.add_event(form.values(), nonce, now())
    flash("已存成草稿，看过没有问题再发布。", "success")
    return redirect(url_for("events_admin.event", event_id=added.id))


@blueprint.get("/<int:event_id>")
@needs("community.manage")
def event(event_id: int) -> str:
    """Show an event: its form, who takes part, what can be done."""
    return _page(db.get_or_404(Event, event_id))


@blueprint.post("/<int:event_id>")
@needs("community.manage")
def event_post(event_id: int) -> Answer:
    """Change an event."""
    subject, form = db.get_or_404(Event, event_id), EventForm()
    if not form.validate():
        return _page(subject, form), 422
    try:
        actions.save_event(subject, form.values(), row_number(form.version.data or "") or 0, now())
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _page(db.get_or_404(Event, event_id), form), refusal.status
    flash("已保存。", "success")
    return _back(event_id)


@blueprint.post("/<int:event_id>/steps")
@needs("community.manage")
def step_post(event_id: int) -> Response:
    """Publish an event or call it off."""
    subject, asked = db.get_or_404(Event, event_id), request.form
    seen = row_number(asked.get("version", "")) or 0
    with refusals_told():
        if asked.get("then") == "cancel":
            actions.cancel(subject, asked.get("words", "").strip(), seen, now())
        else:
            actions.publish(subject, seen)
        flash(f"现在是：{subject.told[0]}。", "success")
    return _back(event_id)


@blueprint.post("/<int:event_id>/seats/<int:user_id>")
@needs("community.manage")
def here_post(event_id: int, user_id: int) -> Response:
    """Note that somebody was here, or was not."""
    with refusals_told():
        moment = now() if request.form.get("here") == "y" else None
        actions.set_here(db.get_or_404(Event, event_id), user_id, moment)
    return _back(event_id)


@blueprint.get("/<int:event_id>/seats.xlsx")
@needs("community.manage")
def table(event_id: int) -> Response:
    """Send who takes part as a spreadsheet."""
    subject = db.get_or_404(Event, event_id)
    rows = [
        [one.person.display_name, one.person.organisation, one.told[0],
         f"{local(one.at):%Y-%m-%d %H:%M}", f"{local(one.here_at):%H:%M}" if one.here_at else ""]
        for one in queries.in_order(event_id)
    ]  # fmt: skip
    head = ("姓名", "单位", "报名", "报名时间", "签到")
    return xlsx_response(table_xlsx(head, rows), f"{subject.title}-名单.xlsx")


@blueprint.get("/<int:event_id>/door")
@needs("community.manage")
def door(event_id: int) -> str:
    """Show the sheet for the door: the QR code to check in by."""
    subject = db.get_or_404(Event, event_id)
    base = settings().public_url or request.url_root.rstrip("/")
    url = base + url_for("events.event", event_id=event_id, code=subject.code)
    return render_template("events/door.html", event=subject, code_image=qr_svg(url))


def _back(event_id: int) -> Response:
    return redirect(url_for("events_admin.event", event_id=event_id))


def _page(subject: Event, form: EventForm | None = None) -> str:
    if form is None:
        form = EventForm(formdata=None)
        form.show(subject)
    return render_template(
        "events/edit.html", form=form, event=subject, people=queries.in_order(subject.id)
    )

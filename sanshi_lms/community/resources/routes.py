"""/community/resources/…: places, things and materials; booking them."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.resources import actions, queries, rules
from sanshi_lms.community.resources.forms import BookingForm
from sanshi_lms.community.resources.models import Booking, Resource
from sanshi_lms.community.resources.rules import State
from sanshi_lms.core.access import current_person, may, needs
from sanshi_lms.core.clock import LOCAL_ZONE, local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "resources", __name__, url_prefix="/community/resources", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("needs.work")
def resources() -> str:
    """Show what can be used, and one's own bookings."""
    kind = request.args.get("kind", "")
    kind = kind if kind in rules.KINDS else ""
    tabs = [("全部", url_for("resources.resources"), not kind)]
    tabs += [(one, url_for("resources.resources", kind=one), one == kind) for one in rules.KINDS]
    return render_template(
        "resources/resources.html",
        page=paginate(queries.resources_query(kind), 30),
        page_url=lambda n: url_for("resources.resources", kind=kind or None, page=n),
        kind_tabs=tabs,
        mine=queries.bookings_of(current_person().id),
        now=now(),
    )


@blueprint.get("/<int:resource_id>")
@needs("needs.work")
def resource(resource_id: int) -> str:
    """Show a resource, when it is taken in the next days, and the form to book it."""
    form = BookingForm()
    form.nonce.data = new_nonce()
    return _page(_resource_or_404(resource_id), form)


@blueprint.post("/<int:resource_id>")
@needs("needs.work")
def resource_post(resource_id: int) -> Answer:
    """Ask for a resource."""
    subject, form = _resource_or_404(resource_id), BookingForm()
    nonce = read_nonce(request.form.get("nonce"))
    if not subject.bookable:
        abort(404)
    if nonce is None:
        nonce = form.nonce.data = new_nonce()
    if form.validate():
        try:
            me, purpose = current_person(), form.purpose.data
            actions.book(subject, me, form.span(), purpose, nonce, now())
        except Refusal as refusal:
            rollback()
            form.form_errors.append(refusal.message)
        else:
            flash("已提交，管理员确认以后会告诉您。这段时间先替您留着。", "success")
            return redirect(url_for("resources.resource", resource_id=resource_id))
    return _page(_resource_or_404(resource_id), form), 422


@blueprint.post("/bookings/<int:booking_id>/cancel")
@needs("needs.work")
def cancel(booking_id: int) -> Response:
    """Give a booking of one's own back."""
    row = db.session.get(Booking, booking_id)
    if row is None or row.user_id != current_person().id:
        abort(404)
    with refusals_told():
        actions.end_booking(row, State.CANCELLED, "", now())
        flash("已取消，时间空出来了。", "success")
    return redirect(url_for("resources.resources"))


def _resource_or_404(resource_id: int) -> Resource:
    found = db.session.get(Resource, resource_id)
    if found is None or not (found.active or may(queries.MANAGE)):
        abort(404)
    return found


def _page(subject: Resource, form: BookingForm) -> str:
    today = local(now()).date()
    days = [rules.day_span(today + timedelta(days=n), LOCAL_ZONE) for n in range(rules.DAYS_SHOWN)]
    held = queries.taken(subject.id, days[0].starts, days[-1].ends) if subject.bookable else []
    shown: list[tuple[Any, list[Booking]]] = [
        (day.starts.date(), [one for one in held if one.span.meets(day)]) for day in days
    ]
    return render_template(
        "resources/resource.html", resource=subject, form=form, days=shown, me=current_person()
    )

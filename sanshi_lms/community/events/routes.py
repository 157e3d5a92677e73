"""/community/events/…: what is coming, signing up, checking in at the door, the calendar entry."""

from datetime import UTC

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from icalendar import Calendar
from icalendar import Event as Entry
from werkzeug.wrappers import Response

from sanshi_lms.community.events import actions, queries, rules
from sanshi_lms.community.events.models import Event
from sanshi_lms.community.events.rules import Seat, State
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "events", __name__, url_prefix="/community/events", template_folder="templates"
)
ICS = "text/calendar; charset=utf-8"


@blueprint.get("/")
@public
def events() -> str:
    """Show what is coming, and what took place."""
    moment = now()
    return render_template(
        "events/events.html",
        coming=queries.coming(moment),
        page=paginate(queries.past(moment), 12),
        page_url=lambda n: url_for("events.events", page=n),
    )


@blueprint.get("/<int:event_id>")
@public
def event(event_id: int) -> str:
    """Show an event; whoever is signed in sees how they stand in it."""
    subject, me, moment = _event_or_404(event_id), current_person(), now()
    mine = queries.seat_of(event_id, me.id) if me is not None else None
    return render_template(
        "events/event.html",
        event=subject,
        mine=mine if mine is not None and mine.seat != Seat.OUT else None,
        taken=queries.seats_taken(event_id),
        phase=rules.phase(subject.starts_at, subject.ends_at, moment),
        may_check_in=rules.check_in_problem(subject.starts_at, subject.ends_at, moment) is None,
        code=request.args.get("code", "")[:12],
    )


@blueprint.post("/<int:event_id>/seat")
@signed_in
def seat_post(event_id: int) -> Response:
    """Take a seat or leave it."""
    subject, me = _event_or_404(event_id), current_person()
    with refusals_told():
        if request.form.get("then") == "leave":
            actions.withdraw(subject, me.id, now())
            flash("已退出。", "success")
        else:
            row = actions.sign_up(subject, me.id, now())
            full = row.seat == Seat.WAITING
            told = "名额满了，您排在队里，有人退出就轮到您。" if full else "报上了，请按时参加。"
            flash(told, "success")
    return redirect(url_for("events.event", event_id=event_id))


@blueprint.post("/<int:event_id>/here")
@signed_in
@limiter.limit("10 per minute; 40 per hour", error_message="试错的次数太多，请过一会儿再试。")
def here_post(event_id: int) -> Response:
    """Check in by the code at the door."""
    subject = _event_or_404(event_id)
    with refusals_told():
        actions.check_in(subject, current_person().id, request.form.get("code", ""), now())
        flash("签到好了。", "success")
    return redirect(url_for("events.event", event_id=event_id))


@blueprint.get("/<int:event_id>.ics")
@public
def calendar(event_id: int) -> Response:
    """Send an event for a phone's calendar (RFC 5545)."""
    subject = _event_or_404(event_id)
    found, entry = Calendar(), Entry()
    found.add("prodid", "-//sanshi-lms//events//ZH")
    found.add("version", "2.0")
    entry.add("uid", f"event-{subject.id}@{request.host.partition(':')[0]}")
    entry.add("sequence", subject.version)
    entry.add("dtstamp", now())
    entry.add("dtstart", subject.starts_at.astimezone(UTC))
    entry.add("dtend", subject.ends_at.astimezone(UTC))
    entry.add("summary", subject.title)
    entry.add("location", subject.place)
    if subject.state == State.CANCELLED:
        entry.add("status", "CANCELLED")
    found.add_component(entry)
    response = Response(bytes(found.to_ical()), mimetype=ICS)
    response.headers["Content-Disposition"] = f"attachment; filename=event-{subject.id}.ics"
    return response


def _event_or_404(event_id: int) -> Event:
    return queries.find_event(event_id, current_person()) or abort(404)

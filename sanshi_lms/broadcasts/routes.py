"""/broadcasts/…: the calendar entry of a broadcast."""

from datetime import UTC

from flask import Blueprint, Response, abort, request
from icalendar import Calendar, Event

from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.core.access import held_reach, public
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.courses import may_see

blueprint = Blueprint("broadcasts", __name__, url_prefix="/broadcasts", template_folder="templates")
ICS = "text/calendar; charset=utf-8"


@blueprint.get("/<int:broadcast_id>.ics")
@public
def calendar(broadcast_id: int) -> Response:
    """Send the broadcast for a phone's calendar (RFC 5545), if a published lesson shows it."""
    subject = db.session.get(Broadcast, broadcast_id)
    if subject is None:
        abort(404)
    own = held_reach("courses.edit").covers(subject.unit_id)
    if not (own or may_see("broadcast", broadcast_id)):
        abort(404)
    response = Response(_ics(subject), mimetype=ICS)
    response.headers["Content-Disposition"] = f"attachment; filename=live-{subject.id}.ics"
    return response


def _ics(subject: Broadcast) -> bytes:
    found = Calendar()
    found.add("prodid", "-//sanshi-lms//broadcasts//ZH")
    found.add("version", "2.0")
    event = Event()
    event.add("uid", f"broadcast-{subject.id}@{request.host.partition(':')[0]}")
    event.add("sequence", subject.version)
    event.add("dtstamp", now())
    event.add("dtstart", subject.starts_at.astimezone(UTC))
    event.add("dtend", subject.ends_at.astimezone(UTC))
    event.add("summary", subject.title)
    event.add("description", f"{subject.about}\n{subject.url}".strip())
    found.add_component(event)
    return bytes(found.to_ical())

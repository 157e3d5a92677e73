"""A session as a calendar file that phones and office programs take."""

from datetime import UTC, datetime

from icalendar import Calendar, Event

from sanshi_lms.training.sessions.models import OfflineSession

ICS = "text/calendar; charset=utf-8"


def ics_of(subject: OfflineSession, host: str, url: str, moment: datetime) -> bytes:
    """Return the session as iCalendar (RFC 5545); `moment` is when it was asked for.

    The same UID with a higher SEQUENCE moves the entry that somebody took before.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//sanshi-lms//training//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if subject.cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"session-{subject.id}@{host}")
    event.add("sequence", subject.version)
    event.add("dtstamp", moment.astimezone(UTC))
    event.add("dtstart", subject.starts_at.astimezone(UTC))
    event.add("dtend", subject.ends_at.astimezone(UTC))
    event.add("summary", subject.title)
    event.add("location", subject.place)
    event.add("description", f"{subject.about}\n{url}".strip())
    event.add("url", url)
    event.add("status", "CANCELLED" if subject.cancelled else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())

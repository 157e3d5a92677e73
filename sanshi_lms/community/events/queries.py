"""Reads of events: what is open to everybody, and the list of who takes part for who arranges."""

from datetime import datetime

from sqlalchemy import Select, func, select

from sanshi_lms.account import User
from sanshi_lms.community.events.models import Event, EventSeat
from sanshi_lms.community.events.rules import Seat, State
from sanshi_lms.core.db import db

MANAGE = "community.manage"


def coming(moment: datetime) -> list[Event]:
    """Return what is on or to come, the nearest first; a cancelled one says so till its day."""
    query = select(Event).where(Event.state != State.DRAFT.value, Event.ends_at > moment)
    return list(db.session.scalars(query.order_by(Event.starts_at, Event.id)))


def past(moment: datetime) -> Select[Event]:
    """Return what took place, the newest first."""
    query = select(Event).where(Event.state == State.OPEN.value, Event.ends_at <= moment)
    return query.order_by(Event.starts_at.desc(), Event.id.desc())


def find_event(event_id: int, person: User | None) -> Event | None:
    """Return the event; a draft only to who arranges events."""
    found = db.session.get(Event, event_id)
    hidden = found is not None and found.state == State.DRAFT
    return None if hidden and not (person is not None and person.may(MANAGE)) else found


def seat_of(event_id: int, user_id: int) -> EventSeat | None:
    """Return how somebody stands in an event."""
    return db.session.get(EventSeat, (event_id, user_id))


def seats_taken(event_id: int) -> int:
    """Return how many are in."""
    query = select(func.count()).select_from(EventSeat)
    query = query.where(EventSeat.event_id == event_id, EventSeat.seat == Seat.IN.value)
    return db.session.scalar(query) or 0


def in_order(event_id: int) -> list[EventSeat]:
    """Return who is in, then who waits in order, then who went."""
    query = select(EventSeat).join(User, User.id == EventSeat.user_id)
    order = (EventSeat.seat != Seat.IN.value, EventSeat.seat == Seat.OUT.value, EventSeat.at,
             EventSeat.user_id)  # fmt: skip
    return list(db.session.scalars(query.where(EventSeat.event_id == event_id).order_by(*order)))


def waiting_first(event_id: int) -> EventSeat | None:
    """Return who moves up next."""
    query = select(EventSeat).where(
        EventSeat.event_id == event_id, EventSeat.seat == Seat.WAITING.value
    )
    return db.session.scalar(query.order_by(EventSeat.at, EventSeat.user_id).limit(1))


def events_query() -> Select[Event]:
    """Return all events for who arranges them, the newest first."""
    return select(Event).order_by(Event.starts_at.desc(), Event.id.desc())


def counts() -> dict[int, int]:
    """Return how many are in each event."""
    query = select(EventSeat.event_id, func.count()).where(EventSeat.seat == Seat.IN.value)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(EventSeat.event_id))}

"""Tables of events and who takes part."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.events import rules
from sanshi_lms.community.events.rules import SEATS, STATES, Seat, State
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)
_SEATS = ", ".join(f"'{seat}'" for seat in Seat)


class Event(Model):
    """A forum, a visit, a meeting. `code` stands in the QR at the door; 0 seats means no limit."""

    __tablename__ = "community_events"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_community_events_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH))
    about: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(rules.PLACE_LENGTH))
    speakers: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    replay: Mapped[str] = mapped_column(String(300), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seats: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    words: Mapped[str] = mapped_column(String(rules.WORDS_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

    @property
    def speaker_lines(self) -> list[str]:
        """Its speakers, one each."""
        return [line.strip() for line in self.speakers.splitlines() if line.strip()]

    @property
    def links(self) -> list[rules.Link]:
        """Its materials."""
        return rules.read_links(self.materials)


class EventSeat(Model):
    """Somebody in an event; who waits moves up in the order of `at`."""

    __tablename__ = "community_event_seats"
    __table_args__ = (CheckConstraint(f"seat IN ({_SEATS})", name="seat"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey(Event.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    seat: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    here_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def told(self) -> tuple[str, str | None]:
        """How it is told: word, tone."""
        return SEATS[Seat(self.seat)]

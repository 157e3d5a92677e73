"""Tables of meetings (议事协商): agenda, minutes, poll with a vote a household, follow-ups."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.community.meetings import rules
from sanshi_lms.community.meetings.rules import STATES, State
from sanshi_lms.community.models import Community
from sanshi_lms.community.needs.models import Need
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)


class Meeting(Model):
    """A meeting of a community. `options` stand one to a line; no question means no poll."""

    __tablename__ = "community_meetings"
    __table_args__ = (CheckConstraint(f"state IN ({_STATES})", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(Community.id), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey(Need.id), index=True)
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    place: Mapped[str] = mapped_column(String(rules.PLACE_LENGTH))
    agenda: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(String(rules.LINE_LENGTH), default="")
    options: Mapped[str] = mapped_column(Text, default="")
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    community: Mapped[Community] = relationship(lazy="joined", innerjoin=True)
    follow_ups: Mapped[list["FollowUp"]] = relationship(order_by="FollowUp.id", lazy="selectin")

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

    @property
    def option_lines(self) -> list[str]:
        """The options of its poll."""
        return rules.read_options(self.options)


class VoteCode(Model):
    """A household's vote: who holds the code chooses, and may choose again until the closing.

    Nothing here says whose it is.
    """

    __tablename__ = "community_vote_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(rules.CODE_DIGITS), unique=True)
    choice: Mapped[int | None]


class FollowUp(Model):
    """What follows from a decision: what, who, till which day, and what came of it."""

    __tablename__ = "community_follow_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    text: Mapped[str] = mapped_column(String(rules.LINE_LENGTH))
    who: Mapped[str] = mapped_column(String(rules.LINE_LENGTH))
    due_on: Mapped[date]
    result: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

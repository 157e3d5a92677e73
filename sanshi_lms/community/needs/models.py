"""Tables of needs: a need, each step of its way, its photos."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.models import Community, Kind
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.rules import STAGES, Clock, Due, Limits, Stage, State
from sanshi_lms.community.needs.workdays import after_plain, after_working
from sanshi_lms.community.services.models import Service
from sanshi_lms.core.db import Model, UtcDateTime
from sanshi_lms.courses import Course, Lesson

_STATES = ", ".join(f"'{state}'" for state in State)


class Need(Model):
    """Something that somebody asks for. `version` counts steps: two people at once notice.

    `nonce` names the form it came from, so that a form sent twice makes one need. `due_at` and
    `warn_at` are what the rules say of its state, kept so that lists can be ordered by them.
    """

    __tablename__ = "community_needs"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("origin IN ('resident', 'cadre', 'pro')", name="origin"),
        CheckConstraint("state <> 'merged' OR merged_into_id IS NOT NULL", name="merged"),
        CheckConstraint("state <> 'assigned' OR pro_id IS NOT NULL", name="assigned"),
        Index("ix_community_needs_community_id_state", "community_id", "state"),
        Index("ix_community_needs_pro_id_state", "pro_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(Community.id))
    kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id), index=True)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(rules.PLACE_LENGTH), default="")
    concerns: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(10))
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[str] = mapped_column(String(20), default=State.RECEIVED.value)
    pro_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    service_id: Mapped[int | None] = mapped_column(ForeignKey(Service.id), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("community_needs.id"))
    version: Mapped[int] = mapped_column(default=1)
    reopened: Mapped[int] = mapped_column(default=0)
    invented: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    running_since: Mapped[datetime] = mapped_column(UtcDateTime)
    waited_seconds: Mapped[int] = mapped_column(default=0)
    responded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    kind: Mapped[Kind] = relationship(lazy="raise_on_sql")

    @property
    def stage(self) -> Stage:
        """How its state is told."""
        return STAGES[State(self.state)]

    @property
    def is_open(self) -> bool:
        """Tell whether it is still on its way."""
        return State(self.state) in rules.OPEN

    @property
    def title(self) -> str:
        """The first words of what was written, for lists."""
        line = " ".join(self.text.split())
        return line if len(line) <= 28 else f"{line[:27]}…"

    @property
    def clock(self) -> Clock:
        """The times that its limits count from."""
        return Clock(self.opened_at, self.running_since, timedelta(seconds=self.waited_seconds))

    @property
    def due(self) -> Due:
        """When it is late."""
        return Due(self.due_at, self.warn_at)

    def keep_due(self, limits: Limits) -> None:
        """Work out anew when it is late."""
        found = rules.due(State(self.state), self.clock, limits)
        self.due_at, self.warn_at = found.at, found.warn_at


class NeedStep(Model):
    """One step of a need's way. Rows are only ever added.

    `to_asker` tells whether whoever asked may read it; `person_id` is empty for somebody who acted
    by the code alone.
    """

    __tablename__ = "community_need_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verb: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    pro_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    course_id: Mapped[int | None] = mapped_column(ForeignKey(Course.id, ondelete="SET NULL"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey(Lesson.id, ondelete="SET NULL"))
    to_asker: Mapped[bool] = mapped_column(default=True)


class NeedPhoto(Model):
    """A photo that came with a need, encoded anew by us: nothing of the original file is kept."""

    __tablename__ = "community_need_photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id, ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]


def limits_of(kind: Kind) -> Limits:
    """Return the limits of a kind as the rules read them."""
    return Limits(
        sign=kind.sign_hours or None,
        respond=kind.respond_hours or None,
        close=kind.close_hours or None,
        confirm=kind.confirm_hours or None,
        warn_percent=kind.warn_percent,
        after=after_working if kind.working_days else after_plain,
    )

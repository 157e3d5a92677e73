"""Tables of expert teams and consultations (会诊)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.experts import rules
from sanshi_lms.community.experts.rules import ADVICE_STATES, STATES, AdviceState, State
from sanshi_lms.community.models import Community, Professional
from sanshi_lms.community.needs.models import Need
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)
_ADVICE = ", ".join(f"'{state}'" for state in AdviceState)
_LEVELS = ", ".join(f"'{level}'" for level in rules.LEVELS)


class ExpertTeam(Model):
    """A team that can be asked for a consultation."""

    __tablename__ = "community_expert_teams"
    __table_args__ = (CheckConstraint(f"level IN ({_LEVELS})", name="level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(rules.NAME_LENGTH), unique=True)
    level: Mapped[str] = mapped_column(String(4))
    topic: Mapped[str] = mapped_column(String(40), default="")
    about: Mapped[str] = mapped_column(String(rules.ABOUT_LENGTH), default="")
    active: Mapped[bool] = mapped_column(default=True)


class TeamMember(Model):
    """A 三师 in a team."""

    __tablename__ = "community_team_members"

    team_id: Mapped[int] = mapped_column(
        ForeignKey(ExpertTeam.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(Professional.user_id), primary_key=True, index=True
    )

    pro: Mapped[Professional] = relationship(lazy="joined", innerjoin=True)


class Consultation(Model):
    """A 会诊: who asked which team about what. `nonce` names its form; `version` counts steps."""

    __tablename__ = "community_consultations"
    __table_args__ = (CheckConstraint(f"state IN ({_STATES})", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(ExpertTeam.id), index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(Community.id), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey(Need.id), index=True)
    way: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH))
    problem: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=State.PLANNED.value)
    record: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    host_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    team: Mapped[ExpertTeam] = relationship(lazy="joined", innerjoin=True)
    community: Mapped[Community] = relationship(lazy="joined", innerjoin=True)
    advice: Mapped[list["Advice"]] = relationship(order_by="Advice.id", lazy="selectin")

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]


class Advice(Model):
    """What an expert advises, and what became of it: the community's words in `result`."""

    __tablename__ = "community_advice"
    __table_args__ = (CheckConstraint(f"state IN ({_ADVICE})", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey(Consultation.id, ondelete="CASCADE"), index=True
    )
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=AdviceState.OPEN.value)
    result: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return ADVICE_STATES[AdviceState(self.state)]

"""Tables of star rounds: criteria, candidates with frozen evidence, judges, marks, objections."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.models import Professional
from sanshi_lms.community.stars import rules
from sanshi_lms.community.stars.rules import SOURCES, STATES, State
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)
_SOURCES = ", ".join(f"'{name}'" for name in SOURCES)


class StarRound(Model):
    """A round of 星级三师. `stars` are thresholds by number of stars; `digest` seals the result."""

    __tablename__ = "community_star_rounds"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("notice_days BETWEEN 1 AND 60", name="notice_days"),
        CheckConstraint("least_judges BETWEEN 1 AND 15", name="least_judges"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(rules.TITLE_LENGTH), unique=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    notice_days: Mapped[int] = mapped_column(default=7)
    least_judges: Mapped[int] = mapped_column(default=3)
    stars: Mapped[dict[str, float]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    version: Mapped[int] = mapped_column(default=1)
    words: Mapped[str] = mapped_column(Text, default="")
    sample: Mapped[bool] = mapped_column(default=True)
    invented: Mapped[bool] = mapped_column(default=False)
    notice_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notice_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    criteria: Mapped[list["StarCriterion"]] = relationship(
        cascade="all, delete-orphan", order_by="StarCriterion.position", lazy="selectin"
    )

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may see its result."""
        return self.state in {State.NOTICE, State.FINAL}

    @property
    def thresholds(self) -> dict[int, float]:
        """From which score on so many stars are earned."""
        return {int(stars): least for stars, least in self.stars.items()}


class StarCriterion(Model):
    """One thing that counts in a round."""

    __tablename__ = "community_star_criteria"
    __table_args__ = (
        CheckConstraint(f"source IN ({_SOURCES})", name="source"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight"),
        CheckConstraint("target > 0", name="target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey(StarRound.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(rules.LABEL_LENGTH))
    weight: Mapped[int]
    target: Mapped[float] = mapped_column(Float)

    @property
    def rule(self) -> rules.Criterion:
        """What the rules read of it."""
        return rules.Criterion(self.id, self.source, self.weight, self.target)


class StarCandidate(Model):
    """A 三师 in a round. `evidence` is frozen when scoring begins: by criterion, value and rows."""

    __tablename__ = "community_star_candidates"

    round_id: Mapped[int] = mapped_column(
        ForeignKey(StarRound.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(Professional.user_id), primary_key=True, index=True
    )
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    score: Mapped[float | None] = mapped_column(Float)
    stars: Mapped[int] = mapped_column(default=0)

    pro: Mapped[Professional] = relationship(lazy="joined", innerjoin=True)


class StarJudge(Model):
    """A member of a round's panel."""

    __tablename__ = "community_star_judges"

    round_id: Mapped[int] = mapped_column(
        ForeignKey(StarRound.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)

    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class StarMark(Model):
    """What a judge gives a candidate for a criterion, 0 to 100; or, without points, stands back."""

    __tablename__ = "community_star_marks"
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 100", name="points"),)

    round_id: Mapped[int] = mapped_column(
        ForeignKey(StarRound.id, ondelete="CASCADE"), primary_key=True
    )
    judge_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey(StarCriterion.id, ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StarObjection(Model):
    """What somebody says against a result while the notice stands; nobody needs an account."""

    __tablename__ = "community_star_objections"
    __table_args__ = (UniqueConstraint("nonce"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey(StarRound.id, ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(60), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

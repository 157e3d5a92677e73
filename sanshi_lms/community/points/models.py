"""Tables of points: lines that are only added, balances that never fall below zero, rewards."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanshi_lms.account import User
from sanshi_lms.community.points import rules
from sanshi_lms.community.points.rules import STATES, State
from sanshi_lms.community.rules import NAME_LENGTH
from sanshi_lms.core.db import Model, UtcDateTime

_STATES = ", ".join(f"'{state}'" for state in State)


class PointRule(Model):
    """What an occasion earns; without a row it earns what it begins with."""

    __tablename__ = "community_point_rules"
    __table_args__ = (CheckConstraint("points >= 0 AND minutes >= 0", name="amounts"),)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    points: Mapped[int]
    minutes: Mapped[int]


class PointLine(Model):
    """One line of somebody's points and minutes of service. Rows are only ever added.

    `cause` names the occasion ("need:12:done"), so that it counts once; a mistake or a redemption
    is a line with negative points.
    """

    __tablename__ = "community_point_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    cause: Mapped[str] = mapped_column(String(60), unique=True)
    told: Mapped[str] = mapped_column(String(120))
    points: Mapped[int]
    minutes: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PointBalance(Model):
    """What somebody has now: the sum of their lines, kept so that two spendings cannot both win."""

    __tablename__ = "community_point_balances"
    __table_args__ = (CheckConstraint("points >= 0", name="points"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    points: Mapped[int]
    minutes: Mapped[int]


class Reward(Model):
    """Something that a district gives for points. `district` "" is the whole city."""

    __tablename__ = "community_rewards"
    __table_args__ = (
        CheckConstraint("cost > 0", name="cost"),
        CheckConstraint("stock >= 0", name="stock"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(rules.NAME_LENGTH))
    about: Mapped[str] = mapped_column(String(rules.ABOUT_LENGTH), default="")
    district: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    cost: Mapped[int]
    stock: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Redemption(Model):
    """Points spent on a reward. `nonce` names the form, so that a double click spends once."""

    __tablename__ = "community_redemptions"
    __table_args__ = (CheckConstraint(f"state IN ({_STATES})", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey(Reward.id), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    cost: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=State.ASKED.value)
    words: Mapped[str] = mapped_column(String(rules.WORDS_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reward: Mapped[Reward] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def told(self) -> tuple[str, str | None]:
        """How its state is told: word, tone."""
        return STATES[State(self.state)]

"""Reads of points: balances, lines, rewards, what waits to be handed out."""

from sqlalchemy import Select, func, select

from sanshi_lms.account import User
from sanshi_lms.community.models import Professional, ServedDistrict
from sanshi_lms.community.points.models import (
    PointBalance,
    PointLine,
    PointRule,
    Redemption,
    Reward,
)
from sanshi_lms.community.points.rules import EARNINGS, State
from sanshi_lms.core.db import db

MANAGE = "community.manage"


def earnings() -> dict[str, tuple[int, int]]:
    """Return what each occasion earns now: points, minutes of service."""
    kept = {row.name: (row.points, row.minutes) for row in db.session.scalars(select(PointRule))}
    return {name: kept.get(name, (one.points, one.minutes)) for name, one in EARNINGS.items()}


def balance_of(user_id: int) -> tuple[int, int]:
    """Return somebody's points and minutes of service."""
    found = db.session.get(PointBalance, user_id)
    return (found.points, found.minutes) if found is not None else (0, 0)


def lines_of(user_id: int) -> Select[PointLine]:
    """Return somebody's lines, the newest first."""
    return select(PointLine).where(PointLine.user_id == user_id).order_by(PointLine.id.desc())


def rewards_for(user_id: int) -> list[Reward]:
    """Return the rewards that a 三师 may have: of the city and of the districts they serve."""
    mine = list(
        db.session.scalars(select(ServedDistrict.name).where(ServedDistrict.user_id == user_id))
    )
    query = select(Reward).where(Reward.active, Reward.district.in_(["", *mine]))
    return list(db.session.scalars(query.order_by(Reward.cost, Reward.id)))


def rewards() -> list[Reward]:
    """Return all rewards."""
    order = (Reward.active.desc(), Reward.district, Reward.cost, Reward.id)
    return list(db.session.scalars(select(Reward).order_by(*order)))


def redemptions_of(user_id: int) -> list[Redemption]:
    """Return what somebody exchanged, the newest first."""
    query = select(Redemption).where(Redemption.user_id == user_id)
    return list(db.session.scalars(query.order_by(Redemption.id.desc()).limit(50)))


def redemptions_query() -> Select[Redemption]:
    """Return all redemptions, what waits first."""
    return select(Redemption).order_by(Redemption.state != State.ASKED.value, Redemption.id.desc())


def count_asked() -> int:
    """Return how many redemptions wait to be handed out."""
    query = select(func.count(Redemption.id)).where(Redemption.state == State.ASKED.value)
    return db.session.scalar(query) or 0


def balances() -> Select[User, int, int]:
    """Return every 三师 with points and minutes, who has most first."""
    points = func.coalesce(PointBalance.points, 0)
    minutes = func.coalesce(PointBalance.minutes, 0)
    return (
        select(User, points, minutes)
        .join(Professional, Professional.user_id == User.id)
        .outerjoin(PointBalance, PointBalance.user_id == User.id)
        .order_by(points.desc(), User.display_name, User.id)
    )

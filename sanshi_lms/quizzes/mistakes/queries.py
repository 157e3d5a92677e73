"""Reads of the book of mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.mistakes.models import Mistake


@dataclass(frozen=True)
class Book:
    """How a person's book stands. `next_at` is when the next question comes, None without one."""

    due: int
    waiting: int
    known: int
    next_at: datetime | None


def book_of(user_id: int, at: datetime) -> Book:
    """Return how many questions are due, wait for their day, and are known."""
    due = select(func.count(Mistake.id)).where(Mistake.user_id == user_id, Mistake.due_at <= at)
    later = select(func.count(Mistake.id), func.min(Mistake.due_at)).where(
        Mistake.user_id == user_id, Mistake.due_at > at
    )
    known = select(func.count(Mistake.id)).where(
        Mistake.user_id == user_id, Mistake.due_at.is_(None)
    )
    waiting, next_at = db.session.execute(later).one()
    return Book(db.session.scalar(due) or 0, waiting, db.session.scalar(known) or 0, next_at)


def mistakes_due(user_id: int, at: datetime) -> int:
    """Return how many questions wait for a person now."""
    query = select(func.count(Mistake.id)).where(Mistake.user_id == user_id, Mistake.due_at <= at)
    return db.session.scalar(query) or 0


def next_due(user_id: int, at: datetime) -> Mistake | None:
    """Return the question that has been due for longest."""
    query = select(Mistake).where(Mistake.user_id == user_id, Mistake.due_at <= at)
    query = query.order_by(Mistake.due_at, Mistake.id).limit(1)
    return db.session.scalar(query.options(selectinload(Mistake.version)))


def own_mistake(mistake_id: int, user_id: int, *, lock: bool = False) -> Mistake | None:
    """Return a person's own question, held until the transaction ends with `lock`."""
    query = select(Mistake).where(Mistake.id == mistake_id, Mistake.user_id == user_id)
    query = query.options(selectinload(Mistake.version))
    return db.session.scalar(query.with_for_update() if lock else query)


def kept_for(user_id: int, item_ids: Sequence[int]) -> dict[int, Mistake]:
    """Return what a person's book already has of these items, by item."""
    query = select(Mistake).where(Mistake.user_id == user_id, Mistake.item_id.in_(item_ids))
    return {one.item_id: one for one in db.session.scalars(query)}

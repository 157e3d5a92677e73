"""Replaying an attempt from its seed: the same questions, in the same order, or what differs."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.frozen import FrozenPaper, ShownItem, show
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.papers.assembling import replayed


@dataclass(frozen=True)
class Replay:
    """What the seed gives. `equal` tells whether it is what the attempt was asked."""

    drawn: bool
    equal: bool
    sheet: list[ShownItem]


def replay(attempt_id: int) -> Replay | None:
    """Draw and order an attempt's paper again; None when there is no such attempt."""
    query = select(Attempt).where(Attempt.id == attempt_id).options(selectinload(Attempt.version))
    attempt = db.session.scalar(query)
    if attempt is None:
        return None
    stored = FrozenPaper.from_json(attempt.version.content)
    ids = replayed(attempt)
    equal = ids is None or ids == [item.item_id for item in stored.items]
    return Replay(ids is not None, equal, show(stored, attempt.seed))

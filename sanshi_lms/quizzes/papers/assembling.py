"""What an attempt on a paper consists of: the paper's own items, or items drawn from the bank."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from sanshi_lms.account import owned, units_above
from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import Reach
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.models import Attempt, Item, Paper, Pool
from sanshi_lms.quizzes.papers.drawing import (
    Candidate,
    Line,
    Shortage,
    draw,
    lines_from_json,
    lines_to_json,
)
from sanshi_lms.quizzes.queries import freeze, freeze_item


def bank_of(paper: Paper, topics: Sequence[str] | None = None) -> list[Candidate]:
    """Return the questions with a topic, of these topics or of all, that a paper may draw.

    They are the city's, and those of the paper's own unit and the units above it.
    """
    theirs: ColumnElement[bool] = Paper.unit_id.is_(None)
    if paper.unit_id is not None:
        theirs = or_(theirs, Paper.unit_id.in_(units_above(paper.unit_id)))
    return _candidates(theirs, topics)


def bank_within(reach: Reach) -> list[Candidate]:
    """Return the questions with a topic that stand in papers within reach."""
    return _candidates(owned(Paper.unit_id, reach), None)


def _candidates(theirs: ColumnElement[bool], topics: Sequence[str] | None) -> list[Candidate]:
    query = select(Item.id, Item.topic, Item.difficulty).join(Paper, Paper.id == Item.paper_id)
    query = query.where(Item.topic != "", theirs)
    if topics is not None:
        query = query.where(Item.topic.in_(topics))
    return [Candidate(*row) for row in db.session.execute(query.order_by(Item.id))]


def assemble(paper: Paper, seed: int) -> tuple[FrozenPaper, int | None]:
    """Return a full paper as this attempt gets it, and the pool it was drawn from, if it was.

    Raises Refusal when the bank has too few questions by now.
    """
    if not paper.blueprint:
        return freeze(paper), None
    lines = lines_from_json(paper.blueprint)
    pool = bank_of(paper, [line.topic for line in lines])
    try:
        ids = draw(pool, lines, seed)
    except Shortage:
        raise Refusal("这份测验的题库题目不够了，暂时不能开始。请告诉管理员。", 409) from None
    query = select(Item).where(Item.id.in_(ids)).options(selectinload(Item.options))
    items = {item.id: freeze_item(item) for item in db.session.scalars(query)}
    drawn = FrozenPaper(
        paper.title,
        paper.pass_percent,
        paper.shuffle,
        tuple(items[i] for i in ids),
        paper.partial,  # type: ignore[arg-type]  # the table's constraint keeps it so
    )
    return drawn, _keep_pool(pool, lines)


def replayed(attempt: Attempt) -> list[int] | None:
    """Return the items that its seed draws again for an attempt; None when nothing was drawn."""
    pool = db.session.get(Pool, attempt.pool_id) if attempt.pool_id else None
    if pool is None:
        return None
    candidates = [Candidate(*one) for one in pool.content["pool"]]
    return draw(candidates, lines_from_json(pool.content["lines"]), attempt.seed)


def _keep_pool(pool: Sequence[Candidate], lines: Sequence[Line]) -> int:
    content: dict[str, Any] = {
        "lines": lines_to_json(lines),
        "pool": [list(astuple(one)) for one in pool],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    insert_missing(Pool, digest=digest, content=content)
    return db.session.scalars(select(Pool.id).where(Pool.digest == digest)).one()

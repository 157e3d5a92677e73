"""Who changes when attempts are marked again by the keys as they are now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.quizzes.frozen import FrozenItem, FrozenPaper
from sanshi_lms.quizzes.marking import Mark, percent
from sanshi_lms.quizzes.models import Attempt, Item, Paper, PaperVersion
from sanshi_lms.quizzes.papers.rules import counted_percent
from sanshi_lms.quizzes.queries import freeze_item, is_pretest
from sanshi_lms.quizzes.regrading.rules import asks_the_same, carried


@dataclass(frozen=True)
class Change:
    """What an attempt was and would be. `moves` tells whether the person would notice."""

    attempt: Attempt
    name: str
    paper: FrozenPaper
    right: int
    percent: int
    passed: bool

    @property
    def moves(self) -> bool:
        """Tell whether result or verdict differ."""
        return (self.percent, self.passed) != (self.attempt.percent, self.attempt.passed)


def mended_items(paper_id: int) -> dict[int, FrozenItem]:
    """Return the items whose key differs now from the one that attempts were marked by.

    Only the key: when options were reworded too, the old answers say nothing about the new ones.
    """
    versions = [FrozenPaper.from_json(v.content) for v in _marked_by(paper_id)]
    asked = {item.item_id for paper in versions for item in paper.items}
    query = select(Item).where(Item.id.in_(asked)).options(selectinload(Item.options))
    now = {item.id: freeze_item(item) for item in db.session.scalars(query)}
    return {
        item.item_id: mended
        for paper in versions
        for item in paper.items
        if (mended := _mended(item, now.get(item.item_id))) is not None
    }


def changes_of(paper_id: int, *, keep_passed: bool) -> list[Change]:
    """Return every handed-in attempt that the mended keys touch, as it would be, oldest first."""
    mended = mended_items(paper_id)
    if not mended:
        return []
    query = (
        select(Attempt, User.display_name)
        .join(User, User.id == Attempt.user_id)
        .where(
            Attempt.paper_id == paper_id,
            Attempt.handed_in_at.is_not(None),
            Attempt.to_mark.is_(False),  # whoever marks them does so by the keys of that day
        )
        .options(selectinload(Attempt.version), selectinload(Attempt.answers))
        .order_by(Attempt.id)
    )
    averages = counting_of(paper_id) == "average"
    pretest = is_pretest(paper_id)
    percents: dict[int, list[int]] = defaultdict(list)
    found = []
    for attempt, name in db.session.execute(query):
        stored = FrozenPaper.from_json(attempt.version.content)
        paper = replace(stored, items=tuple(_now(item, mended) for item in stored.items))
        mine = percents[attempt.user_id] if averages and not attempt.practice else []
        change = _change(attempt, name, paper, mine, keep_passed=keep_passed or pretest)
        mine.append(change.percent)
        if paper != stored or change.moves:
            found.append(change)
    return found


def counting_of(paper_id: int) -> str:
    """Return which result of a paper counts."""
    return db.session.scalars(select(Paper.counting).where(Paper.id == paper_id)).one()


def _change(
    attempt: Attempt, name: str, paper: FrozenPaper, before: list[int], *, keep_passed: bool
) -> Change:
    """Return how an attempt would be; `before` are earlier percentages that count with it."""
    marks = paper.mark(carried_answers(attempt, paper), _points_of(attempt))
    scored = percent(list(marks.values()))
    together = counted_percent("average", [*before, scored]) or 0
    passed = together >= paper.pass_percent or (keep_passed and bool(attempt.passed))
    right = sum(one.is_right for one in marks.values())
    return Change(attempt, name, paper, right, scored, passed and not attempt.practice)


def marks_of(attempt: Attempt, paper: FrozenPaper) -> dict[int, Mark]:
    """Return what the answers of an attempt earn on a paper, with what a person gave for some."""
    return paper.mark(
        {answer.item_id: answer.chosen for answer in attempt.answers}, _points_of(attempt)
    )


def carried_answers(attempt: Attempt, paper: FrozenPaper) -> dict[int, list[Any]]:
    """Return the answers of an attempt in the numbering of a paper that asks the same."""
    stored = FrozenPaper.from_json(attempt.version.content)
    found = {}
    for answer in attempt.answers:
        was, is_now = stored.item(answer.item_id), paper.item(answer.item_id)
        found[answer.item_id] = answer.chosen
        if was is not None and is_now is not None:
            found[answer.item_id] = carried(was.content, is_now.content, answer.chosen)
    return found


def _points_of(attempt: Attempt) -> dict[int, list[int] | None]:
    return {answer.item_id: answer.points for answer in attempt.answers}


def _marked_by(paper_id: int) -> Sequence[PaperVersion]:
    used = select(Attempt.version_id).where(
        Attempt.paper_id == paper_id, Attempt.handed_in_at.is_not(None)
    )
    return db.session.scalars(select(PaperVersion).where(PaperVersion.id.in_(used))).all()


def _mended(item: FrozenItem, now: FrozenItem | None) -> FrozenItem | None:
    if now is None or not _asks_the_same(item, now):
        return None
    mended = replace(item, options=now.options, kept=now.kept)
    return mended if mended != item else None


def _asks_the_same(item: FrozenItem, now: FrozenItem) -> bool:
    if item.kept is None and now.kept is None:  # a reworded stem asks the same of old options
        return [o.text for o in item.options] == [o.text for o in now.options]
    return (
        item.kept is not None and now.kept is not None and asks_the_same(item.content, now.content)
    )


def _now(item: FrozenItem, mended: dict[int, FrozenItem]) -> FrozenItem:
    fresh = mended.get(item.item_id)
    if fresh is None or not _asks_the_same(item, fresh):
        return item
    return replace(item, options=fresh.options, kept=fresh.kept)

"""Reads of item analysis: one pass over the answers, whatever their number.

Everybody's first attempt counts, later ones have seen the explanations; practice does not.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, Text, cast, func, select

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.analysis import rules
from sanshi_lms.quizzes.analysis.rules import Sums
from sanshi_lms.quizzes.frozen import FrozenItem, FrozenPaper
from sanshi_lms.quizzes.models import Answer, Attempt, Paper, PaperVersion

_NEWEST_VERSIONS = 200


@dataclass(frozen=True)
class OptionUse:
    """How many chose an option."""

    text: str
    correct: bool
    chosen: int


@dataclass(frozen=True)
class ItemFigures:
    """A question's figures. `number` is its place in the author's order."""

    number: int
    item: FrozenItem
    sums: Sums
    options: list[OptionUse]
    unanswered: int

    @property
    def facility(self) -> float | None:
        """Return the share who answered right."""
        return rules.facility(self.sums)

    @property
    def discrimination(self) -> float | None:
        """Return the correlation with the rest of the paper."""
        return rules.discrimination(self.sums)

    @property
    def verdicts(self) -> list[str]:
        """Return what is worth looking at."""
        return rules.verdicts(self.sums)


@dataclass(frozen=True)
class Analysis:
    """A paper's figures. `alpha` is None when not everybody was asked the same questions."""

    attempts: int
    items: list[ItemFigures]
    alpha: float | None
    tens: list[int]
    mean: float | None
    again: list[ItemFigures] = field(default_factory=list)


@dataclass
class _Tally:
    rows: int = 0
    totals: int = 0
    squares: int = 0
    right: int = 0
    right_totals: int = 0
    given: int = 0
    numbers: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def analysis_of(paper: Paper, people: Select[int] | None = None) -> Analysis:
    """Return the analysis of a paper's first attempts: of `people` (ids), None: of everybody."""
    firsts = _firsts(paper.id, people)
    versions = _versions(paper.id)
    sizes = _sizes(firsts)
    tallies = _tallies(firsts)
    newest: dict[int, FrozenItem] = {}
    asked: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for version_id, frozen in versions.items():
        for item in frozen.items:
            newest.setdefault(item.item_id, item)
            if paper.blueprint:  # each has questions of their own: their rows tell who was asked
                tally = tallies.get(item.item_id, _Tally())
                asked[item.item_id] = [tally.rows, tally.totals, tally.squares]
                continue
            for place, value in enumerate(sizes.get(version_id, (0, 0, 0))):
                asked[item.item_id][place] += value
    items = [
        _figures(number, item, asked[item.item_id], tallies.get(item.item_id, _Tally()))
        for number, item in enumerate(newest.values(), 1)
        if asked[item.item_id][0]
    ]
    percents = _percents(firsts)
    attempts = sum(count for _, count in percents)
    alike = all(one.sums.asked == attempts for one in items)
    return Analysis(
        attempts=attempts,
        items=items,
        alpha=rules.alpha([one.sums for one in items]) if alike else None,
        tens=rules.histogram(percents),
        mean=sum(p * c for p, c in percents) / attempts if attempts else None,
        again=sorted(
            (one for one in items if rules.teach_again(one.facility, one.sums.asked)),
            key=lambda one: one.facility or 0,
        ),
    )


def _firsts(paper_id: int, people: Select[int] | None = None) -> Select[int]:
    """Return the query of everybody's first attempt that was handed in."""
    query = select(func.min(Attempt.id)).where(
        Attempt.paper_id == paper_id,
        Attempt.practice.is_(False),
        Attempt.handed_in_at.is_not(None),
        Attempt.to_mark.is_(False),
    )
    if people is not None:
        query = query.where(Attempt.user_id.in_(people))
    return query.group_by(Attempt.user_id)


def analysed_papers(people: Select[int] | None = None) -> list[tuple[Paper, int]]:
    """Return the papers that were handed in, with how often, the most frequent first."""
    query = select(Attempt.paper_id, func.count()).where(
        Attempt.practice.is_(False), Attempt.handed_in_at.is_not(None), Attempt.to_mark.is_(False)
    )
    if people is not None:
        query = query.where(Attempt.user_id.in_(people))
    counts = {row[0]: row[1] for row in db.session.execute(query.group_by(Attempt.paper_id))}
    papers = db.session.scalars(select(Paper).where(Paper.id.in_(counts)))
    return sorted(
        ((paper, counts[paper.id]) for paper in papers), key=lambda one: (-one[1], one[0].id)
    )


def _versions(paper_id: int) -> dict[int, FrozenPaper]:
    query = select(PaperVersion.id, PaperVersion.content).where(PaperVersion.paper_id == paper_id)
    rows = db.session.execute(query.order_by(PaperVersion.id.desc()).limit(_NEWEST_VERSIONS))
    return {row[0]: FrozenPaper.from_json(row[1]) for row in rows}


def _sizes(firsts: Select[int]) -> Mapping[int, tuple[int, int, int]]:
    """Return by version: attempts, their right answers together, and the sum of the squares."""
    total = func.coalesce(Attempt.right, 0)
    query = select(
        Attempt.version_id, func.count(), func.sum(total), func.sum(total * total)
    ).where(Attempt.id.in_(firsts))
    rows = db.session.execute(query.group_by(Attempt.version_id))
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def _percents(firsts: Select[int]) -> list[tuple[int, int]]:
    query = select(Attempt.percent, func.count()).where(Attempt.id.in_(firsts))
    rows = db.session.execute(query.group_by(Attempt.percent))
    return [(row[0] or 0, int(row[1])) for row in rows]


def _tallies(first_attempts: Select[int]) -> dict[int, _Tally]:
    firsts = first_attempts.subquery()
    chosen = cast(Answer.chosen, Text)
    total = func.coalesce(Attempt.right, 0)
    query = (
        select(
            Answer.item_id,
            chosen,
            Answer.is_right,
            func.count(),
            func.sum(total),
            func.sum(total * total),
        )
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(firsts, firsts.c[0] == Attempt.id)
        .group_by(Answer.item_id, chosen, Answer.is_right)
    )
    found: dict[int, _Tally] = defaultdict(_Tally)
    for item_id, numbers, right, count, totals, squares in db.session.execute(query):
        tally = found[item_id]
        tally.rows += int(count)
        tally.totals += int(totals)
        tally.squares += int(squares)
        if right:
            tally.right += int(count)
            tally.right_totals += int(totals)
        parsed = [int(n) for n in numbers.strip("[] ").split(",") if n.strip().isdigit()]
        tally.given += int(count) if numbers.strip("[] ") else 0
        for number in parsed:
            tally.numbers[number] += int(count)
    return found


def _figures(number: int, item: FrozenItem, asked: list[int], tally: _Tally) -> ItemFigures:
    return ItemFigures(
        number=number,
        item=item,
        sums=Sums(asked[0], asked[1], asked[2], tally.right, tally.right_totals),
        options=[
            OptionUse(option.text, option.correct, tally.numbers.get(place, 0))
            for place, option in enumerate(item.options)
        ],
        unanswered=asked[0] - tally.given,
    )

"""Reads of the room quizzes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.shared import shared
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.frozen import FrozenItem, FrozenOption, FrozenPaper
from sanshi_lms.quizzes.models import Attempt, Item, Paper
from sanshi_lms.quizzes.papers.rules import PaperRule, Past, counted_percent, start_problem


@dataclass(frozen=True)
class Standing:
    """Where one person stands with one paper, practice apart.

    `left` is None when attempts are unlimited; `problem` says why no test can be started now.
    """

    used: int
    left: int | None
    best: Attempt | None
    open: Attempt | None
    percent: int | None = None
    passed: bool = False
    problem: str | None = None
    practising: Attempt | None = None
    waiting: bool = False

    @property
    def may_start(self) -> bool:
        """Tell whether another attempt may be started."""
        return self.problem is None


@dataclass(frozen=True)
class Figures:
    """What the administrator sees of a paper's use. `passed` counts people, not attempts."""

    attempts: int = 0
    people: int = 0
    passed: int = 0


@dataclass(frozen=True)
class Result:
    """An attempt that was handed in, as a person's record lists it; `percent` is 0 to 100."""

    title: str
    handed_in_at: datetime
    percent: int
    passed: bool


def results_of(user_id: int) -> list[Result]:
    """Return a person's attempts that were handed in, the oldest first."""
    query = (
        select(Paper.title, Attempt.handed_in_at, Attempt.percent, Attempt.passed)
        .join(Paper, Paper.id == Attempt.paper_id)
        .where(
            Attempt.user_id == user_id,
            Attempt.handed_in_at.is_not(None),
            Attempt.practice.is_(False),
        )
        .order_by(Attempt.handed_in_at, Attempt.id)
    )
    return [
        Result(title, at, percent or 0, bool(passed))
        for title, at, percent, passed in db.session.execute(query)
        if at is not None
    ]


def full_paper(paper_id: int) -> Paper | None:
    """Return a paper with its items and options, in three queries."""
    query = select(Paper).where(Paper.id == paper_id)
    return db.session.scalar(
        query.options(selectinload(Paper.items).selectinload(Item.options)).execution_options(
            populate_existing=True
        )
    )


def freeze(paper: Paper) -> FrozenPaper:
    """Return a full paper as it is now."""
    return FrozenPaper(
        paper.title,
        paper.pass_percent,
        paper.shuffle,
        tuple(freeze_item(item) for item in paper.items),
        paper.partial,  # type: ignore[arg-type]  # the table's constraint keeps it so
    )


def freeze_item(item: Item) -> FrozenItem:
    """Return an item, with its options loaded, as it is now."""
    return FrozenItem(
        item.id,
        item.kind,  # type: ignore[arg-type]  # the table's constraint keeps it to the kinds
        item.stem_md,
        item.explanation_md,
        item.review_slug,
        tuple(FrozenOption(option.text, option.correct) for option in item.options),
        item.content,
        item.source_clause,
        item.lesson_seconds,
        item.version,
    )


def own_attempt(attempt_id: int, user_id: int, *, lock: bool = False) -> Attempt | None:
    """Return an attempt with its frozen paper and answers, only to the person it belongs to.

    With `lock` nobody else changes it until the transaction ends.
    """
    query = select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id)
    if lock:
        query = query.with_for_update()
    return db.session.scalar(
        query.options(selectinload(Attempt.version), selectinload(Attempt.answers))
    )


def rule_of(paper: Paper) -> PaperRule:
    """Return a paper's rule, its times as local times."""
    return PaperRule(
        pass_percent=paper.pass_percent,
        attempts_allowed=paper.attempts_allowed,
        limit_minutes=paper.limit_minutes,
        grace_seconds=paper.grace_seconds,
        opens_at=local(paper.opens_at) if paper.opens_at else None,
        closes_at=local(paper.closes_at) if paper.closes_at else None,
        cooldown_hours=paper.cooldown_hours,
        counting=paper.counting,  # type: ignore[arg-type]  # the table's constraint keeps it so
        practice=paper.practice,
        partial=paper.partial,
        pretest=paper.posttest_id is not None,
        watched=paper.watched,
    )


def is_pretest(paper_id: int) -> bool:
    """Tell whether a paper is the test before a lecture: handing in is all that it asks for."""
    query = select(Paper.posttest_id).where(Paper.id == paper_id)
    return db.session.scalar(query) is not None


def past_of(attempts: Sequence[Attempt]) -> Past:
    """Return what attempts on one paper, oldest first, amount to; practice is none of it."""
    done = [a for a in attempts if a.handed_in_at and not a.practice]
    return Past(
        percents=[a.percent or 0 for a in done],
        passed=any(a.passed for a in done),
        last_at=max((a.handed_in_at for a in done if a.handed_in_at), default=None),
        waiting=any(a.to_mark for a in done),
    )


def standing(paper: Paper, user_id: int, at: datetime) -> Standing:
    """Return where a person stands with a paper at `at`."""
    attempts = attempts_of(paper.id, user_id)
    done = [a for a in attempts if a.handed_in_at and not a.practice]
    best = max(done, key=lambda a: (bool(a.passed), a.percent or 0, -a.number), default=None)
    past, rule = past_of(attempts), rule_of(paper)
    running = [a for a in attempts if a.handed_in_at is None]
    return Standing(
        used=len(done),
        left=rules.attempts_left(paper.attempts_allowed, len(done)),
        best=best,
        open=next((a for a in running if not a.practice), None),
        percent=counted_percent(rule.counting, past.percents),
        passed=past.passed,
        problem=start_problem(rule, past, local(at)),
        practising=next((a for a in running if a.practice), None),
        waiting=past.waiting,
    )


def attempts_of(paper_id: int, user_id: int) -> Sequence[Attempt]:
    """Return one person's attempts on one paper, oldest first."""
    query = select(Attempt).where(Attempt.paper_id == paper_id, Attempt.user_id == user_id)
    return db.session.scalars(query.order_by(Attempt.number)).all()


@shared("quizzes")
def item_counts(paper_ids: Collection[int]) -> dict[int, int]:
    """Return how many items an attempt on each of these papers has."""
    query = (
        select(Paper.id, Paper.blueprint, func.count(Item.id))
        .outerjoin(Item, Item.paper_id == Paper.id)
        .where(Paper.id.in_(paper_ids))
        .group_by(Paper.id)
    )
    return {
        paper_id: sum(line["count"] for line in lines) if lines else own
        for paper_id, lines, own in db.session.execute(query)
    }


def figures(paper_ids: Collection[int]) -> Mapping[int, Figures]:
    """Return the use of each of these papers that was used at all."""
    people = func.count(Attempt.user_id.distinct())
    query = select(Attempt.paper_id, func.count(), people).where(
        Attempt.paper_id.in_(paper_ids), Attempt.practice.is_(False)
    )
    used = db.session.execute(query.group_by(Attempt.paper_id)).all()
    query_passed = select(Attempt.paper_id, people).where(
        Attempt.paper_id.in_(paper_ids), Attempt.passed.is_(True)
    )
    passed = dict(db.session.execute(query_passed.group_by(Attempt.paper_id)).all())
    return {
        paper_id: Figures(attempts, persons, passed.get(paper_id, 0))
        for paper_id, attempts, persons in used
    }


def papers_query(words: str) -> Select[Paper]:
    """Return the query of the papers list, newest first, narrowed by words of the title."""
    query = select(Paper).order_by(Paper.id.desc())
    if words:
        query = query.where(
            or_(
                Paper.title.contains(words, autoescape=True),
                Paper.pack_key.contains(words, autoescape=True),
            )
        )
    return query


@shared("quizzes")
def papers_by_id(ids: Collection[int]) -> dict[int, Paper]:
    """Return the papers with these ids, without their items."""
    return {paper.id: paper for paper in db.session.scalars(select(Paper).where(Paper.id.in_(ids)))}


def count_papers() -> int:
    """Return how many papers there are."""
    return db.session.scalar(select(func.count(Paper.id))) or 0


def handed_in_since(moment: datetime) -> int:
    """Return how many attempts were handed in since `moment`."""
    query = select(func.count(Attempt.id)).where(Attempt.handed_in_at >= moment)
    return db.session.scalar(query) or 0


def items_by_id(ids: Collection[int]) -> dict[int, Item]:
    """Return the items with these ids, without their options."""
    return {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(ids)))}


def papers_of_attempts(ids: Collection[int]) -> dict[int, Paper]:
    """Return the paper of each of these attempts, by the attempt's id."""
    query = select(Attempt.id, Paper).join(Paper, Paper.id == Attempt.paper_id)
    return {row[0]: row[1] for row in db.session.execute(query.where(Attempt.id.in_(ids)))}


def item_keys(paper_ids: Collection[int]) -> dict[str, int]:
    """Return the items of these papers that `ask_item` may ask, by their names in packs."""
    query = select(Item.key, Item.id).where(
        Item.paper_id.in_(paper_ids), Item.key.is_not(None), Item.kind.in_(rules.CHOICE_KINDS)
    )
    return {key: item_id for key, item_id in db.session.execute(query) if key is not None}

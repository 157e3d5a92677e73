"""Writes of attempts: starting, answering, handing in.

Each of these may come twice (a double click, a retry after a dropped line, two devices): the
second time changes nothing. The attempt's row is locked while its answers change, so that an
answer is either in before the marking or refused after it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import Signal
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.attempts.rules import heard_now, is_news, is_over
from sanshi_lms.quizzes.frozen import FrozenPaper, ShownItem, show
from sanshi_lms.quizzes.marking import percent
from sanshi_lms.quizzes.mistakes.actions import take_in
from sanshi_lms.quizzes.models import Answer, Attempt, Paper, PaperVersion
from sanshi_lms.quizzes.papers.assembling import assemble
from sanshi_lms.quizzes.papers.rules import (
    PaperRule,
    counted_percent,
    deadline,
    start_problem,
)
from sanshi_lms.quizzes.queries import attempts_of, full_paper, is_pretest, past_of, rule_of

attempt_passed = Signal(
    "Sent in the transaction of the marking with user_id, paper_id, attempt_id and score (0..100)."
)
_SEEDS = 2**31


def start_attempt(paper_id: int, user_id: int, at: datetime, *, practice: bool = False) -> Attempt:
    """Return the person's open attempt on a paper, opening one when there is none.

    Its deadline is fixed here, by the server's clock. Raises Refusal when the paper has no items
    yet, is not open, or no attempt is left.
    """
    paper = full_paper(paper_id)
    if paper is None or not (paper.items or paper.blueprint):
        raise Refusal("这份测验还没有题目，请过些时候再来。", 409)
    attempts = attempts_of(paper.id, user_id)
    running = _running(attempts, practice=practice)
    if running is not None:
        return running
    rule = rule_of(paper)
    _refuse_start(rule, attempts, at, practice=practice)
    seed = secrets.randbelow(_SEEDS)
    frozen, pool_id = assemble(paper, seed)
    attempt = Attempt(
        paper_id=paper.id,
        version_id=version_of(paper.id, frozen, at).id,
        pool_id=pool_id,
        user_id=user_id,
        # From the same look that counted what is left: a rival attempt takes the number first.
        number=1 + max((one.number for one in attempts), default=0),
        seed=seed,
        started_at=at,
        practice=practice,
        deadline_at=None if practice else deadline(rule, at),
        grace_seconds=rule.grace_seconds,
        heard={},
        ended_by_clock=False,
    )
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
    except IntegrityError:
        # The same person's other click was faster; the constraint decided.
        rival = _running(attempts_of(paper.id, user_id), practice=practice)
        if rival is None:
            raise Refusal("请回到课程页面再试一次。", 409) from None
        return rival
    return attempt


@dataclass(frozen=True)
class Sending:
    """Which answer of which opened page this is; see `attempts.rules.is_news`."""

    page: str
    number: int


def save_answer(
    attempt: Attempt,
    item_id: int,
    places: Sequence[Any],
    at: datetime,
    sending: Sending | None = None,
) -> Attempt:
    """Keep what was chosen for one item; `places` are positions in the order shown, or texts.

    Saving the same again, or what was heard before, changes nothing; no place at all takes the
    answer back. Raises Refusal when the attempt is over, or for what cannot be an answer to this
    item. Returns the attempt as it is now.
    """
    return save_answers(attempt, {item_id: places}, at, sending)


def save_answers(
    attempt: Attempt,
    given: Mapping[int, Sequence[Any]],
    at: datetime,
    sending: Sending | None = None,
) -> Attempt:
    """Keep what was chosen for several items, as `save_answer` does for one."""
    held = _lock(attempt)
    if held.handed_in_at is not None:
        raise Refusal("这次测验已经交卷，答案不能再改了。", 409)
    if is_over(held.deadline_at, held.grace_seconds, at):
        raise Refusal("答题时间已到，这个答案没有收下；到时间为止已保存的答案会照常评分。", 409)
    if sending is not None:
        if not is_news(held.heard, sending.page, sending.number):
            return held
        held.heard = heard_now(held.heard, sending.page, sending.number)
    shown = {s.item.item_id: s for s in shown_items(held)}
    known = {answer.item_id: answer for answer in held.answers}
    for item_id, places in given.items():
        chosen = _chosen(shown.get(item_id), places)
        answer = known.get(item_id)
        if answer is None:
            held.answers.append(Answer(item_id=item_id, chosen=chosen, saved_at=at))
        elif answer.chosen != chosen:
            answer.chosen = chosen
            answer.saved_at = at
    return held


def hand_in(attempt: Attempt, at: datetime) -> Attempt:
    """Mark an attempt and fix its score; handing in again returns what was marked first.

    After the deadline it ends as the clock would have ended it. Sends `attempt_passed` within the
    transaction when it is passed.
    """
    held = _lock(attempt)
    if held.handed_in_at is not None:
        return held
    late = is_over(held.deadline_at, held.grace_seconds, at)
    paper = FrozenPaper.from_json(held.version.content)
    marks = paper.mark({answer.item_id: answer.chosen for answer in held.answers})
    if held.pool_id is not None:
        _enter_blanks(held, paper, at)
    for answer in held.answers:
        earned = marks.get(answer.item_id)
        answer.is_right = earned is not None and earned.is_right
    scored = percent(list(marks.values()))
    held.to_mark = not held.practice and any(one.needs_person for one in marks.values())
    passed = (
        bool(marks)
        and not (held.practice or held.to_mark)
        and passes(held, paper.pass_percent, scored)
    )
    held.ended_by_clock = late
    held.handed_in_at = held.deadline_at if late else at
    held.right = sum(one.is_right for one in marks.values())
    held.percent, held.passed = scored, passed
    db.session.flush()
    pretest = is_pretest(held.paper_id)
    if not pretest:  # whose key is kept back until the test after the lecture
        take_in(held, at)
    note("quizzes.hand_in", f"attempt:{held.id}", None, {"percent": scored})
    if held.passed:
        attempt_passed.send(
            None,
            user_id=held.user_id,
            paper_id=held.paper_id,
            attempt_id=held.id,
            score=100 if pretest else scored,  # no class's rule may ask a score of it
        )
    return held


def version_of(paper_id: int, frozen: FrozenPaper, at: datetime) -> PaperVersion:
    """Return the kept version of a paper with exactly this text and key."""
    digest = frozen.digest()
    query = select(PaperVersion).where(
        PaperVersion.paper_id == paper_id, PaperVersion.digest == digest
    )
    known = db.session.scalar(query)
    if known is not None:
        return known
    version = PaperVersion(
        paper_id=paper_id, digest=digest, content=frozen.to_json(), created_at=at
    )
    try:
        with db.session.begin_nested():
            db.session.add(version)
    except IntegrityError:
        return db.session.scalars(query).one()
    return version


def shown_items(attempt: Attempt) -> list[ShownItem]:
    """Return an attempt's items in the order that belongs to it."""
    return show(FrozenPaper.from_json(attempt.version.content), attempt.seed)


def unanswered(attempt: Attempt) -> list[ShownItem]:
    """Return the items nothing was chosen for."""
    answered = {answer.item_id for answer in attempt.answers if answer.chosen}
    return [s for s in shown_items(attempt) if s.item.item_id not in answered]


def _enter_blanks(held: Attempt, paper: FrozenPaper, at: datetime) -> None:
    """Enter what was asked and not answered: of a drawn paper nothing else tells who was asked."""
    known = {answer.item_id for answer in held.answers}
    held.answers.extend(
        Answer(item_id=item.item_id, chosen=[], saved_at=at)
        for item in paper.items
        if item.item_id not in known
    )


def _running(attempts: Sequence[Attempt], *, practice: bool) -> Attempt | None:
    running = (a for a in attempts if a.handed_in_at is None and a.practice == practice)
    return next(running, None)


def _refuse_start(
    rule: PaperRule, attempts: Sequence[Attempt], at: datetime, *, practice: bool
) -> None:
    if practice:
        reason = None if rule.practice else "这份测验没有练习，请直接开始测验。"
    else:
        reason = start_problem(rule, past_of(attempts), local(at))
    if reason:
        raise Refusal(reason, 409)


def passes(held: Attempt, pass_percent: int, scored: int) -> bool:
    """Tell whether the person has passed the paper with this attempt, by what counts there."""
    if is_pretest(held.paper_id):
        return True
    counting = db.session.scalar(select(Paper.counting).where(Paper.id == held.paper_id))
    if counting != "average":
        return scored >= pass_percent
    before = [one for one in attempts_of(held.paper_id, held.user_id) if one.id != held.id]
    together = counted_percent("average", [*past_of(before).percents, scored])
    return (together or 0) >= pass_percent


def _chosen(shown: ShownItem | None, given: Sequence[Any]) -> list[Any]:
    taken = shown.taken(given) if shown else None
    if taken is None:
        raise Refusal("这个答案和题目对不上，请刷新页面后再选一次。")
    return taken


def _lock(attempt: Attempt) -> Attempt:
    """Return the attempt as it is now, held until the transaction ends."""
    query = select(Attempt).where(Attempt.id == attempt.id).with_for_update()
    query = query.options(selectinload(Attempt.version), selectinload(Attempt.answers))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()

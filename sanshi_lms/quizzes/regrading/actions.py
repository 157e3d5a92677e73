"""Writes of regrades: attempts marked again, their history kept, rooms above told."""

from collections.abc import Sequence
from datetime import datetime

from blinker import Signal
from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.actions import attempt_passed, version_of
from sanshi_lms.quizzes.models import Attempt, Paper
from sanshi_lms.quizzes.regrading.models import LONGEST_REASON, Regrade, RegradeChange
from sanshi_lms.quizzes.regrading.queries import Change, carried_answers, changes_of, marks_of

attempt_regraded = Signal(
    "Sent in the transaction of a regrade, for each attempt whose result or verdict changed, with "
    "user_id, paper_id, attempt_id, title, reason, before and after (percent), was_passed, passed, "
    "and still_passed: whether any attempt of theirs on the paper is passed now."
)


def regrade(
    paper: Paper, seen: Sequence[int], reason: str, by_id: int, at: datetime, *, keep_passed: bool
) -> int:
    """Mark a paper's attempts again by the keys as they are now; return how many changed.

    `seen` are the attempts that the preview showed to change. Raises Refusal when that is not what
    would change now, when there is nothing to do, or without a reason.
    """
    if not reason or len(reason) > LONGEST_REASON:
        raise Refusal(f"请写明为什么重新评分（最多 {LONGEST_REASON} 个字），学员会看到。")
    # Nobody else regrades the paper meanwhile, and a second click finds nothing left to change.
    db.session.execute(select(Paper.id).where(Paper.id == paper.id).with_for_update())
    changes = changes_of(paper.id, keep_passed=keep_passed)
    moving = [one for one in changes if one.moves]
    if not changes:
        raise Refusal("现在没有要重新评分的作答。", 409)
    if sorted(one.attempt.id for one in moving) != sorted(seen):
        raise Refusal("看过预览以后又有变化，请再看一遍新的预览。", 409)
    row = Regrade(paper_id=paper.id, by_id=by_id, reason=reason, keep_passed=keep_passed, at=at)
    db.session.add(row)
    db.session.flush()
    told = [(one, _apply(one, row, at)) for one in changes]
    db.session.flush()
    note("quizzes.regrade", f"paper:{paper.id}", None, {"reason": reason, "regraded": len(moving)})
    for one, before in told:
        if (one.percent, one.passed) != before:
            tell_of_change(one.attempt, one.paper.title, before, reason)
    return len(moving)


def _apply(one: Change, row: Regrade, at: datetime) -> tuple[int, bool]:
    """Enter one change; return percentage and verdict as they were."""
    attempt = one.attempt
    before = attempt.percent or 0, bool(attempt.passed)
    db.session.add(
        RegradeChange(
            regrade_id=row.id,
            attempt_id=attempt.id,
            version_id=attempt.version_id,
            right=attempt.right or 0,
            percent=before[0],
            passed=before[1],
        )
    )
    chosen = carried_answers(attempt, one.paper)
    for answer in attempt.answers:
        answer.chosen = chosen[answer.item_id]
    marks = marks_of(attempt, one.paper)
    for answer in attempt.answers:
        earned = marks.get(answer.item_id)
        answer.is_right = earned is not None and earned.is_right
    attempt.version_id = version_of(attempt.paper_id, one.paper, at).id
    attempt.right, attempt.percent, attempt.passed = one.right, one.percent, one.passed
    return before


def tell_of_change(attempt: Attempt, title: str, before: tuple[int, bool], reason: str) -> None:
    """Tell the rooms above that a result that was fixed is another now: percent and verdict."""
    if attempt.passed and not before[1]:
        attempt_passed.send(
            None,
            user_id=attempt.user_id,
            paper_id=attempt.paper_id,
            attempt_id=attempt.id,
            score=attempt.percent,
        )
    if attempt.practice:
        return
    still = select(Attempt.id).where(
        Attempt.paper_id == attempt.paper_id,
        Attempt.user_id == attempt.user_id,
        Attempt.passed.is_(True),
    )
    attempt_regraded.send(
        None,
        user_id=attempt.user_id,
        paper_id=attempt.paper_id,
        attempt_id=attempt.id,
        title=title,
        reason=reason,
        before=before[0],
        after=attempt.percent,
        was_passed=before[1],
        passed=attempt.passed,
        still_passed=db.session.scalar(still.limit(1)) is not None,
    )

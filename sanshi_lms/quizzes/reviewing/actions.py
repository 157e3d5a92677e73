"""Writes of marking by a person: points by criterion, then the result of the attempt."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from blinker import Signal

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.actions import attempt_passed, passes
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.marking import percent
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.regrading.actions import tell_of_change
from sanshi_lms.quizzes.regrading.queries import marks_of
from sanshi_lms.quizzes.reviewing.models import LONGEST_REMARK, AnswerMark
from sanshi_lms.quizzes.reviewing.queries import ToMark, handed_in, to_mark

attempt_marked = Signal(
    "Sent in the transaction when the last short answer of an attempt was marked for the first "
    "time, with user_id, attempt_id, title, percent and passed."
)
Given = Mapping[int, Sequence[int]]
"""Points by criterion, by the id of the answer."""


def mark_short_answers(
    attempt_id: int,
    given: Given,
    remarks: Mapping[int, str],
    seen: int,
    by_id: int,
    at: datetime,
) -> Attempt:
    """Give points to all short answers of an attempt, and fix its result.

    `seen` is how many marks the page showed: of two people at once the later one is told. Marking
    again is allowed; what was given before stays in the history. Raises Refusal.
    """
    attempt = handed_in(attempt_id, lock=True)
    waiting = to_mark(attempt) if attempt else []
    if attempt is None or not waiting:
        raise Refusal("这份答卷没有要批阅的简答题。", 409)
    if sum(len(one.marks) for one in waiting) != seen:
        raise Refusal("刚刚有人批阅过这份答卷，请看过最新的分数再改。", 409)
    first, before = attempt.to_mark, (attempt.percent or 0, bool(attempt.passed))
    for one in waiting:
        _give(one, given.get(one.answer.id), remarks.get(one.answer.id, ""), by_id, at)
    db.session.flush()
    paper = FrozenPaper.from_json(attempt.version.content)
    _settle(attempt, paper)
    note("quizzes.mark", f"attempt:{attempt.id}", None, {"percent": attempt.percent})
    if first:
        _first_time(attempt, paper.title)
    elif (attempt.percent or 0, bool(attempt.passed)) != before:
        tell_of_change(attempt, paper.title, before, "简答题重新批阅")
    return attempt


def _give(one: ToMark, points: Sequence[int] | None, remark: str, by_id: int, at: datetime) -> None:
    if points is None or len(points) != len(one.rubric):
        raise Refusal("还有评分点没有给分，请全部填上，不给分填 0。")
    if any(not 0 <= given <= most.points for given, most in zip(points, one.rubric, strict=True)):
        raise Refusal("给的分数要在 0 和这一点的满分之间。")
    remark = remark.strip()[:LONGEST_REMARK]
    last = one.marks[-1] if one.marks else None
    if last is not None and (list(last.points), last.remark) == (list(points), remark):
        return
    one.answer.points = list(points)
    db.session.add(
        AnswerMark(answer_id=one.answer.id, by_id=by_id, at=at, points=list(points), remark=remark)
    )


def _settle(attempt: Attempt, paper: FrozenPaper) -> None:
    marks = marks_of(attempt, paper)
    for answer in attempt.answers:
        earned = marks.get(answer.item_id)
        answer.is_right = earned is not None and earned.is_right
    attempt.percent = percent(list(marks.values()))
    attempt.right = sum(one.is_right for one in marks.values())
    attempt.to_mark = False
    attempt.passed = passes(attempt, paper.pass_percent, attempt.percent)
    db.session.flush()


def _first_time(attempt: Attempt, title: str) -> None:
    if attempt.passed:
        attempt_passed.send(
            None,
            user_id=attempt.user_id,
            paper_id=attempt.paper_id,
            attempt_id=attempt.id,
            score=attempt.percent,
        )
    attempt_marked.send(
        None,
        user_id=attempt.user_id,
        attempt_id=attempt.id,
        title=title,
        percent=attempt.percent,
        passed=attempt.passed,
    )

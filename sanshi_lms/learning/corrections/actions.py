"""Writes of corrections: asking, and deciding with all that follows."""

from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.learning.corrections import rules
from sanshi_lms.learning.corrections.effects import carry_out, length_ms
from sanshi_lms.learning.corrections.models import Correction, CorrectionDecision
from sanshi_lms.learning.corrections.queries import is_waiting
from sanshi_lms.learning.corrections.rules import Amount
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.notices import notify

NOTHING = Amount()
TOPIC = "learning.corrections"
PAGE = "/learning/corrections"


def ask_correction(
    user_id: int,
    lesson: Lesson,
    kind: str,
    reason: str,
    by_id: int,
    at: datetime,
    amount: Amount = NOTHING,
) -> Correction:
    """Ask to correct a record. Raises Refusal for what cannot be asked for."""
    wrong = rules.reason_problem(reason) or rules.request_problem(
        kind,
        completed=lesson.id in completed_among(user_id, [lesson.id]),
        waiting=is_waiting(user_id, lesson.id),
        own=user_id == by_id,
    )
    wrong = wrong or amount.problem(
        kind, lesson.kind, length_ms(lesson) / 1000 if kind in rules.TIMES else 0
    )
    if wrong:
        raise Refusal(wrong)
    row = Correction(
        user_id=user_id,
        lesson_id=lesson.id,
        kind=kind,
        start_seconds=amount.start if kind in rules.TIMES else None,
        end_seconds=amount.end if kind in rules.TIMES else None,
        percent=amount.percent if kind == "score" else None,
        reason=reason,
        asked_by_id=by_id,
        asked_at=at,
    )
    db.session.add(row)
    db.session.flush()
    note("learning.ask_correction", f"lesson:{lesson.id}", after={"kind": kind, "reason": reason})
    return row


def decide(row: Correction, by_id: int, words: str, at: datetime, *, approved: bool) -> None:
    """Decide a correction, once, as a second person; an approved one takes effect at once.

    Raises Refusal for whoever may not decide it, and when it was decided already (409).
    """
    wrong = rules.decider_problem(by_id, row.asked_by_id, row.user_id)
    if wrong:
        raise Refusal(wrong, 403)
    words = words[: rules.LONGEST_REASON]
    lesson = get_lesson(row.lesson_id, drafts=True)
    if lesson is None:
        raise Refusal("这一课已经删除，不能再更正。", 410)
    decision = CorrectionDecision(
        correction_id=row.id,
        asked_by_id=row.asked_by_id,
        user_id=row.user_id,
        by_id=by_id,
        approved=approved,
        words=words,
        before=None,
        at=at,
    )
    if approved:
        decision.before = carry_out(row, lesson, at)
    with taken_means("这条更正刚刚已经有人审批过了。", 409):
        db.session.add(decision)
    note("learning.decide_correction", f"lesson:{lesson.id}", after={"approved": approved})
    if approved:
        title = f"您的学习记录已更正：{rules.kind_words(row.kind, row.amount)}"
        text = f"《{lesson.title}》：{row.reason}"
        notify([row.user_id], TOPIC, title, text, PAGE, f"learning.correction:{row.id}", at)

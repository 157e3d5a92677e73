"""Writes of corrections: asking, and deciding with all that follows."""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.credentials import latest_certificate, revoke_certificate
from sanshi_lms.learning.actions import complete_lesson
from sanshi_lms.learning.awarding import certificate_ref
from sanshi_lms.learning.corrections import rules
from sanshi_lms.learning.corrections.models import Correction, CorrectionDecision
from sanshi_lms.learning.corrections.queries import is_waiting
from sanshi_lms.learning.models import Completion, Enrolment
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.notices import notify

TOPIC = "learning.corrections"
PAGE = "/learning/corrections"


def ask_correction(
    user_id: int, lesson: Lesson, kind: str, reason: str, by_id: int, at: datetime
) -> Correction:
    """Ask to correct a record. Raises Refusal for what cannot be asked for."""
    wrong = rules.reason_problem(reason) or rules.request_problem(
        kind,
        completed=lesson.id in completed_among(user_id, [lesson.id]),
        waiting=is_waiting(user_id, lesson.id),
        own=user_id == by_id,
    )
    if wrong:
        raise Refusal(wrong)
    row = Correction(
        user_id=user_id,
        lesson_id=lesson.id,
        kind=kind,
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
        before=_completion(row) if approved and row.kind == "revoke" else None,
        at=at,
    )
    with taken_means("这条更正刚刚已经有人审批过了。", 409):
        db.session.add(decision)
    if approved and row.kind == "complete":
        complete_lesson(row.user_id, lesson, "corrected", at)
    elif approved:
        _take_back(row, lesson, at)
    note("learning.decide_correction", f"lesson:{lesson.id}", after={"approved": approved})
    if approved:
        title = f"您的学习记录已更正：{rules.KINDS[row.kind]}"
        text = f"《{lesson.title}》：{row.reason}"
        notify([row.user_id], TOPIC, title, text, PAGE, f"learning.correction:{row.id}", at)


def _completion(row: Correction) -> dict[str, object] | None:
    found = db.session.get(Completion, (row.user_id, row.lesson_id))
    if found is None:
        return None
    return {
        "reason": found.reason,
        "rule_id": found.rule_id,
        "completed_at": found.completed_at.isoformat(),
    }


def _take_back(row: Correction, lesson: Lesson, at: datetime) -> None:
    """Let the lesson be open again; course, certificate and hours follow when it was required."""
    found = db.session.get(Completion, (row.user_id, row.lesson_id))
    if found is not None:
        db.session.delete(found)
        db.session.flush()
    if not lesson.required:
        return
    mine = (Enrolment.user_id == row.user_id) & (Enrolment.course_id == lesson.course_id)
    db.session.execute(update(Enrolment).where(mine).values(completed_at=None))
    certificate = latest_certificate(certificate_ref(row.user_id, lesson.course_id))
    if certificate is not None and certificate.revoked_at is None:
        revoke_certificate(certificate, f"学习记录更正：{row.reason}", at)

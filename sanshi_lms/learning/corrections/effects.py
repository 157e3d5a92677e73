"""What an approved correction changes: the completion, what was watched, and all that hangs on it.

Each returns what was there before, for the decision's row: nothing is lost, whatever is corrected.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import update

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, target_summaries
from sanshi_lms.credentials import latest_certificate, revoke_certificate
from sanshi_lms.learning import watch_rows
from sanshi_lms.learning.actions import complete_lesson
from sanshi_lms.learning.asking.queries import open_questions
from sanshi_lms.learning.awarding import certificate_ref
from sanshi_lms.learning.corrections.models import Correction
from sanshi_lms.learning.models import Completion, Enrolment
from sanshi_lms.learning.rules import is_watched
from sanshi_lms.learning.ruling import rule_for
from sanshi_lms.learning.stretches import beyond, clip, merge
from sanshi_lms.quizzes import Paper

Before = dict[str, Any] | None


def carry_out(row: Correction, lesson: Lesson, at: datetime) -> Before:
    """Let an approved correction take effect."""
    if row.kind == "complete":
        complete_lesson(row.user_id, lesson, "corrected", at)
        return None
    if row.kind == "revoke":
        return _take_back(row, lesson, at)
    if row.kind == "score":
        return _score(row, lesson, at)
    return _watched(row, lesson, at)


def passing_score(row: Correction, lesson: Lesson) -> int:
    """Return the score from which a quiz counts for this person."""
    paper = db.session.get(Paper, lesson.target_id) if lesson.target_id else None
    if paper is None:
        raise Refusal("这一课没有试卷，不能更正成绩。")
    return max(paper.pass_percent, rule_for(row.user_id, lesson.course_id).quiz_percent)


def length_ms(lesson: Lesson) -> int:
    """Return the length of a lecture; 0 when it has none."""
    summary = target_summaries([lesson]).get(lesson.id)
    return round((summary.seconds or 0) * 1000) if summary else 0


def _score(row: Correction, lesson: Lesson, at: datetime) -> Before:
    if (row.percent or 0) >= passing_score(row, lesson):
        complete_lesson(row.user_id, lesson, "corrected", at)
        return None
    return _take_back(row, lesson, at)


def _watched(row: Correction, lesson: Lesson, at: datetime) -> Before:
    """Add a stretch to what was watched, or take it out; completion follows."""
    connection, key = db.session.connection(), (row.user_id, lesson.id)
    db.session.flush()
    # The person is held by this: no report comes in between.
    known = watch_rows.look_up(connection, [key]).records.get(key) or watch_rows.Record()
    duration = known.duration_ms or length_ms(lesson)
    stated = ((row.start_seconds or 0) * 1000, (row.end_seconds or 0) * 1000)
    stretch = clip([stated], duration)
    added = row.kind == "add_time"
    seen = merge([*known.seen, *stretch]) if added else beyond(known.seen, stretch)
    fresh = watch_rows.Record(seen, known.position_ms, known.updated_at or at, duration)
    watch_rows.keep_records(connection, {key: fresh})
    before: dict[str, Any] = {"seen": json.loads(json.dumps(known.seen))}
    rule = rule_for(row.user_id, lesson.course_id)
    whole = is_watched(seen, duration, rule)
    if added and whole and not (rule.questions and open_questions(*key)):
        complete_lesson(row.user_id, lesson, "corrected", at)
    elif not added and not whole:
        before |= _take_back(row, lesson, at) or {}
    return before


def _take_back(row: Correction, lesson: Lesson, at: datetime) -> Before:
    return take_back(row.user_id, lesson, f"学习记录更正：{row.reason}", at)


def take_back(user_id: int, lesson: Lesson, reason: str, at: datetime) -> Before:
    """Let the lesson be open again; course, certificate and hours follow when it was required."""
    found = db.session.get(Completion, (user_id, lesson.id))
    if found is None:
        return None
    before = {
        "reason": found.reason,
        "rule_id": found.rule_id,
        "completed_at": found.completed_at.isoformat(),
    }
    db.session.delete(found)
    db.session.flush()
    if lesson.required:
        mine = (Enrolment.user_id == user_id) & (Enrolment.course_id == lesson.course_id)
        db.session.execute(update(Enrolment).where(mine).values(completed_at=None))
        certificate = latest_certificate(certificate_ref(user_id, lesson.course_id))
        if certificate is not None and certificate.revoked_at is None:
            revoke_certificate(certificate, reason, at)
    return before

"""Writes of learning: enrolments, completed lessons, completed courses. See also watching.py."""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.db import db, insert_missing, insert_or_update
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, lessons_of, lessons_using
from sanshi_lms.learning.asking.queries import open_questions
from sanshi_lms.learning.awarding import award_course
from sanshi_lms.learning.models import Completion, Enrolment
from sanshi_lms.learning.queries import completed_among, stretches_of, watch_record
from sanshi_lms.learning.reading.queries import refuse_unread
from sanshi_lms.learning.rules import is_course_complete, is_watched
from sanshi_lms.learning.ruling import held_rule, rule_for


def enrol(user_id: int, course_id: int, at: datetime) -> None:
    """Enrol the person in a course, once, and note that they were active."""
    key = {"user_id": user_id, "course_id": course_id}
    insert_or_update(Enrolment, key, {"enrolled_at": at}, active_at=at)


def complete_lesson(user_id: int, lesson: Lesson, reason: str, at: datetime) -> tuple[bool, bool]:
    """Record that the person completed a lesson, once; settle the course.

    Returns whether the lesson is complete (always) and whether the course is.
    """
    enrol(user_id, lesson.course_id, at)
    insert_missing(
        Completion,
        user_id=user_id,
        lesson_id=lesson.id,
        reason=reason,
        rule_id=held_rule(user_id, lesson.course_id).rule_id,
        completed_at=at,
    )
    return True, settle_course(user_id, lesson, at)


def complete_watched(user_id: int, lesson: Lesson, at: datetime) -> tuple[bool, bool]:
    """Complete a lecture if it was watched as its rule asks and no question in it is open.

    Returns whether the lesson and the course are complete.
    """
    record = watch_record(user_id, lesson.id)
    rule = rule_for(user_id, lesson.course_id)
    if record is None or not is_watched(stretches_of(record), record.duration_ms, rule):
        return False, False
    if rule.questions and open_questions(user_id, lesson.id):
        return False, False
    return complete_lesson(user_id, lesson, "watched", at)


def read_lesson(user_id: int, lesson: Lesson, at: datetime) -> bool:
    """Record that the person says they have read a lesson. Return whether the course is complete.

    Raises Refusal for a lesson that is completed in another way.
    """
    if lesson.kind != "reading":
        raise Refusal("这一课不是图文课，看完视频或通过测验后会自动记为学完。")
    refuse_unread(user_id, lesson)
    return complete_lesson(user_id, lesson, "read", at)[1]


def pass_quiz(user_id: int, paper_id: int, score: float, at: datetime) -> None:
    """Complete the lessons that ask for this paper, where `score` of 100 is enough."""
    for lesson in lessons_using("quiz", paper_id, drafts=False):
        if score >= rule_for(user_id, lesson.course_id).quiz_percent:
            complete_lesson(user_id, lesson, "passed", at)


def settle_course(user_id: int, lesson: Lesson, at: datetime) -> bool:
    """Complete the course once all its required lessons are, and have its hours awarded."""
    required = [other for other in lessons_of(lesson.course_id) if other.required]
    ids = [other.id for other in required]
    db.session.flush()
    if not is_course_complete(ids, completed_among(user_id, ids)):
        return False
    mine = (Enrolment.user_id == user_id) & (Enrolment.course_id == lesson.course_id)
    db.session.execute(
        update(Enrolment).where(mine, Enrolment.completed_at.is_(None)).values(completed_at=at)
    )
    award_course(user_id, lesson.course, required, at)
    return True

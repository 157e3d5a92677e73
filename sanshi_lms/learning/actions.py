"""Writes of learning: enrolments, completed lessons, completed courses. See also watching.py."""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.db import db, insert_missing, insert_or_update, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, get_lesson, lessons_of, lessons_using, target_summaries
from sanshi_lms.learning.asking.queries import open_questions
from sanshi_lms.learning.awarding import award_course
from sanshi_lms.learning.corrections.queries import is_taken_back
from sanshi_lms.learning.gates import lock_of, refuse_locked
from sanshi_lms.learning.models import Completion, Enrolment
from sanshi_lms.learning.proofs import proved_lessons
from sanshi_lms.learning.queries import completed_among, stretches_of, watch_record
from sanshi_lms.learning.reading.queries import refuse_unread
from sanshi_lms.learning.reading.rules import READ_KINDS
from sanshi_lms.learning.rules import is_course_complete, is_watched
from sanshi_lms.learning.ruling import held_rule, rule_for
from sanshi_lms.learning.ruling.rules import TICKS
from sanshi_lms.learning.signals import course_completed
from sanshi_lms.quizzes import passed_percents


def enrol(user_id: int, course_id: int, at: datetime) -> None:
    """Enrol the person in a course, once, and note that they were active."""
    key = {"user_id": user_id, "course_id": course_id}
    insert_or_update(Enrolment, key, {"enrolled_at": at}, active_at=at)


def complete_lesson(user_id: int, lesson: Lesson, reason: str, at: datetime) -> tuple[bool, bool]:
    """Record that the person completed a lesson, once; settle the course.

    Returns whether the lesson is complete and whether the course is: a lesson that is locked (see
    gates) is not, and nothing is recorded but that the person was there. Nor is one that an
    administrator took back; a correction alone passes both.
    """
    enrol(user_id, lesson.course_id, at)
    fresh = lesson.id not in completed_among(user_id, [lesson.id])
    if fresh and reason != "corrected" and is_closed(user_id, lesson):
        return False, False
    insert_missing(
        Completion,
        user_id=user_id,
        lesson_id=lesson.id,
        reason=reason,
        rule_id=held_rule(user_id, lesson.course_id).rule_id,
        completed_at=at,
    )
    settled = settle_course(user_id, lesson, at)
    if lesson.course.in_order:
        settled = catch_up(user_id, lesson.course_id, at) or settled
    return True, settled


def is_closed(user_id: int, lesson: Lesson) -> bool:
    """Tell whether a lesson cannot be completed: it is locked, or was taken back."""
    return lock_of(user_id, lesson) is not None or is_taken_back(user_id, lesson.id)


def catch_up(user_id: int, course_id: int, at: datetime) -> bool:
    """Complete what was passed or proved while its lesson was locked, now that it is open.

    Nobody sits an exam or comes twice for our order. Returns whether the course is complete by it.
    """
    passed = _catch_up_quizzes(user_id, course_id, at)
    return _catch_up_proofs(user_id, course_id, at) or passed


def complete_proved(user_id: int, kind: str, target_id: int, reason: str, at: datetime) -> None:
    """Complete the lessons of a kind that show this target: a room above saw that it was done."""
    for lesson in lessons_using(kind, target_id, drafts=False):
        complete_lesson(user_id, lesson, reason, at)


def _catch_up_proofs(user_id: int, course_id: int, at: datetime) -> bool:
    pointing = [x for x in lessons_of(course_id) if x.target_id is not None]
    done = completed_among(user_id, [one.id for one in pointing])
    complete = False
    for number, reason in proved_lessons(user_id, [x for x in pointing if x.id not in done]):
        lesson = get_lesson(number)
        if lesson is not None and lock_of(user_id, lesson) is None:
            complete = complete_lesson(user_id, lesson, reason, at)[1] or complete
    return complete


def _catch_up_quizzes(user_id: int, course_id: int, at: datetime) -> bool:
    quizzes = [x for x in lessons_of(course_id) if x.kind == "quiz" and x.target_id is not None]
    done = completed_among(user_id, [one.id for one in quizzes])
    papers = {one.target_id for one in quizzes if one.id not in done and one.target_id is not None}
    passed = passed_percents(user_id, papers)
    complete = False
    for one in quizzes:
        percent = passed.get(one.target_id or 0)
        if one.id in done or percent is None:
            continue
        if percent >= rule_for(user_id, course_id).quiz_percent:
            lesson = get_lesson(one.id)
            if lesson is not None and lock_of(user_id, lesson) is None:
                complete = complete_lesson(user_id, lesson, "passed", at)[1] or complete
    return complete


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
    if lesson.kind not in TICKS:
        raise Refusal("这一课不用自己点，看完视频、通过测验或审阅后会自动记为学完。")
    refuse_locked(user_id, lesson)
    _refuse_early(lesson, at)
    if lesson.kind in READ_KINDS:
        refuse_unread(user_id, lesson)
    if is_taken_back(user_id, lesson.id):
        raise Refusal("这一课经管理员更正为没有学完，原因写在“学习记录更正”里，有疑问请问管理员。")
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
    first = update(Enrolment).where(mine, Enrolment.completed_at.is_(None))
    fresh = row_count(db.session.execute(first.values(completed_at=at))) == 1
    award_course(user_id, lesson.course, required, at, fresh=fresh)
    if fresh:
        course_completed.send(None, user_id=user_id, course_id=lesson.course_id, at=at)
    return True


def _refuse_early(lesson: Lesson, at: datetime) -> None:
    summary = target_summaries([lesson]).get(lesson.id)
    if summary is not None and summary.opens_at is not None and at < summary.opens_at:
        raise Refusal("还没有开始，开始以后听完了再点。", 409)

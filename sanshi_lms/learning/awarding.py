"""What a completed course brings: its credit hours by the rule in force, and its certificate."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson, course_path, lesson_path
from sanshi_lms.credentials import (
    CreditEntry,
    Evidence,
    again_ref,
    award_certificate,
    award_hours,
    latest_certificate,
    rule_counts,
)
from sanshi_lms.learning.models import WatchRecord
from sanshi_lms.quizzes import passing_attempts


def certificate_ref(user_id: int, course_id: int) -> str:
    """Return what the first certificate of a course is for."""
    return f"course:{course_id}:user:{user_id}"


def award_course(
    user_id: int, course: Course, lessons: Sequence[Lesson], at: datetime, *, fresh: bool
) -> None:
    """Enter the hours of a completed course and award its certificate, once for each completion.

    `lessons` are those that the course asks for. Whoever holds the certificate already has the
    hours of their day: a rule that came later does not award them anew. Only who completes the
    course anew (`fresh`) after the certificate was void gets a new one, with a new number.
    """
    source_ref = certificate_ref(user_id, course.id)
    held = latest_certificate(source_ref)
    if held is not None:
        if held.revoked_at is None or not fresh:
            return
        source_ref = again_ref(held.source_ref)
    entered = [_award_time(user_id, course, lessons, source_ref, at)]
    entered += _award_tests(user_id, course, lessons, source_ref, at)
    person = db.session.get_one(User, user_id)
    award_certificate(
        user_id=user_id,
        holder_name=person.display_name,
        title=course.title,
        credit_hours=sum((line.hours for line in entered), Decimal(0)),
        source_ref=source_ref,
        at=at,
    )


def _award_time(
    user_id: int, course: Course, lessons: Sequence[Lesson], source_ref: str, at: datetime
) -> CreditEntry:
    timed = [lesson for lesson in lessons if lesson.kind != "quiz"]
    seconds = _seconds(user_id, timed)
    one_video = [lesson.kind for lesson in timed] == ["video"]
    return award_hours(
        user_id,
        "micro_lecture" if one_video else "online_course",
        course.title,
        source_ref=source_ref,
        at=at,
        category=course.category,
        minutes=Decimal(sum(seconds.values())) / 60,
        hours=course.credit_hours,
        subject=f"course:{course.id}",
        evidence=[
            Evidence("course", str(course.id), course.title, "学完", course_path(course.slug)),
            *(
                Evidence(
                    "lesson",
                    str(x.id),
                    x.title,
                    _minutes_zh(seconds[x.id]),
                    lesson_path(course.slug, x.slug),
                )
                for x in timed
            ),
        ],
    )


def _award_tests(
    user_id: int, course: Course, lessons: Sequence[Lesson], source_ref: str, at: datetime
) -> list[CreditEntry]:
    """Enter the tests of a course apart, where the rule counts tests at all."""
    if not rule_counts(user_id, "test", at):
        return []
    papers = {x.target_id: x for x in lessons if x.kind == "quiz" and x.target_id is not None}
    attempts = passing_attempts(user_id, list(papers))
    return [
        award_hours(
            user_id,
            "test",
            f"{course.title}：{lesson.title}",
            source_ref=f"{source_ref}:test:{paper_id}",
            at=at,
            category=course.category,
            subject=f"course:{course.id}",
            evidence=[
                Evidence(
                    "attempt",
                    str(attempts[paper_id]),
                    lesson.title,
                    "通过",
                    f"/quizzes/attempts/{attempts[paper_id]}/result",
                )
            ],
        )
        for paper_id, lesson in papers.items()
        if paper_id in attempts
    ]


def _seconds(user_id: int, lessons: Sequence[Lesson]) -> dict[int, int]:
    """Return the length of each lesson: of a lecture as it was watched, else as its author says."""
    query = select(WatchRecord.lesson_id, WatchRecord.duration_ms).where(
        WatchRecord.user_id == user_id, WatchRecord.lesson_id.in_([x.id for x in lessons])
    )
    watched = {row[0]: row[1] // 1000 for row in db.session.execute(query)}
    return {x.id: watched.get(x.id) or x.minutes * 60 for x in lessons}


def _minutes_zh(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} 分 {rest} 秒" if rest else f"{minutes} 分钟"

"""Courses that somebody has not completed yet, for those who count what they would bring."""

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import course_path, lessons_of_courses, newest_courses
from sanshi_lms.credentials import Offer
from sanshi_lms.learning.models import Enrolment

MOST_COURSES = 200


def course_offers(user_id: int) -> list[Offer]:
    """Return published courses that the person has not completed, the newest first."""
    done = set(
        db.session.scalars(
            select(Enrolment.course_id).where(
                Enrolment.user_id == user_id, Enrolment.completed_at.is_not(None)
            )
        )
    )
    courses = [card.course for card in newest_courses(MOST_COURSES) if card.course.id not in done]
    lessons = lessons_of_courses([course.id for course in courses], bodies=False)
    found = []
    for course in courses:
        timed = [x for x in lessons[course.id] if x.required and x.kind != "quiz"]
        one_video = [x.kind for x in timed] == ["video"]
        found.append(
            Offer(
                title=course.title,
                path=course_path(course.slug),
                category=course.category,
                activity="micro_lecture" if one_video else "online_course",
                subject=f"course:{course.id}",
                minutes=sum(x.minutes for x in timed),
                hours=course.credit_hours,
            )
        )
    return found

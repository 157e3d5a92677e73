"""Reads of feedback: one's own, and sums without names."""

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses import Course, courses_by_id
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.feedback.rules import ASKED, Sums, sums


def feedback_of(user_id: int, course_id: int) -> Feedback | None:
    """Return what a person said of a course."""
    return db.session.get(Feedback, (user_id, course_id))


def sums_of(course_id: int) -> Sums:
    """Return what all people said of a course, in one query."""
    rows = db.session.scalars(select(Feedback).where(Feedback.course_id == course_id)).all()
    taps = [{asked.name: getattr(row, asked.name) for asked in ASKED} for row in rows]
    return sums(taps, (row.words for row in rows))


def courses_with_feedback(reach: Reach) -> list[tuple[Course, int]]:
    """Return the courses within reach of which people said something, with how many did."""
    query = select(Feedback.course_id, func.count()).group_by(Feedback.course_id)
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    found = courses_by_id(counts, drafts=True).values()
    courses = [course for course in found if reach.covers(course.unit_id)]
    return [(course, counts[course.id]) for course in sorted(courses, key=lambda c: c.title)]

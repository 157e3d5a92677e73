"""How far people are with courses, for rooms above: many people and many courses at once."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import lessons_of_courses
from sanshi_lms.learning.models import Completion, Enrolment


@dataclass(frozen=True)
class Progress:
    """How far a person is with a course: `share` of its required lessons, 0–1."""

    share: float
    completed_at: datetime | None


def progress_of(
    user_ids: Collection[int], course_ids: Collection[int]
) -> dict[tuple[int, int], Progress]:
    """Return how far these people are with these courses, by (user id, course id).

    Whoever never opened a course is left out. Three queries, however many are asked for.
    """
    lessons = lessons_of_courses(course_ids, bodies=False)
    asked = [lesson for own in lessons.values() for lesson in own if lesson.required]
    required = {lesson.id: lesson.course_id for lesson in asked}
    sizes = Counter(required.values())
    done: Counter[tuple[int, int]] = Counter()
    completions = select(Completion.user_id, Completion.lesson_id).where(
        Completion.user_id.in_(user_ids), Completion.lesson_id.in_(required)
    )
    for user_id, lesson_id in db.session.execute(completions):
        done[user_id, required[lesson_id]] += 1
    enrolments = select(Enrolment.user_id, Enrolment.course_id, Enrolment.completed_at).where(
        Enrolment.user_id.in_(user_ids), Enrolment.course_id.in_(course_ids)
    )
    found = {}
    for user_id, course_id, completed_at in db.session.execute(enrolments):
        key, size = (user_id, course_id), sizes[course_id]
        share = 1.0 if completed_at else done[key] / size if size else 0.0
        found[key] = Progress(share, completed_at)
    return found

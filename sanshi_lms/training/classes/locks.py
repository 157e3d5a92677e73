"""What a class asks for first: its courses lock each other, for its members only."""

from datetime import datetime
from typing import Any

from sanshi_lms.courses import Lesson, course_path, courses_by_id
from sanshi_lms.learning import Lock, catch_up
from sanshi_lms.training.classes.queries import plan_of, records_of
from sanshi_lms.training.classes.seats import classes_with
from sanshi_lms.training.rules import blockers, needed_first


def class_gate(user_id: int, lesson: Lesson) -> Lock | None:
    """Return why a lesson's course does not count yet for a member of classes.

    Of several classes with the course, one that leaves it open is enough.
    """
    found = None
    for subject in classes_with(user_id, lesson.course_id):
        plan = plan_of(subject.courses)
        if not needed_first(lesson.course_id, plan, in_order=subject.in_order):
            return None
        record = records_of(subject, [user_id])[user_id]
        first = blockers(lesson.course_id, plan, record.settled, in_order=subject.in_order)
        if not first:
            return None
        courses = courses_by_id(first)
        shown = [courses[one] for one in first if one in courses]
        titles = "".join(f"《{course.title}》" for course in shown)
        sentence = f"您的培训班“{subject.title}”要求先学完{titles}，这门课才计入进度。"
        found = Lock(sentence, tuple((one.title, course_path(one.slug)) for one in shown))
    return found


def open_next(sender: object, *, user_id: int, course_id: int, at: datetime, **_: Any) -> None:
    """Count the quizzes that a member passed in a course which was locked until just now."""
    del sender
    seen = set()
    for subject in classes_with(user_id, course_id):
        for row in subject.courses:
            if row.course_id != course_id and row.course_id not in seen:
                seen.add(row.course_id)
                catch_up(user_id, row.course_id, at)

"""Whom learning reached in a period: people, lessons, minutes, courses, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from sanshi_lms.account import User
from sanshi_lms.core.db import db
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.models import Completion, Enrolment

_USEFUL = 3


@dataclass(frozen=True)
class Reach:
    """What was learnt in a period.

    `people` completed at least one lesson; `minutes` are those of the lessons completed, by the
    length that each lesson states. `said` gave feedback on a course, `useful` of them found it so.
    """

    people: int = 0
    lessons: int = 0
    minutes: int = 0
    courses: int = 0
    said: int = 0
    useful: int = 0


def reach(since: datetime, until: datetime, people: Select[int] | None = None) -> Reach:
    """Return whom learning reached from `since` to before `until`, of `people` (ids) or of all."""
    done = (
        select(func.count(Completion.user_id.distinct()), func.count(), func.sum(Lesson.minutes))
        .join(Lesson, Lesson.id == Completion.lesson_id)
        .where(_within(Completion.completed_at, since, until), *_of(Completion.user_id, people))
    )
    courses = select(func.count(Enrolment.id)).where(
        _within(Enrolment.completed_at, since, until), *_of(Enrolment.user_id, people)
    )
    said = select(
        func.count(Feedback.useful), func.sum(case((Feedback.useful == _USEFUL, 1), else_=0))
    ).where(_within(Feedback.said_at, since, until), *_of(Feedback.user_id, people))
    reached, lessons, minutes = db.session.execute(done).one()
    heard, useful = db.session.execute(said).one()
    completed = db.session.scalar(courses) or 0
    return Reach(reached, lessons, int(minutes or 0), completed, heard, int(useful or 0))


def reached_people(
    since: datetime, until: datetime, people: Select[int] | None = None
) -> Select[int, str, int, int]:
    """Return who was reached: id, name, lessons, minutes; who learnt most first."""
    lessons, minutes = func.count(), func.coalesce(func.sum(Lesson.minutes), 0)
    return (
        select(User.id, User.display_name, lessons, minutes)
        .join(Completion, Completion.user_id == User.id)
        .join(Lesson, Lesson.id == Completion.lesson_id)
        .where(_within(Completion.completed_at, since, until), *_of(User.id, people))
        .group_by(User.id, User.display_name)
        .order_by(lessons.desc(), User.display_name, User.id)
    )


def completed_courses(
    since: datetime, until: datetime, people: Select[int] | None = None
) -> Select[str, str, datetime | None]:
    """Return who completed which course when: name, title, moment; the newest first."""
    return (
        select(User.display_name, Course.title, Enrolment.completed_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(_within(Enrolment.completed_at, since, until), *_of(User.id, people))
        .order_by(Enrolment.completed_at.desc(), User.id)
    )


def _within(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(column >= since, column < until)


def _of(column: Any, people: Select[int] | None) -> Sequence[ColumnElement[bool]]:
    return () if people is None else (column.in_(people),)

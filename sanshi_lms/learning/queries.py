"""Reads of learning; each serves a page in a fixed number of queries."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.courses import (
    Course,
    Doing,
    Lesson,
    LessonMark,
    courses_by_id,
    lessons_of_courses,
)
from sanshi_lms.learning.asking.models import QuestionTry
from sanshi_lms.learning.models import Completion, Enrolment, WatchRecord
from sanshi_lms.learning.notes.models import Note
from sanshi_lms.learning.questions.models import Question
from sanshi_lms.learning.reading.models import ReadingTime
from sanshi_lms.learning.rules import seen_share
from sanshi_lms.learning.stretches import Interval


@dataclass(frozen=True)
class CourseStanding:
    """How far a person is with a course: lessons done of all, and the one to open next."""

    course: Course
    enrolment: Enrolment
    done: int
    total: int
    next_lesson: Lesson | None
    minutes_left: int

    @property
    def share(self) -> float:
        """The part of the lessons that is done, 0–1."""
        return self.done / self.total if self.total else 0.0


def marks_of(user_id: int, lesson_ids: Collection[int]) -> dict[int, LessonMark]:
    """Return the marks of those lessons that the person has begun, in two queries."""
    watched = select(WatchRecord.lesson_id, WatchRecord.seen_ms, WatchRecord.duration_ms).where(
        WatchRecord.user_id == user_id, WatchRecord.lesson_id.in_(lesson_ids)
    )
    marks = {
        lesson_id: LessonMark(Doing.STARTED, min(1.0, seen / duration) if duration else 0.0)
        for lesson_id, seen, duration in db.session.execute(watched)
    }
    for lesson_id in completed_among(user_id, lesson_ids):
        marks[lesson_id] = LessonMark(Doing.DONE, 1.0)
    return marks


def completed_among(user_id: int, lesson_ids: Collection[int]) -> set[int]:
    """Return which of these lessons the person has completed."""
    query = select(Completion.lesson_id).where(
        Completion.user_id == user_id, Completion.lesson_id.in_(lesson_ids)
    )
    return set(db.session.scalars(query))


def watch_record(user_id: int, lesson_id: int) -> WatchRecord | None:
    """Return what the person has seen of a lesson."""
    return db.session.get(WatchRecord, (user_id, lesson_id))


def stretches_of(record: WatchRecord | None) -> tuple[Interval, ...]:
    """Return the stretches of a record, in order."""
    return tuple((start, end) for start, end in json.loads(record.stretches)) if record else ()


def share_of(record: WatchRecord | None) -> float:
    """Return the part of the lesson that has been seen, 0–1."""
    return seen_share(stretches_of(record), record.duration_ms) if record else 0.0


def enrolment_of(user_id: int, course_id: int) -> Enrolment | None:
    """Return the person's enrolment in a course."""
    query = select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.course_id == course_id)
    return db.session.scalar(query)


def standings(user_id: int) -> list[CourseStanding]:
    """Return all courses a person takes, the latest active first, in four queries."""
    query = select(Enrolment).where(Enrolment.user_id == user_id)
    enrolments = list(db.session.scalars(query.order_by(Enrolment.active_at.desc())))
    courses = courses_by_id([e.course_id for e in enrolments])
    lessons = lessons_of_courses(courses)
    ids = [lesson.id for own in lessons.values() for lesson in own]
    done = completed_among(user_id, ids)
    return [
        _standing(e, courses[e.course_id], lessons[e.course_id], done)
        for e in enrolments
        if e.course_id in courses
    ]


def people_with_records(course_id: int | None, lesson_ids: Collection[int]) -> int:
    """Return how many people have records that deleting these would destroy."""
    watched = select(WatchRecord.user_id).where(WatchRecord.lesson_id.in_(lesson_ids))
    completed = select(Completion.user_id).where(Completion.lesson_id.in_(lesson_ids))
    read = select(ReadingTime.user_id).where(ReadingTime.lesson_id.in_(lesson_ids))
    answered = select(QuestionTry.user_id).where(QuestionTry.lesson_id.in_(lesson_ids))
    noted = select(Note.user_id).where(Note.lesson_id.in_(lesson_ids))
    asked = select(Question.writer_id).where(Question.lesson_id.in_(lesson_ids))
    own = [completed, read, answered, noted, asked]
    if course_id is not None:
        own.append(select(Enrolment.user_id).where(Enrolment.course_id == course_id))
    everybody = watched.union(*own)
    return db.session.scalar(select(func.count()).select_from(everybody.subquery())) or 0


def count_completed(since: datetime | None = None) -> int:
    """Return how often a course was completed, in all or since a moment."""
    query = select(func.count(Enrolment.id)).where(Enrolment.completed_at.is_not(None))
    if since is not None:
        query = query.where(Enrolment.completed_at >= since)
    return db.session.scalar(query) or 0


def _standing(
    enrolment: Enrolment, course: Course, lessons: list[Lesson], done: set[int]
) -> CourseStanding:
    required = [lesson for lesson in lessons if lesson.required]
    open_ones = [lesson for lesson in required if lesson.id not in done]
    return CourseStanding(
        course=course,
        enrolment=enrolment,
        done=len(required) - len(open_ones),
        total=len(required),
        next_lesson=open_ones[0] if open_ones else None,
        minutes_left=sum(lesson.minutes for lesson in open_ones),
    )

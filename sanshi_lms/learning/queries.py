"""Reads of learning; each serves a page in a fixed number of queries."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from sanshi_lms.core.db import db, rows_of
from sanshi_lms.core.web import page_memory
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

_STANDS = "learning.stands"


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


@dataclass(frozen=True)
class Stand:
    """How a person stands with a lesson: what was seen of it, where they stopped, if it is done."""

    done: bool
    seen_ms: int | None
    duration_ms: int
    position_ms: int
    stretches: str
    updated_at: datetime | None

    @property
    def mark(self) -> LessonMark | None:
        """The mark in the list of lessons; None when the lesson was never begun."""
        if self.done:
            return LessonMark(Doing.DONE, 1.0)
        if self.seen_ms is None:
            return None
        share = min(1.0, self.seen_ms / self.duration_ms) if self.duration_ms else 0.0
        return LessonMark(Doing.STARTED, share)


_ME: BindParameter[Any] = bindparam("me")
_STAND = (
    select(
        Lesson.id,
        Completion.lesson_id,
        WatchRecord.seen_ms,
        WatchRecord.duration_ms,
        WatchRecord.position_ms,
        WatchRecord.stretches,
        WatchRecord.updated_at,
    )
    .select_from(Lesson)
    .outerjoin(WatchRecord, (WatchRecord.lesson_id == Lesson.id) & (WatchRecord.user_id == _ME))
    .outerjoin(Completion, (Completion.lesson_id == Lesson.id) & (Completion.user_id == _ME))
    .where(Lesson.id.in_(bindparam("asked", expanding=True)))
)


def stands(user_id: int, lesson_ids: Collection[int]) -> dict[int, Stand]:
    """Return how the person stands with each of these lessons, in one query, asked once a page."""
    known: dict[tuple[int, int], Stand] = page_memory(_STANDS)
    unknown = [one for one in lesson_ids if (user_id, one) not in known]
    if unknown:
        rows = rows_of(_STAND, me=user_id, asked=unknown)
        for lesson_id, done, seen, duration, position, stretches, at in rows:
            stand = Stand(
                done is not None, seen, duration or 0, position or 0, stretches or "[]", at
            )
            known[user_id, lesson_id] = stand
    return {one: known[user_id, one] for one in lesson_ids if (user_id, one) in known}


def marks_of(user_id: int, lesson_ids: Collection[int]) -> dict[int, LessonMark]:
    """Return the marks of those lessons that the person has begun."""
    found = stands(user_id, lesson_ids)
    return {lesson_id: mark for lesson_id, one in found.items() if (mark := one.mark)}


def completed_among(user_id: int, lesson_ids: Collection[int]) -> set[int]:
    """Return which of these lessons the person has completed."""
    known: dict[tuple[int, int], Stand] = page_memory(_STANDS)
    if all((user_id, one) in known for one in lesson_ids):
        return {one for one in lesson_ids if known[user_id, one].done}
    query = select(Completion.lesson_id).where(
        Completion.user_id == user_id, Completion.lesson_id.in_(lesson_ids)
    )
    return set(db.session.scalars(query))


def watch_record(user_id: int, lesson_id: int) -> WatchRecord | None:
    """Return what the person has seen of a lesson."""
    return db.session.get(WatchRecord, (user_id, lesson_id))


def stretches_of(record: WatchRecord | Stand | None) -> tuple[Interval, ...]:
    """Return the stretches of a record, in order."""
    return tuple((start, end) for start, end in json.loads(record.stretches)) if record else ()


def share_of(record: WatchRecord | Stand | None) -> float:
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

"""Reads of what did not count: for the learner, and for whoever answers their questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select

from sanshi_lms.account import User, within
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning.models import Uncounted
from sanshi_lms.learning.rules import Reason


@dataclass(frozen=True)
class Loss:
    """Media time of one lesson that did not count for one reason, in `times` reports."""

    lesson_title: str
    lesson_url: tuple[str, str]
    course_title: str
    why: str
    lost_seconds: float
    times: int
    last_at: datetime
    person: str = ""
    username: str = ""


def uncounted_of(user_id: int) -> list[Loss]:
    """Return what of a person's watching did not count, the latest first.

    What was reported twice is left out: nothing was lost by it.
    """
    query = _query().where(Uncounted.user_id == user_id, Uncounted.lost_ms > 0)
    return [_loss(row) for row in db.session.execute(query.limit(200))]


def uncounted_query(words: str, reach: Reach) -> Select[Any]:
    """Return the query of what did not count of people within reach, replays too.

    `words` narrow by person or lesson.
    """
    query = _query().add_columns(User.display_name, User.username).join(User).where(within(reach))
    if words:
        columns = (User.display_name, User.username, Lesson.title, Course.title)
        query = query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))
    return query


def loss_of(row: Row[Any]) -> Loss:
    """Return a row of `uncounted_query` as it is shown."""
    return _loss(row)


def _query() -> Select[Any]:
    columns: list[Any] = [Uncounted.reason, Uncounted.lost_ms, Uncounted.times, Uncounted.last_at]
    columns += [Lesson.title, Lesson.slug, Course.title, Course.slug]
    return (
        select(*columns)
        .select_from(Uncounted)
        .join(Lesson)
        .join(Course)
        .order_by(Uncounted.last_at.desc(), Uncounted.lesson_id, Uncounted.reason)
    )


def _loss(row: Row[Any]) -> Loss:
    reason, lost_ms, times, last_at, lesson, slug, course, course_slug, *person = tuple(row)
    why = Reason(reason).sentence if reason in set(Reason) else reason
    return Loss(lesson, (course_slug, slug), course, why, lost_ms / 1000, times, last_at, *person)

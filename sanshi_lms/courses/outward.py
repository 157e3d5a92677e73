"""Reads for what leaves the site, such as sitemaps and feeds: published courses only, no texts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, defer

from sanshi_lms.core.db import db
from sanshi_lms.courses.kinds import target_summaries
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.courses.rules import Status

# How many of the newest lessons are looked at when some are not for everybody.
SPARE = 4


def newest_open_lessons(
    most: int, *, kind: str = "", topic: str = "", shown_as: str = ""
) -> list[Lesson]:
    """Return the newest lessons that everybody may see to the end, with their courses.

    `kind` and `topic` are their course's, `shown_as` is the kind of lesson; "" is all. What is
    only for people who are signed in is left out. A lesson is as new as its course's publication.
    """
    query = _listed()
    if kind:
        query = query.where(Course.kind == kind)
    if topic:
        query = query.where(Course.topic == topic)
    if shown_as:
        query = query.where(Lesson.kind == shown_as)
    newest = query.order_by(Course.published_at.desc(), Course.id.desc(), Lesson.position)
    return _open(db.session.scalars(newest.limit(most * SPARE)).all())[:most]


def open_lessons(ids: Collection[int]) -> list[Lesson]:
    """Return those of the lessons that everybody may see to the end, with their courses, by id."""
    query = _listed().where(Lesson.id.in_(ids)).order_by(Lesson.id)
    return _open(db.session.scalars(query).all())


def lesson_ids_using(kind: str, target_ids: Collection[int]) -> set[int]:
    """Return the ids of the lessons that show one of these targets."""
    query = select(Lesson.id).where(Lesson.kind == kind, Lesson.target_id.in_(target_ids))
    return set(db.session.scalars(query))


def open_courses(ids: Collection[int]) -> list[Course]:
    """Return those of the courses that are published, by id."""
    query = select(Course).where(Course.id.in_(ids), Course.status == Status.PUBLISHED.value)
    return list(db.session.scalars(query.options(defer(Course.description_md)).order_by(Course.id)))


def last_change() -> datetime | None:
    """Return when a course or lesson was last changed, hidden ones too: hiding is a change."""
    moments = [
        db.session.scalar(select(func.max(column)))
        for column in (Course.updated_at, Lesson.updated_at)
    ]
    return max((moment for moment in moments if moment), default=None)


def _listed() -> Select[Lesson]:
    query = select(Lesson).join(Lesson.course).where(Course.status == Status.PUBLISHED.value)
    return query.options(
        contains_eager(Lesson.course).defer(Course.description_md), defer(Lesson.body_md)
    )


def _open(lessons: Sequence[Lesson]) -> list[Lesson]:
    summaries = target_summaries(lessons)
    return [x for x in lessons if x.id not in summaries or not summaries[x.id].signed_in_only]

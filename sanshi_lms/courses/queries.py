"""Reads of courses. What is not published is only returned where `drafts` says so.

`drafts` is True for all of them, or over which units whoever asks may see them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, defer, selectinload

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.core.shared import shared
from sanshi_lms.core.web import Page, paginate
from sanshi_lms.courses.editorial.praises import praise_word, praises_of
from sanshi_lms.courses.kinds import target_summaries
from sanshi_lms.courses.models import Attachment, Course, CourseAudience, Lesson
from sanshi_lms.courses.rules import Status, find_length

PAGE_SIZE = 12
Row = TypeVar("Row")
Drafts = bool | Reach


@dataclass(frozen=True)
class CourseCard:
    """A course as lists show it; `minutes` is the sum over its lessons.

    `praise` is the word of its badge where it, or one of its lessons, is 优秀微课.
    """

    course: Course
    audience: tuple[str, ...]
    lessons: int
    minutes: int
    poster_url: str | None
    praise: str = ""


@dataclass(frozen=True)
class Filters:
    """What a visitor narrowed the catalogue to; "" means all. `length` names a LengthBand."""

    audience: str = ""
    topic: str = ""
    kind: str = ""
    length: str = ""

    def any(self) -> bool:
        """Tell whether anything is narrowed."""
        return bool(self.audience or self.topic or self.kind or self.length)


@shared("courses")
def find_course(slug: str, *, drafts: Drafts = False) -> Course | None:
    """Return the course at `slug` with its audiences."""
    query = select(Course).where(Course.slug == slug).options(selectinload(Course.audiences))
    return db.session.scalar(_visible(query, drafts=drafts))


@shared("courses")
def courses_by_id(ids: Iterable[int], *, drafts: Drafts = False) -> dict[int, Course]:
    """Return the courses with these ids in one query."""
    query = select(Course).where(Course.id.in_(set(ids)))
    return {course.id: course for course in db.session.scalars(_visible(query, drafts=drafts))}


@shared("courses")
def lessons_of(course_id: int) -> list[Lesson]:
    """Return a course's lessons in order, whatever the course's status."""
    query = select(Lesson).where(Lesson.course_id == course_id).order_by(Lesson.position)
    return list(db.session.scalars(query))


@shared("courses")
def lessons_of_courses(
    course_ids: Iterable[int], *, bodies: bool = True
) -> dict[int, list[Lesson]]:
    """Return the lessons of several courses in order, by course id, in one query.

    `bodies` False leaves the texts in the database: lists of courses do not show them.
    """
    wanted = set(course_ids)
    query = select(Lesson).where(Lesson.course_id.in_(wanted)).order_by(Lesson.position)
    if not bodies:
        query = query.options(defer(Lesson.body_md, raiseload=True))
    found: dict[int, list[Lesson]] = {course_id: [] for course_id in wanted}
    for lesson in db.session.scalars(query):
        found[lesson.course_id].append(lesson)
    return found


@shared("courses")
def find_lesson(course_slug: str, lesson_slug: str, *, drafts: Drafts = False) -> Lesson | None:
    """Return a lesson by its address, with its course and attachments."""
    query = _with_course().where(Course.slug == course_slug, Lesson.slug == lesson_slug)
    query = query.options(selectinload(Lesson.attachments))
    return db.session.scalar(_visible(query, drafts=drafts))


def get_lesson(lesson_id: int, *, drafts: Drafts = False) -> Lesson | None:
    """Return the lesson with its course."""
    return lessons_by_id([lesson_id], drafts=drafts).get(lesson_id)


@shared("courses")
def lessons_by_id(ids: Iterable[int], *, drafts: Drafts = False) -> dict[int, Lesson]:
    """Return the lessons with these ids and their courses in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = _with_course().where(Lesson.id.in_(wanted))
    return {lesson.id: lesson for lesson in db.session.scalars(_visible(query, drafts=drafts))}


def published_lessons() -> list[Lesson]:
    """Return the lessons of all published courses, with their courses: what can be proposed."""
    query = _visible(_with_course(), drafts=False)
    return list(db.session.scalars(query.order_by(Lesson.course_id, Lesson.position)))


def course_titles() -> list[tuple[int, str]]:
    """Return all courses by id and title, whatever their status, the newest first."""
    query = select(Course.id, Course.title).order_by(Course.id.desc())
    return [(row[0], row[1]) for row in db.session.execute(query)]


def lessons_using(kind: str, target_id: int, *, drafts: Drafts = True) -> list[Lesson]:
    """Return the lessons that show a target, with their courses."""
    query = _with_course().where(Lesson.kind == kind, Lesson.target_id == target_id)
    return list(db.session.scalars(_visible(query.order_by(Lesson.id), drafts=drafts)))


@shared("courses")
def target_is_public(kind: str, target_id: int) -> bool:
    """Tell whether a published lesson shows this target, so that everybody may have it."""
    query = select(Lesson.id).join(Course).where(Lesson.kind == kind, Lesson.target_id == target_id)
    return db.session.scalar(_visible(query, drafts=False).limit(1)) is not None


def target_is_shown(kind: str, target_id: int, drafts: Drafts) -> bool:
    """Tell whether a lesson that somebody with these `drafts` may see shows this target."""
    query = select(Lesson.id).join(Course).where(Lesson.kind == kind, Lesson.target_id == target_id)
    return db.session.scalar(_visible(query, drafts=drafts).limit(1)) is not None


def usable(
    kind: str, number: InstrumentedAttribute[int], unit_id: InstrumentedAttribute[Any], reach: Reach
) -> ColumnElement[bool]:
    """Tell, inside a statement over targets of a kind, whether an author may put one in a lesson.

    It is of a unit within their reach, or everybody sees it already.
    """
    if reach.everything:
        return true()
    shown = select(Lesson.target_id).join(Course)
    shown = shown.where(Lesson.kind == kind, Course.status == Status.PUBLISHED.value)
    return or_(owned(unit_id, reach), number.in_(shown))


def catalogue(filters: Filters) -> Page[CourseCard]:
    """Return the page of published courses that the request asks for, newest first."""
    query = _visible(select(Course), drafts=False)
    if filters.topic:
        query = query.where(Course.topic == filters.topic)
    if filters.kind:
        query = query.where(Course.kind == filters.kind)
    if filters.audience:
        named = select(CourseAudience.course_id).where(CourseAudience.name == filters.audience)
        query = query.where(Course.id.in_(named))
    if band := find_length(filters.length):
        minutes = (
            select(func.coalesce(func.sum(Lesson.minutes), 0))
            .where(Lesson.course_id == Course.id)
            .scalar_subquery()
        )
        query = query.where(minutes >= band.least)
        if band.most is not None:
            query = query.where(minutes <= band.most)
    page = paginate(query.order_by(Course.published_at.desc(), Course.id.desc()), PAGE_SIZE)
    return Page(course_cards(page.rows), page.number, page.size, page.total)


def newest_courses(limit: int, *, audience: str = "") -> list[CourseCard]:
    """Return the newest published courses, at most `limit`, for one audience or for all."""
    query = _visible(select(Course), drafts=False)
    if audience:
        named = select(CourseAudience.course_id).where(CourseAudience.name == audience)
        query = query.where(Course.id.in_(named))
    query = query.order_by(Course.published_at.desc(), Course.id.desc()).limit(limit)
    return course_cards(db.session.scalars(query).all())


def desk_courses(words: str, status: str, reach: Reach) -> Page[CourseCard]:
    """Return the page of the courses within reach for their editors, the latest change first."""
    query = select(Course).where(owned(Course.unit_id, reach))
    if words:
        matches = [
            column.contains(words, autoescape=True) for column in (Course.title, Course.slug)
        ]
        query = query.where(or_(*matches))
    if status:
        query = query.where(Course.status == status)
    page = paginate(query.order_by(Course.updated_at.desc(), Course.id.desc()))
    return Page(course_cards(page.rows), page.number, page.size, page.total)


def status_counts(reach: Reach = EVERYTHING) -> dict[str, int]:
    """Return how many courses within reach there are in each status."""
    query = select(Course.status, func.count(Course.id)).where(owned(Course.unit_id, reach))
    query = query.group_by(Course.status)
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_courses(status: Status) -> int:
    """Return how many courses have this status."""
    return status_counts().get(status.value, 0)


def published_since(moment: datetime) -> int:
    """Return how many of the published courses were first published since `moment`."""
    query = _visible(select(func.count(Course.id)), drafts=False)
    return db.session.scalar(query.where(Course.published_at >= moment)) or 0


def course_cards(courses: Sequence[Course]) -> list[CourseCard]:
    """Return the cards of `courses`, whatever their status, in a fixed number of queries."""
    ids = [course.id for course in courses]
    lessons = lessons_of_courses(ids, bodies=False)
    posters = target_summaries(lesson for own in lessons.values() for lesson in own)
    audiences, praises = _audiences(ids), praises_of(ids)
    cards = []
    for course in courses:
        own = lessons[course.id]
        pictures = [s.poster_url for x in own if (s := posters.get(x.id)) and s.poster_url]
        minutes = sum(lesson.minutes for lesson in own)
        audience = tuple(audiences.get(course.id, ()))
        poster = next(iter(pictures), None)
        praise = praise_word(praises[course.id])
        cards.append(CourseCard(course, audience, len(own), minutes, poster, praise))
    return cards


@shared("courses")
def _audiences(course_ids: Collection[int]) -> dict[int, list[str]]:
    query = select(CourseAudience).where(CourseAudience.course_id.in_(course_ids))
    found: dict[int, list[str]] = {}
    for row in db.session.scalars(query.order_by(CourseAudience.id)):
        found.setdefault(row.course_id, []).append(row.name)
    return found


def _with_course() -> Select[Lesson]:
    return select(Lesson).join(Lesson.course).options(contains_eager(Lesson.course))


def _visible(query: Select[Row], *, drafts: Drafts) -> Select[Row]:
    """The one place that keeps drafts and withdrawn courses from people without courses.view."""
    published = Course.status == Status.PUBLISHED.value
    if isinstance(drafts, Reach):
        return query.where(or_(published, owned(Course.unit_id, drafts)))
    return query if drafts else query.where(published)


def lessons_with_files(lesson_ids: Iterable[int]) -> set[int]:
    """Return those of the lessons that have an attachment."""
    query = select(Attachment.lesson_id).where(Attachment.lesson_id.in_(list(lesson_ids)))
    return set(db.session.scalars(query))

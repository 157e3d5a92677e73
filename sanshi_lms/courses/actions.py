"""Writes of courses, one function per verb. Nothing here commits."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import rules
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.lesson_actions import remove_lesson
from sanshi_lms.courses.models import Course, CourseAudience, Lesson
from sanshi_lms.courses.queries import lessons_of
from sanshi_lms.courses.readiness import desk_rows, what_is_missing
from sanshi_lms.courses.saving import claim, flush_or_refuse, insert_or_refuse, write_or_refuse
from sanshi_lms.courses.signals import course_published, course_withdrawn

_PLAIN = (
    "slug", "title", "summary", "description_md", "topic", "kind", "credit_hours", "category",
    "in_order", "season", "issue",
)  # fmt: skip


@dataclass(frozen=True)
class CourseValues:
    """What a course says of itself."""

    slug: str
    title: str
    summary: str
    description_md: str
    topic: str
    kind: str
    credit_hours: Decimal
    category: str
    audience: tuple[str, ...]
    in_order: bool = False
    season: int = 0
    issue: int = 0


def create_course(values: CourseValues, unit_id: int | None = None) -> Course:
    """Create a course of a unit, or of the city, as a draft.

    Raises Refusal when the address is taken.
    """
    moment = now()
    course = Course(status=rules.Status.DRAFT.value, created_at=moment, updated_at=moment)
    course.version, course.unit_id = 1, unit_id
    course.audiences = []
    _write_course(course, values)
    insert_or_refuse(course)
    touch("course", course.id)
    note("courses.create", f"course:{course.id}", after={**asdict(values), "unit_id": unit_id})
    return course


def give_course(course: Course, unit_id: int | None) -> None:
    """Give a course to another unit, or to the whole city."""
    before, course.unit_id = course.unit_id, unit_id
    if before != unit_id:
        note("courses.give", f"course:{course.id}", {"unit_id": before}, {"unit_id": unit_id})


def edit_course(course: Course, values: CourseValues, version: int) -> None:
    """Change what a course says of itself, if it still is what the editor saw.

    Raises StaleVersion when it is not, Refusal when the address is taken or in use.
    """
    claim(course, version)
    before = course_values(course)
    if values.slug != course.slug and course.published_at:
        raise Refusal("课程发布过以后，网址名不能再改：别人存下的链接和二维码会失效。")
    write_or_refuse(lambda: _write_course(course, values))
    course.updated_at = now()
    touch_course(course)
    note("courses.edit", f"course:{course.id}", asdict(before), asdict(values))


def publish_course(
    course: Course, by_id: int | None = None, *, moment: datetime | None = None, words: str = ""
) -> None:
    """Show a course to everybody. Raises Refusal with the first thing that is missing.

    Whether it was reviewed is asked by the editorial flow, through which people come here.
    """
    problems = what_is_missing(course, desk_rows(lessons_of(course.id)))
    if problems:
        raise Refusal(f"还不能发布。{problems[0]}")
    before = course.status
    set_status(course, rules.Status.PUBLISHED, moment or now(), by_id=by_id, words=words)
    note("courses.publish", f"course:{course.id}", {"status": before}, {"status": course.status})


def withdraw_course(
    course: Course, reason: str = "", by_id: int | None = None, *, moment: datetime | None = None
) -> None:
    """Hide a course; what people learned stays on record. Raises Refusal for a draft."""
    if not course.is_published:
        raise Refusal("这门课程现在没有发布，不用下架。")
    set_status(course, rules.Status.WITHDRAWN, moment or now(), by_id=by_id, words=reason)
    after = {"status": course.status} | ({"reason": reason} if reason else {})
    note("courses.withdraw", f"course:{course.id}", after=after)


def set_status(
    course: Course, status: rules.Status, moment: datetime, *, by_id: int | None = None,
    words: str = "",
) -> None:  # fmt: skip
    """Give a course its status, and tell of it; the date of its first publication is kept."""
    was, course.status = course.is_published, status.value
    if status is rules.Status.PUBLISHED and course.published_at is None:
        course.published_at = moment
    course.updated_at = moment
    db.session.flush()
    touch_course(course)
    if was != course.is_published:
        news = course_published if course.is_published else course_withdrawn
        news.send(course, at=moment, by_id=by_id, words=words)


def delete_course(course: Course) -> None:
    """Delete a course that nobody has begun. Raises Refusal when something depends on it."""
    lessons = lessons_of(course.id)
    if course.is_published:
        raise Refusal("课程正在发布中，请先下架，再删除。")
    if learner_side().people_with_records(course.id, [lesson.id for lesson in lessons]):
        raise Refusal("已经有人学过这门课程，为了保留他们的学习记录，不能删除。下架即可。")
    for lesson in lessons:
        remove_lesson(lesson)
    note("courses.delete", f"course:{course.id}", before=asdict(course_values(course)))
    touch("course", course.id)
    db.session.delete(course)
    flush_or_refuse("还有别的内容用到这门课程，不能删除。下架即可。")


def touch_course(course: Course) -> None:
    """Tell search that a course changed, and with it what is known of its lessons."""
    touch("course", course.id)
    for lesson_id in db.session.scalars(select(Lesson.id).where(Lesson.course_id == course.id)):
        touch("lesson", lesson_id)


def course_values(course: Course) -> CourseValues:
    """Return what the course says of itself now."""
    return CourseValues(
        slug=course.slug,
        title=course.title,
        summary=course.summary,
        description_md=course.description_md,
        topic=course.topic,
        kind=course.kind,
        credit_hours=course.credit_hours,
        category=course.category,
        audience=tuple(row.name for row in course.audiences),
        in_order=course.in_order,
        season=course.season,
        issue=course.issue,
    )


def _write_course(course: Course, values: CourseValues) -> None:
    for name in _PLAIN:
        setattr(course, name, getattr(values, name))
    kept = {row.name: row for row in course.audiences}
    course.audiences = [kept.get(n) or CourseAudience(name=n) for n in values.audience]

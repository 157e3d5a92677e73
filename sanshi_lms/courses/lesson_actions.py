"""Writes of lessons, one function per verb. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import rules
from sanshi_lms.courses.attachments import detach
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.models import Attachment, Course, Lesson
from sanshi_lms.courses.queries import lessons_of
from sanshi_lms.courses.saving import claim, flush_or_refuse, insert_or_refuse, write_or_refuse


@dataclass(frozen=True)
class LessonValues:
    """What a lesson says of itself; `minutes` is its length as the author promises it."""

    slug: str
    title: str
    kind: str
    target_id: int | None
    minutes: int
    required: bool
    body_md: str


def add_lesson(course: Course, values: LessonValues) -> Lesson:
    """Add a lesson at the end of a course. Raises Refusal when its address is taken."""
    _take_turns(course.id)
    last = db.session.scalar(select(func.max(Lesson.position)).where(Lesson.course_id == course.id))
    lesson = Lesson(course_id=course.id, position=(last or 0) + 1, updated_at=now(), version=1)
    _write_lesson(lesson, values)
    insert_or_refuse(lesson)
    touch_lesson(lesson)
    note("courses.add_lesson", f"lesson:{lesson.id}", after=asdict(values))
    return lesson


def edit_lesson(lesson: Lesson, values: LessonValues, version: int) -> None:
    """Change a lesson, if it still is what the editor saw.

    Raises StaleVersion when it is not, Refusal when the address is taken or in use.
    """
    claim(lesson, version)
    before = lesson_values(lesson)
    if values.slug != lesson.slug and lesson.course.published_at:
        raise Refusal("课程发布过以后，网址名不能再改：别人存下的链接和二维码会失效。")
    write_or_refuse(lambda: _write_lesson(lesson, values))
    lesson.updated_at = now()
    touch_lesson(lesson)
    note("courses.edit_lesson", f"lesson:{lesson.id}", asdict(before), asdict(values))


def move_lesson(lesson: Lesson, step: int) -> None:
    """Move a lesson up (-1) or down (1) within its course."""
    _take_turns(lesson.course_id)
    lessons = {row.id: row for row in lessons_of(lesson.course_id)}
    order = rules.moved(list(lessons), lesson.id, step)
    if order != list(lessons):
        put_in_order([lessons[lesson_id] for lesson_id in order])
        note("courses.move_lesson", f"lesson:{lesson.id}", after={"step": step})


def put_in_order(lessons: Sequence[Lesson]) -> None:
    """Number all lessons of a course 1, 2, 3 … in the given order."""
    # Two rounds: SQLite checks uniqueness row by row, so nobody may step on a taken place.
    for round_sign in (-1, 1):
        for place, lesson in enumerate(lessons, 1):
            lesson.position = round_sign * place
        db.session.flush()


def delete_lesson(lesson: Lesson) -> None:
    """Delete a lesson that nobody has begun. Raises Refusal when something depends on it."""
    if learner_side().people_with_records(None, [lesson.id]):
        raise Refusal("已经有人学过这一课，为了保留他们的学习记录，不能删除。")
    if lesson.course.is_published and len(lessons_of(lesson.course_id)) == 1:
        raise Refusal("这是最后一课，课程正在发布中：请先把课程下架，再删除。")
    note("courses.delete_lesson", f"lesson:{lesson.id}", before=asdict(lesson_values(lesson)))
    touch("course", lesson.course_id)
    remove_lesson(lesson)
    flush_or_refuse("还有别的内容用到这一课，不能删除。")


def touch_edit(lesson: Lesson) -> None:
    """Count a change of a lesson's attachments as an edit, for other editors and for packs."""
    lesson.version += 1
    lesson.updated_at = now()
    touch_lesson(lesson)


def touch_lesson(lesson: Lesson) -> None:
    """Tell search that a lesson changed, and with it its course."""
    touch("lesson", lesson.id)
    touch("course", lesson.course_id)


def lesson_values(lesson: Lesson) -> LessonValues:
    """Return what the lesson says of itself now."""
    return LessonValues(
        slug=lesson.slug,
        title=lesson.title,
        kind=lesson.kind,
        target_id=lesson.target_id,
        minutes=lesson.minutes,
        required=lesson.required,
        body_md=lesson.body_md,
    )


def remove_lesson(lesson: Lesson) -> None:
    """Delete a lesson with its attachments, unasked; search is told."""
    query = select(Attachment).where(Attachment.lesson_id == lesson.id)
    for attachment in db.session.scalars(query).all():
        detach(attachment)
    touch("lesson", lesson.id)
    db.session.delete(lesson)


def _write_lesson(lesson: Lesson, values: LessonValues) -> None:
    for name, value in asdict(values).items():
        setattr(lesson, name, value)


def _take_turns(course_id: int) -> None:
    """Let only one person at a time number a course's lessons (SQLite has one writer anyway)."""
    db.session.execute(select(Course.id).where(Course.id == course_id).with_for_update())

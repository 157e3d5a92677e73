"""Carries out a plan of loading packs, in the caller's transaction: all of it or nothing.

Rows are updated in place and found by their address: what people learned hangs on their ids.
"""

from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.courses.actions import set_status, touch_course
from sanshi_lms.courses.attachments import attach, detach
from sanshi_lms.courses.file_types import safe_filename
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.lesson_actions import put_in_order, remove_lesson
from sanshi_lms.courses.loader import CoursePlan, LessonPlan, Plan, Verb
from sanshi_lms.courses.models import Course, CourseAudience, Lesson
from sanshi_lms.courses.pack import PackCourse
from sanshi_lms.courses.pack_extras import pack_extras
from sanshi_lms.courses.pack_files import digest
from sanshi_lms.courses.pack_lesson import PackLesson
from sanshi_lms.courses.queries import lessons_of
from sanshi_lms.courses.rules import Status, merged_order


def carry_out(plan: Plan, moment: datetime) -> None:
    """Make the database what `plan` says. Raises ValueError for a plan with errors."""
    if plan.errors:
        raise ValueError("a plan with errors is not carried out")
    for course in plan.courses:
        if course.changes or (course.row and course.row.pack_status != course.pack.status):
            _carry_out(course, moment)


def _carry_out(course: CoursePlan, moment: datetime) -> None:
    pack, row = course.pack, course.row
    if row is None:
        row = Course(
            slug=pack.slug, status=Status.DRAFT.value, created_at=moment, updated_at=moment
        )
        row.version = 0
        row.audiences = []
    if course.verb in {Verb.ADD, Verb.CHANGE}:
        _write_course(row, pack, moment)
    row.pack_status = pack.status.value
    db.session.add(row)
    db.session.flush()
    for lesson in course.lessons:
        _carry_out_lesson(row, lesson, moment)
    _number(row, pack)
    _load_extras(row, course, moment)
    if course.status is not None:
        set_status(row, course.status, moment, words="从课程包导入")
    touch_course(row)
    note("courses.load", f"course:{row.id}", after=_summary(course))


def _write_course(row: Course, pack: PackCourse, moment: datetime) -> None:
    row.title, row.summary = pack.title, pack.summary
    row.description_md = pack.description_md
    row.topic, row.kind, row.credit_hours = pack.topic, pack.kind, pack.credit_hours
    row.category, row.in_order = pack.category, pack.in_order
    row.season, row.issue = pack.season, pack.issue
    kept = {audience.name: audience for audience in row.audiences}
    row.audiences = [kept.get(name) or CourseAudience(name=name) for name in pack.audience]
    row.updated_at = moment
    row.version += 1
    row.pack_version, row.pack_hash = row.version, pack.fingerprint()


def _carry_out_lesson(course: Course, lesson: LessonPlan, moment: datetime) -> None:
    if lesson.verb is Verb.REMOVE and lesson.row:
        remove_lesson(lesson.row)
        db.session.flush()
    elif lesson.verb in {Verb.ADD, Verb.CHANGE} and lesson.pack:
        _write_lesson(lesson.row or _new_lesson(course), lesson.pack, moment)


def _new_lesson(course: Course) -> Lesson:
    taken = [lesson.position for lesson in lessons_of(course.id)]
    return Lesson(course_id=course.id, position=max(taken, default=0) + 1, version=0)


def _write_lesson(row: Lesson, pack: PackLesson, moment: datetime) -> None:
    present = row.target_id if row.kind == pack.kind else None
    row.slug, row.title, row.kind, row.minutes = pack.slug, pack.title, pack.kind, pack.minutes
    row.required, row.body_md, row.updated_at = pack.required, pack.body_md, moment
    if pack.reference is None:
        row.target_id = None
    else:
        kind = lesson_kinds()[pack.kind]
        row.target_id = kind.pack_load(pack.reference, present)
    row.version += 1
    row.pack_version, row.pack_hash = row.version, pack.fingerprint()
    db.session.add(row)
    db.session.flush()
    _sync_attachments(row, pack)


def _sync_attachments(row: Lesson, pack: PackLesson) -> None:
    wanted = {(safe_filename(path.name), digest(path)): path for path in pack.attachments}
    db.session.refresh(row, ["attachments"])
    for attachment in list(row.attachments):
        if wanted.pop((attachment.filename, attachment.sha256), None) is None:
            detach(attachment)
    for path in wanted.values():
        attach(row, path, path.name)


def _load_extras(row: Course, course: CoursePlan, moment: datetime) -> None:
    written = {
        one.pack.slug: one.pack
        for one in course.lessons
        if one.pack and one.verb in {Verb.ADD, Verb.CHANGE}
    }
    for lesson in lessons_of(row.id):
        for name, texts in written[lesson.slug].extras if lesson.slug in written else ():
            pack_extras()[name].load(lesson, texts, moment)


def _number(course: Course, pack: PackCourse) -> None:
    lessons = {lesson.slug: lesson for lesson in lessons_of(course.id)}
    in_pack = [lesson.slug for lesson in pack.lessons]
    order = merged_order(list(lessons), in_pack)
    if order != list(lessons):
        put_in_order([lessons[slug] for slug in order])


def _summary(course: CoursePlan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lesson in course.lessons:
        if lesson.verb is not Verb.KEEP:
            found.setdefault(lesson.verb.name.lower(), []).append(lesson.slug)
    return {"course": [course.verb.name.lower()], **found}

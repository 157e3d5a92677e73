"""Writes of programmes: what a training consists of and when somebody graduates."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import courses_by_id
from sanshi_lms.training.classes.models import Programme, ProgrammeCourse
from sanshi_lms.training.classes.queries import plan_of
from sanshi_lms.training.formkeys import add_once
from sanshi_lms.training.rules import has_ring

_TAKEN = "已经有同名的培训项目，请换个名称。"
_RING = "这样排会互相等：有的课谁也打不开。请检查“先学完”的课，或者调整先后顺序。"
MOST_COURSES = 60


@dataclass(frozen=True)
class ProgrammeValues:
    """What a programme says of itself."""

    title: str
    summary: str
    elective_hours: Decimal
    attend_times: int
    in_order: bool
    credit_hours: Decimal


def add_programme(
    values: ProgrammeValues, form_key: str, moment: datetime, *, invented: bool = False
) -> Programme:
    """Make a programme. Raises Refusal when the title is taken."""
    row = Programme(**asdict(values), form_key=form_key, created_at=moment, invented=invented)
    programme, fresh = add_once(row, _TAKEN)
    if fresh:
        note("training.add_programme", f"programme:{programme.id}", after=asdict(values))
    return programme


def change_programme(programme: Programme, values: ProgrammeValues) -> None:
    """Change a programme; classes that exist keep what they copied."""
    before = {name: getattr(programme, name) for name in asdict(values)}
    if before == asdict(values):
        return
    plan = plan_of(programme.courses)
    if values.in_order and has_ring(plan, in_order=True):
        raise Refusal(_RING)
    with taken_means(_TAKEN):
        for name, value in asdict(values).items():
            setattr(programme, name, value)
    note("training.change_programme", f"programme:{programme.id}", before, asdict(values))


def add_course(programme: Programme, course_id: int, *, required: bool) -> None:
    """Put a published course at the end of a programme; once, however often it is asked."""
    course = courses_by_id([course_id]).get(course_id)
    if course is None:
        raise Refusal("没有这门课程，或者还没有发布。")
    if any(row.course_id == course_id for row in programme.courses):
        return
    if len(programme.courses) >= MOST_COURSES:
        raise Refusal(f"一个培训项目最多 {MOST_COURSES} 门课。")
    last = max((row.position for row in programme.courses), default=0)
    row = ProgrammeCourse(
        programme_id=programme.id, course_id=course_id, required=required, position=last + 1
    )
    row.needs_json = "[]"
    try:
        with db.session.begin_nested():
            programme.courses.append(row)
    except IntegrityError:
        return  # the other click was faster
    _note_courses(programme, {"course": course.title})


def drop_course(programme: Programme, course_id: int) -> None:
    """Take a course out of a programme, and out of what other courses ask for."""
    row = _row(programme, course_id)
    if row is None:
        return
    programme.courses.remove(row)
    for other in programme.courses:
        other.needs_json = json.dumps([one for one in other.needs if one != course_id])
    _note_courses(programme, {"remove": course_id})


def set_course(
    programme: Programme, course_id: int, *, required: bool, needs: Sequence[int]
) -> None:
    """Say whether a course is required and which courses come before it."""
    row = _row(programme, course_id)
    if row is None:
        raise Refusal("这门课已经不在培训项目里，请刷新页面。", 409)
    known = {other.course_id for other in programme.courses} - {course_id}
    wanted = tuple(sorted(known & set(needs)))
    plan = [
        replace(c, required=required, needs=wanted) if c.course_id == course_id else c
        for c in plan_of(programme.courses)
    ]
    if has_ring(plan, in_order=programme.in_order):
        raise Refusal(_RING)
    row.required, row.needs_json = required, json.dumps(wanted)
    _note_courses(programme, {"course": course_id, "required": required})


def move_course(programme: Programme, course_id: int, step: int) -> None:
    """Move a course one place up (-1) or down (1)."""
    rows = list(programme.courses)
    place = next((i for i, row in enumerate(rows) if row.course_id == course_id), None)
    if place is None or not 0 <= place + step < len(rows):
        return
    rows.insert(place + step, rows.pop(place))
    plan = {c.course_id: c for c in plan_of(programme.courses)}
    ordered = [plan[row.course_id] for row in rows if row.course_id in plan]
    if has_ring(ordered, in_order=programme.in_order):
        raise Refusal(_RING)
    for position, row in enumerate(rows, 1):
        row.position = position
    db.session.flush()
    db.session.expire(programme, ["courses"])
    _note_courses(programme, {"step": step})


def _row(programme: Programme, course_id: int) -> ProgrammeCourse | None:
    return next((row for row in programme.courses if row.course_id == course_id), None)


def _note_courses(programme: Programme, after: dict[str, object]) -> None:
    note("training.change_courses", f"programme:{programme.id}", after=after)

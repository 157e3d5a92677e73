"""Reads of what was named 优秀微课. What is not published is praised nowhere in public."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.shared import shared
from sanshi_lms.courses.editorial.models import Excellent
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.rules import Status

WORD = "优秀微课"


@shared("courses")
def praises_of(course_ids: Iterable[int]) -> dict[int, list[Excellent]]:
    """Return what of these courses is 优秀微课, a course itself before its lessons."""
    found: dict[int, list[Excellent]] = {number: [] for number in course_ids}
    query = select(Excellent).where(Excellent.course_id.in_(found))
    order = query.order_by(Excellent.lesson_id.is_not(None), Excellent.id)
    for row in db.session.scalars(order):
        found[row.course_id].append(row)
    return found


def praise_word(praises: Sequence[Excellent]) -> str:
    """Return the word of a course's badge, or nothing."""
    if not praises:
        return ""
    return WORD if praises[0].lesson_id is None else f"有{WORD}"


def praised_courses() -> Select[Course]:
    """Return the published courses of which something is 优秀微课, the newest praise first."""
    newest = (
        select(Excellent.course_id, func.max(Excellent.at).label("at"))
        .group_by(Excellent.course_id).subquery()
    )  # fmt: skip
    query = select(Course).join(newest, newest.c.course_id == Course.id)
    query = query.where(Course.status == Status.PUBLISHED.value)
    return query.order_by(newest.c.at.desc(), Course.id.desc())

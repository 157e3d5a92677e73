"""Reads of practicals."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.practicals.models import HandIn


def hand_ins_of(lesson_id: int, user_id: int) -> Sequence[HandIn]:
    """Return what a person handed in for a lesson, the newest first."""
    query = select(HandIn).where(HandIn.lesson_id == lesson_id, HandIn.user_id == user_id)
    return db.session.scalars(query.order_by(HandIn.number.desc())).all()


def hand_in_by_nonce(nonce: str) -> HandIn | None:
    """Return what came by a form, if it came."""
    return db.session.scalar(select(HandIn).where(HandIn.nonce == nonce))


def visible_hand_in(hand_in_id: int, user_id: int | None, reach: Reach) -> HandIn | None:
    """Return a hand-in to its owner, and to reviewers of its course's unit; None to all others."""
    query = select(HandIn).where(HandIn.id == hand_in_id)
    return db.session.scalar(query.where(or_(HandIn.user_id == user_id, _of_courses(reach))))


def to_review(state: str, reach: Reach) -> Select[HandIn]:
    """Return the query of hand-ins in a state, in courses of units within reach: the oldest that
    wait first, else the newest.
    """
    order = HandIn.id.asc() if state == "submitted" else HandIn.id.desc()
    return select(HandIn).where(HandIn.state == state, _of_courses(reach)).order_by(order)


def count_waiting() -> int:
    """Return how many hand-ins wait for somebody to look at them."""
    query = select(func.count(HandIn.id)).where(HandIn.state == "submitted")
    return db.session.scalar(query) or 0


def hand_ins_by_id(ids: Collection[int]) -> dict[int, HandIn]:
    """Return the hand-ins with these ids."""
    return {one.id: one for one in db.session.scalars(select(HandIn).where(HandIn.id.in_(ids)))}


def _of_courses(reach: Reach) -> ColumnElement[bool]:
    """Tell, inside a statement, whether a hand-in is for a course of a unit within reach."""
    if reach.everything:
        return true()
    lessons = select(Lesson.id).join(Course, Course.id == Lesson.course_id)
    return HandIn.lesson_id.in_(lessons.where(owned(Course.unit_id, reach)))

"""Writes of the list "make a lesson": taken up, given back, done."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.community.lessons.models import TakenWish
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.core.registers import LessonWish
from sanshi_lms.courses import courses_by_id

_TAKEN = "已经有人认领了，请刷新页面看看是谁。"


def take_up(wish: LessonWish, person: User, moment: datetime) -> None:
    """Note that `person` makes a lesson of it. Raises Refusal when somebody else does."""
    known = db.session.scalar(select(TakenWish).where(TakenWish.key == wish.key))
    if known is not None:
        if known.person_id != person.id:
            raise Refusal(_TAKEN, 409)
        return
    row = TakenWish(key=wish.key, label=wish.label, person_id=person.id, taken_at=moment)
    with taken_means(_TAKEN, 409):
        db.session.add(row)
        db.session.flush()
    note("community.take_wish", f"wish:{row.id}", after={"label": wish.label})


def give_back(row: TakenWish, person: User) -> None:
    """Let others take it up again. Raises Refusal for who did not take it."""
    if row.person_id != person.id and not person.may("courses.publish"):
        raise Refusal("由认领的人或者管理员来退回。", 403)
    note("community.give_back_wish", f"wish:{row.id}", before={"label": row.label})
    db.session.delete(row)


def link_course(row: TakenWish, course_id: int | None, person: User) -> None:
    """Note the course that was made of it."""
    if row.person_id != person.id and not person.may("courses.publish"):
        raise Refusal("由认领的人或者管理员来填。", 403)
    if course_id is None or course_id not in courses_by_id([course_id], drafts=True):
        raise Refusal("请选一门课。")
    before, row.course_id = row.course_id, course_id
    note("community.link_wish", f"wish:{row.id}", {"course": before}, {"course": course_id})

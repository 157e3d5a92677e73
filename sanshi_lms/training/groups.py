"""Who learns what together, for rooms above: classes, programmes and assignments alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, false, select

from sanshi_lms.account import User, within
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.training.assignments.models import AssignedPerson, Assignment
from sanshi_lms.training.classes.models import (
    HOLDS_SEAT,
    ClassCourse,
    Member,
    Programme,
    ProgrammeCourse,
    TrainingClass,
)

Courses = Sequence[ClassCourse] | Sequence[ProgrammeCourse]


@dataclass(frozen=True)
class LearningGroup:
    """Courses that some people must do, by a day. `key` names it, such as "class:3"."""

    key: str
    kind: str
    title: str
    course_ids: tuple[int, ...]
    under: str = ""
    ends_on: date | None = None


def learning_groups(reach: Reach = EVERYTHING) -> list[LearningGroup]:
    """Return all classes that run or ran, programmes and assignments that stand.

    Programmes are everybody's; the others only if they have people within reach.
    """
    classes = select(TrainingClass).where(TrainingClass.status != "draft")
    standing = select(Assignment).where(Assignment.withdrawn_at.is_(None))
    if not reach.everything:
        seats = select(Member.class_id).join(User, User.id == Member.user_id)
        hit = select(AssignedPerson.assignment_id).join(User, User.id == AssignedPerson.user_id)
        classes = classes.where(TrainingClass.id.in_(seats.where(within(reach))))
        standing = standing.where(Assignment.id.in_(hit.where(within(reach))))
    found = [
        LearningGroup(
            f"class:{one.id}",
            "培训班",
            one.title,
            _required(one.courses),
            one.programme.title,
            one.ends_on,
        )
        for one in db.session.scalars(classes.order_by(TrainingClass.starts_on.desc()))
    ]
    found += [
        LearningGroup(f"programme:{one.id}", "培训项目", one.title, _required(one.courses))
        for one in db.session.scalars(select(Programme).order_by(Programme.title))
    ]
    found += [
        LearningGroup(
            f"assignment:{one.id}", "必修任务", one.title, tuple(one.course_ids), "", one.due_on
        )
        for one in db.session.scalars(standing.order_by(Assignment.id.desc()))
    ]
    return found


def learning_group(key: str) -> LearningGroup | None:
    """Return the group that `key` names."""
    return next((one for one in learning_groups() if one.key == key), None)


def people_of_group(key: str) -> Select[int]:
    """Return the query of the ids of a group's people; of nobody when there is no such group."""
    kind, _, text = key.partition(":")
    number = row_number(text) or 0
    members = select(Member.user_id).where(Member.state.in_(HOLDS_SEAT))
    if kind == "class":
        return members.where(Member.class_id == number)
    if kind == "programme":
        classes = select(TrainingClass.id).where(TrainingClass.programme_id == number)
        return members.where(Member.class_id.in_(classes))
    if kind == "assignment":
        return select(AssignedPerson.user_id).where(AssignedPerson.assignment_id == number)
    return select(User.id).where(false())


def graduates_of_group(key: str) -> Select[int]:
    """Return the query of the ids of those who graduated from a class, or one of a programme."""
    return people_of_group(key).where(Member.state == "done")


def _required(courses: Courses) -> tuple[int, ...]:
    return tuple(one.course_id for one in courses if one.required)

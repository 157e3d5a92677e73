"""Who sits in which open class, for each page of a lesson and each group of watch reports."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from sanshi_lms.core.db import db, rows_of
from sanshi_lms.core.shared import shared
from sanshi_lms.core.web import page_memory
from sanshi_lms.training.classes.models import ClassCourse, Member, TrainingClass


def rules_of_classes(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the learning rules of people's open classes, by person and course, in one query.

    Of several classes with the same course the one that began last decides.
    """
    ruled = _ruled_courses()
    if not ruled:
        return {}
    seats = _seats({user for user, _ in pairs})
    return {
        (user, course): rule
        for class_id, course, rule in ruled
        for user in {user for user, asked in pairs if asked == course}
        if class_id in seats[user]
    }


@shared("classes")
def _ruled_courses() -> list[tuple[int, int, int]]:
    """Return (class, course, rule) of the open classes with a rule, in the order they began."""
    query = (
        select(TrainingClass.id, ClassCourse.course_id, TrainingClass.learning_rule_id)
        .join(ClassCourse, ClassCourse.class_id == TrainingClass.id)
        .where(TrainingClass.learning_rule_id.is_not(None), TrainingClass.status == "open")
        .order_by(TrainingClass.starts_on, TrainingClass.id)
    )
    return [(row[0], row[1], row[2] or 0) for row in db.session.execute(query)]


def classes_with(user_id: int, course_id: int) -> Sequence[TrainingClass]:
    """Return the open classes with this course in which the person has a seat."""
    open_ones = _open_classes_with(course_id)
    seats = _seats({user_id})[user_id] if open_ones else frozenset()
    return [one for one in open_ones if one.id in seats]


@shared("classes")
def _open_classes_with(course_id: int) -> list[TrainingClass]:
    query = (
        select(TrainingClass)
        .join(ClassCourse, ClassCourse.class_id == TrainingClass.id)
        .where(ClassCourse.course_id == course_id, TrainingClass.status == "open")
        .options(joinedload(TrainingClass.learning_rule))
        .order_by(TrainingClass.id)
    )
    return list(db.session.scalars(query).unique())


_SEATS = select(Member.user_id, Member.class_id).where(
    Member.user_id.in_(bindparam("people", expanding=True)), Member.state == "in"
)


def _seats(user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return in which classes each of these people has a seat, asked once a page."""
    known: dict[int, frozenset[int]] = page_memory("training.seats")
    unknown = [user_id for user_id in user_ids if user_id not in known]
    if unknown:
        found: dict[int, set[int]] = {user_id: set() for user_id in unknown}
        for user_id, class_id in rows_of(_SEATS, people=unknown):
            found[user_id].add(class_id)
        known.update((user_id, frozenset(classes)) for user_id, classes in found.items())
    return {user_id: known[user_id] for user_id in user_ids}

"""Reads of corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from sanshi_lms.account import User, people_by_id, reach_of, within
from sanshi_lms.core.db import db, rows_of
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.courses import Course, Lesson, courses_by_id, lessons_by_id, lessons_of_courses
from sanshi_lms.learning.corrections.models import Correction, CorrectionDecision
from sanshi_lms.learning.corrections.rules import kind_words
from sanshi_lms.learning.models import Enrolment
from sanshi_lms.learning.queries import completed_among

MOST_SHOWN = 200
CORRECT = "learning.correct"


@dataclass(frozen=True)
class CorrectionRow:
    """A correction with the names of all it is about."""

    correction: Correction
    person: str
    lesson: Lesson | None
    asked_by: str
    decided_by: str

    @property
    def kind_zh(self) -> str:
        """What is corrected, in Chinese."""
        return kind_words(self.correction.kind, self.correction.amount)


_LAST_APPROVED = (
    select(Correction.kind, CorrectionDecision.before)
    .join(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
    .where(
        Correction.user_id == bindparam("user"),
        Correction.lesson_id == bindparam("lesson"),
        CorrectionDecision.approved,
    )
    .order_by(CorrectionDecision.at.desc(), Correction.id.desc())
    .limit(1)
)


def is_taken_back(user_id: int, lesson_id: int) -> bool:
    """Tell whether the last approved correction says that the lesson is not completed.

    A lower score says so when it took a completion away; minutes taken out can be seen again.
    """
    found = rows_of(_LAST_APPROVED, user=user_id, lesson=lesson_id)
    if not found:
        return False
    kind, before = found[0]
    return kind == "revoke" or (kind == "score" and bool(before))


def is_waiting(user_id: int, lesson_id: int) -> bool:
    """Tell whether a correction of this lesson of theirs waits for its decision."""
    query = (
        select(Correction.id)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .where(
            Correction.user_id == user_id,
            Correction.lesson_id == lesson_id,
            CorrectionDecision.correction_id.is_(None),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def count_for(person: User) -> int:
    """Return how many corrections wait for this very person's decision."""
    query = (
        select(func.count(Correction.id))
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .join(User, User.id == Correction.user_id)
        .where(
            CorrectionDecision.correction_id.is_(None),
            Correction.asked_by_id != person.id,
            Correction.user_id != person.id,
            within(reach_of(person, CORRECT)),
        )
    )
    return db.session.scalar(query) or 0


def find_correction(correction_id: int, reach: Reach) -> Correction | None:
    """Return a correction of somebody within reach, with its decision."""
    query = select(Correction).join(User, User.id == Correction.user_id)
    query = query.where(Correction.id == correction_id, within(reach))
    return db.session.scalar(query.options(joinedload(Correction.decision)))


def corrections(user_id: int | None = None, reach: Reach = EVERYTHING) -> list[CorrectionRow]:
    """Return the corrections of one person or of all within reach, the newest first."""
    query = select(Correction).options(joinedload(Correction.decision))
    query = query.join(User, User.id == Correction.user_id).where(within(reach))
    if user_id is not None:
        query = query.where(Correction.user_id == user_id)
    found = db.session.scalars(query.order_by(Correction.id.desc()).limit(MOST_SHOWN)).all()
    return _rows(found)


def lessons_for(user_id: int) -> list[tuple[Course, list[tuple[Lesson, bool]]]]:
    """Return the courses a person takes, each with its lessons and whether they are completed."""
    query = select(Enrolment.course_id).where(Enrolment.user_id == user_id)
    courses = courses_by_id(db.session.scalars(query).all(), drafts=True)
    lessons = lessons_of_courses(courses, bodies=False)
    done = completed_among(user_id, [x.id for own in lessons.values() for x in own])
    return [
        (course, [(x, x.id in done) for x in lessons[number]])
        for number, course in sorted(courses.items())
    ]


def _rows(found: Sequence[Correction]) -> list[CorrectionRow]:
    ids = {x for one in found for x in (one.user_id, one.asked_by_id)}
    ids |= {one.decision.by_id for one in found if one.decision}
    people = {number: person.display_name for number, person in people_by_id(ids).items()}
    lessons = lessons_by_id({one.lesson_id for one in found}, drafts=True)
    return [
        CorrectionRow(
            one,
            people.get(one.user_id, ""),
            lessons.get(one.lesson_id),
            people.get(one.asked_by_id, ""),
            people.get(one.decision.by_id, "") if one.decision else "",
        )
        for one in found
    ]

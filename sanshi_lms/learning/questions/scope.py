"""Who sees, answers and moderates which questions; for some units: under the courses of these."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from sanshi_lms.account import User, owned, reach_of
from sanshi_lms.core.reach import NOWHERE, Reach
from sanshi_lms.courses import Course, Lesson, drafts_for, get_lesson
from sanshi_lms.learning.questions.models import Question, Reply
from sanshi_lms.learning.questions.rules import State

ANSWER, MODERATE = "questions.answer", "questions.moderate"


def does(person: User, permission: str, question: Question) -> bool:
    """Tell whether a person answers or moderates under the course of a question."""
    if person.may(permission) or not person.may_somewhere(permission):
        return person.may(permission)
    lesson = get_lesson(question.lesson_id, drafts=True)
    return covers(reach_of(person, permission), lesson)


def reach_for_reader(person: User | None, permission: str) -> Reach:
    return reach_of(person, permission) if person else NOWHERE


def covers(reach: Reach, lesson: Lesson | None) -> bool:
    """Tell whether the course of a lesson is within reach; a hidden one is of everything only."""
    return reach.everything or (lesson is not None and reach.covers(lesson.course.unit_id))


def in_sight(model: type[Question] | type[Reply], person: User | None) -> ColumnElement[bool]:
    """Return the condition of what `person` may read: what is open, their own, all for staff."""
    if person is None:
        return model.state == State.OPEN
    if person.may(MODERATE):
        return or_(model.state != State.WITHDRAWN, model.writer_id == person.id)
    own = or_(model.state == State.OPEN, model.writer_id == person.id)
    if not person.may_somewhere(MODERATE):
        return own
    lessons = _lessons_of(reach_of(person, MODERATE))
    inside: ColumnElement[bool] = Question.lesson_id.in_(lessons)
    if model is Reply:
        inside = Reply.question_id.in_(select(Question.id).where(inside))
    return or_(own, and_(model.state != State.WITHDRAWN, inside))


def _lessons_of(reach: Reach) -> Select[int]:
    return select(Lesson.id).join(Lesson.course).where(owned(Course.unit_id, reach))


def shown_to(person: User, reach: Reach) -> Select[int]:
    """Return the query of the lessons of courses within reach that a person may read."""
    drafts, query = drafts_for(person), _lessons_of(reach)
    if drafts is True:
        return query
    published = Course.status == "published"
    more = owned(Course.unit_id, drafts) if drafts is not False else false()
    return query.where(or_(published, more))

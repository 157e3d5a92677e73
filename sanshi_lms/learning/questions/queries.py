"""Reads of questions. What a person may see is a condition of each query here.

Who answers or moderates for some units does so under the courses of these units.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select

from sanshi_lms.account import User, mask_name, people_by_id, reach_of
from sanshi_lms.core.db import db, rows_of
from sanshi_lms.courses import (
    Lesson,
    drafts_for,
    get_lesson,
    lesson_path,
    lessons_by_id,
    target_summaries,
)
from sanshi_lms.learning.questions import rules
from sanshi_lms.learning.questions.models import PostReport, Question, Reply
from sanshi_lms.learning.questions.rules import CALLED, State
from sanshi_lms.learning.questions.scope import (
    ANSWER,
    MODERATE,
    covers,
    in_sight,
    reach_for_reader,
    shown_to,
)


@dataclass(frozen=True)
class Told:
    """A question or an answer as one person reads it."""

    post: Question | Reply
    name: str
    called: str
    mine: bool
    reports: Sequence[str] = ()


@dataclass(frozen=True)
class Thread:
    """A question with its lesson and the answers that the reader may see, the accepted one first.

    `lesson` None: what it belongs to is not shown to them now. `answers_it`, `moderates`: whether
    they do so under its course.
    """

    question: Question
    told: Told
    lesson: Lesson | None
    answers: Sequence[Told]
    answers_it: bool = False
    moderates: bool = False

    @property
    def path(self) -> str:
        """The address that opens the lesson at the question's second."""
        return place_of(self.question, self.lesson) if self.lesson else ""

    @property
    def accepted(self) -> bool:
        """Tell whether an answer was accepted."""
        return any(isinstance(a.post, Reply) and a.post.accepted for a in self.answers)


def place_of(question: Question, lesson: Lesson) -> str:
    """Return the path that opens the lesson at the question's second and shows the question."""
    path = lesson_path(lesson.course.slug, lesson.slug)
    second = "" if question.second is None else f"?t={question.second}"
    return f"{path}{second}#question-{question.id}"


def is_closed(lesson: Lesson) -> bool:
    """Tell whether a lesson is only for people who are signed in."""
    summary = target_summaries([lesson]).get(lesson.id)
    return bool(summary and summary.signed_in_only)


def readable_lesson(lesson_id: int, person: User | None) -> Lesson | None:
    """Return a lesson whose questions `person` (None: a visitor) may read."""
    lesson = get_lesson(lesson_id, drafts=drafts_for(person))
    if lesson is None or (person is None and is_closed(lesson)):
        return None
    return lesson


def find_question(question_id: int, person: User | None) -> Question | None:
    """Return a question if `person` may read it; else None, as if there were none."""
    query = select(Question).where(Question.id == question_id, in_sight(Question, person))
    found = db.session.scalar(query)
    if found is None or readable_lesson(found.lesson_id, person) is None:
        return None
    return found


def find_answer(question: Question, reply_id: int, person: User | None) -> Reply | None:
    """Return an answer to a question that `person` may read, if they may read it too."""
    query = select(Reply).where(Reply.id == reply_id, Reply.question_id == question.id)
    return db.session.scalar(query.where(in_sight(Reply, person)))


def questions_of_lesson(lesson_id: int, person: User | None) -> Select[Question]:
    """Return the query of a lesson's questions in the order of the film."""
    query = select(Question).where(Question.lesson_id == lesson_id, in_sight(Question, person))
    return query.order_by(Question.second.is_not(None), Question.second, Question.id)


def questions_by(user_id: int) -> Select[Question]:
    """Return the query of what somebody asked, newest first."""
    mine = (Question.writer_id == user_id) & (Question.state != State.WITHDRAWN)
    return select(Question).where(mine).order_by(Question.id.desc())


def desk_query(view: str, person: User) -> Select[Question]:
    """Return what waits at the desk: "look" and "reported" for moderators, "answered", or what
    has no answer yet, the oldest first.
    """
    query = select(Question)
    judging = view in {"look", "reported"} and person.may_somewhere(MODERATE)
    if view == "look" and judging:
        waiting = Reply.question_id == Question.id, Reply.state == State.WAITING
        query = query.where(
            or_(
                Question.state == State.WAITING,
                and_(Question.state == State.OPEN, exists().where(*waiting)),
            )
        )
    elif view == "reported" and judging:
        query = query.where(or_(Question.id.in_(_reported()), Question.id.in_(_answer_reported())))
    else:
        answered = exists().where(Reply.question_id == Question.id, Reply.state == State.OPEN)
        query = query.where(Question.state == State.OPEN)
        query = query.where(answered if view == "answered" else ~answered)
    reach = reach_of(person, MODERATE if judging else ANSWER)
    query = query.where(Question.lesson_id.in_(shown_to(person, reach)))
    return query.order_by(Question.id.desc() if view == "answered" else Question.id)


def count_at_desk(view: str, person: User) -> int:
    """Return how many questions wait in one view of the desk."""
    query = select(func.count()).select_from(desk_query(view, person).order_by(None).subquery())
    return db.session.scalar(query) or 0


def waits_at_desk(person: User) -> int:
    """Return how much waits for this person's answer or look."""
    views = ("", "look", "reported") if person.may_somewhere(MODERATE) else ("",)
    return sum(count_at_desk(view, person) for view in views)


def threads(questions: Iterable[Question], person: User | None) -> list[Thread]:
    """Return questions with the answers that `person` may read, in a fixed number of queries."""
    rows = list(questions)
    if not rows:
        return []
    query = select(Reply).where(Reply.question_id.in_([q.id for q in rows]))
    query = query.where(in_sight(Reply, person))
    answers = list(db.session.scalars(query.order_by(Reply.accepted.is_(None), Reply.id)))
    posts: list[Question | Reply] = [*rows, *answers]
    people = people_by_id(post.writer_id for post in posts)
    lessons = lessons_by_id([q.lesson_id for q in rows], drafts=drafts_for(person))
    moderated, answered = (
        {q.id for q in rows if covers(reach, lessons.get(q.lesson_id))}
        for reach in (reach_for_reader(person, MODERATE), reach_for_reader(person, ANSWER))
    )
    reports = _reports(rows, answers) if moderated else {}

    def told(post: Question | Reply) -> Told:
        judged = (post.id if isinstance(post, Question) else post.question_id) in moderated
        writer = people[post.writer_id]
        mine = person is not None and writer.id == person.id
        # Who answers does so by profession and stands by it; who asks need not be known by name.
        plain = isinstance(post, Reply) or mine or judged
        name = writer.display_name if plain else mask_name(writer.display_name)
        told_reports = reports.get((type(post), post.id), ()) if judged else ()
        return Told(post, name, CALLED.get(writer.role, ""), mine, told_reports)

    return [
        Thread(
            question,
            told(question),
            lessons.get(question.lesson_id),
            [told(answer) for answer in answers if answer.question_id == question.id],
            question.id in answered,
            question.id in moderated,
        )
        for question in rows
    ]


def times_of(
    model: type[Question] | type[Reply] | type[PostReport], user_id: int, at: datetime
) -> Sequence[datetime]:
    """Return when somebody wrote in the last day."""
    since = at - timedelta(days=1)
    if issubclass(model, PostReport):
        mine, when = model.reporter_id == user_id, model.reported_at
    else:
        mine, when = model.writer_id == user_id, model.written_at
    return db.session.scalars(select(when).where(mine, when > since)).all()


def history_of(user_id: int) -> tuple[bool, bool]:
    """Return whether something of a person's was let through, and whether something was hidden."""
    row = rows_of(_HISTORY, me=user_id)[0]
    return bool(row[0]), bool(row[1])


def _history() -> Select[bool, bool]:
    let_through, hidden = list[ColumnElement[bool]](), list[ColumnElement[bool]]()
    models: tuple[type[Question] | type[Reply], ...] = (Question, Reply)
    for model in models:
        mine = exists().where(model.writer_id == bindparam("me"))
        let_through.append(mine.where(model.looked_at.is_not(None), model.state == State.OPEN))
        hidden.append(mine.where(model.state == State.HIDDEN))
    return select(or_(*let_through), or_(*hidden))


_HISTORY = _history()


def posts_at_once(person: User) -> bool:
    """Tell whether what this person posts is public at once."""
    if not rules.is_known_at_work(person.role):
        return rules.posts_at_once(person.role)
    let_through, hidden = history_of(person.id)
    return rules.posts_at_once(
        person.role,
        # Whose unit an administrator has confirmed is known, however the account came about.
        self_registered=person.consented_at is not None and person.unit_id is None,
        let_through=let_through,
        hidden=hidden,
    )


def _reported() -> Select[int | None]:
    return select(PostReport.question_id).where(
        PostReport.settled_at.is_(None), PostReport.question_id.is_not(None)
    )


def _answer_reported() -> Select[int]:
    return (
        select(Reply.question_id)
        .join(PostReport, PostReport.reply_id == Reply.id)
        .where(PostReport.settled_at.is_(None))
    )


def _reports(
    questions: Collection[Question], answers: Collection[Reply]
) -> dict[tuple[type, int], list[str]]:
    about = or_(
        PostReport.question_id.in_([q.id for q in questions]),
        PostReport.reply_id.in_([a.id for a in answers]),
    )
    found: dict[tuple[type, int], list[str]] = {}
    for one in db.session.scalars(
        select(PostReport).where(PostReport.settled_at.is_(None), about).order_by(PostReport.id)
    ):
        model, number = (Question, one.question_id) if one.question_id else (Reply, one.reply_id)
        found.setdefault((model, number or 0), []).append(one.reason)
    return found

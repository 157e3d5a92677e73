"""Reads of questions inside a video."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings
from sanshi_lms.core.shared import shared
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.asking.models import QuestionTry, VideoQuestion
from sanshi_lms.learning.asking.rules import open_places
from sanshi_lms.quizzes import Asked, ask_item, item_labels


@dataclass(frozen=True)
class PlacedQuestion:
    """A question as lists show it: where it stands, what it asks, whether it was answered right."""

    question_id: int
    second: int
    label: str | None
    right: bool


@shared("asking")
def questions_of(lesson_id: int) -> list[VideoQuestion]:
    """Return the questions of a lecture in the order of its seconds."""
    query = select(VideoQuestion).where(VideoQuestion.lesson_id == lesson_id)
    return list(db.session.scalars(query.order_by(VideoQuestion.second)))


@shared("asking", "courses")
def asks_anything(course_id: int) -> bool:
    """Tell whether any lecture of a course has a question inside."""
    query = select(VideoQuestion.id).join(Lesson, Lesson.id == VideoQuestion.lesson_id)
    return db.session.scalar(query.where(Lesson.course_id == course_id).limit(1)) is not None


def placed(lesson_id: int, user_id: int | None) -> list[PlacedQuestion]:
    """Return the questions of a lecture as one person stands with them."""
    rows = questions_of(lesson_id)
    if not rows:
        return []
    labels = item_labels([row.item_id for row in rows])
    right = _right(user_id, lesson_id) if user_id is not None else set()
    return [
        PlacedQuestion(row.id, row.second, labels.get(row.item_id), row.item_id in right)
        for row in rows
    ]


def open_questions(user_id: int, lesson_id: int) -> list[int]:
    """Return the seconds of the questions that the person has not answered right yet."""
    rows = questions_of(lesson_id)
    if not rows:
        return []
    known = item_labels([row.item_id for row in rows])
    places = [(row.second, row.item_id) for row in rows]
    return open_places(places, _right(user_id, lesson_id), known)


def next_number(user_id: int, question: VideoQuestion) -> int:
    """Return the number of the person's next try, from 1."""
    query = select(func.max(QuestionTry.number)).where(
        QuestionTry.user_id == user_id,
        QuestionTry.lesson_id == question.lesson_id,
        QuestionTry.item_id == question.item_id,
    )
    return 1 + (db.session.scalar(query) or 0)


def find_try(user_id: int, question: VideoQuestion, number: int) -> QuestionTry | None:
    """Return one of the person's tries."""
    return db.session.scalar(
        select(QuestionTry).where(
            QuestionTry.user_id == user_id,
            QuestionTry.lesson_id == question.lesson_id,
            QuestionTry.item_id == question.item_id,
            QuestionTry.number == number,
        )
    )


def asked(user_id: int, question: VideoQuestion, number: int) -> Asked | None:
    """Return the question as the person is asked it at their try `number`: in an order of its own.

    The order follows from our secret, so that nobody can work out the author's from it.
    """
    named = f"{user_id}:{question.lesson_id}:{question.item_id}:{number}".encode()
    key = settings().secret_key.encode()[:64]
    seed = int.from_bytes(hashlib.blake2b(named, key=key, digest_size=6).digest())
    return ask_item(question.item_id, seed)


def _right(user_id: int, lesson_id: int) -> set[int]:
    query = select(QuestionTry.item_id).where(
        QuestionTry.user_id == user_id,
        QuestionTry.lesson_id == lesson_id,
        QuestionTry.is_right,
    )
    return set(db.session.scalars(query))

"""What search knows of questions: those with an accepted answer, where everybody may read them."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Cue, Document
from sanshi_lms.courses import Lesson, lessons_by_id
from sanshi_lms.learning.questions.models import Question, Reply
from sanshi_lms.learning.questions.queries import place_of
from sanshi_lms.learning.questions.rules import State
from sanshi_lms.video import closed_ids

TITLE_SIGNS = 60


class QuestionSource:
    """A question with its accepted answer; a hit opens the lesson at the question's second."""

    kind = "question"
    label = "问答"

    def refs(self) -> Iterable[int]:
        """Return the ids of all questions that everybody may read."""
        return self.visible(db.session.scalars(_accepted(select(Question.id))).all())

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` that everybody may read now."""
        rows = db.session.execute(
            _accepted(select(Question, Reply)).where(Question.id.in_(refs))
        ).all()
        lessons = _open_lessons(question.lesson_id for question, _ in rows)
        for question, answer in rows:
            lesson = lessons.get(question.lesson_id)
            if lesson is None:
                continue
            yield Document(
                kind=self.kind,
                ref=question.id,
                title=shortened(question.text),
                url=place_of(question, lesson),
                body=f"{question.text}\n{answer.text}",
                topic=lesson.course.topic,
                parent=lesson.title,
                at=question.written_at,
            )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that everybody may read now."""
        query = _accepted(select(Question.id, Question.lesson_id)).where(Question.id.in_(refs))
        rows = db.session.execute(query).all()
        lessons = _open_lessons(lesson_id for _, lesson_id in rows)
        return [number for number, lesson_id in rows if lesson_id in lessons]

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: a question is not spoken."""
        del ref
        return ()


def shortened(text: str) -> str:
    """Return the first words of a question, for a title."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_SIGNS else f"{line[: TITLE_SIGNS - 1]}…"


def documents_of_lesson(lesson_id: int) -> list[tuple[str, int]]:
    """Return which documents of ours change when a lesson does: it may open, close or move."""
    query = _accepted(select(Question.id)).where(Question.lesson_id == lesson_id)
    with db.session.no_autoflush:  # whoever deletes a lesson flushes it when they are ready
        return [("question", number) for number in db.session.scalars(query)]


def _accepted(query: Select) -> Select:  # type: ignore[type-arg]  # whatever is selected
    joined = query.join(Reply, Reply.question_id == Question.id)
    open_ones = (Question.state == State.OPEN) & (Reply.state == State.OPEN)
    return joined.where(open_ones, Reply.accepted.is_(True)).order_by(Question.id)


def _open_lessons(ids: Iterable[int]) -> dict[int, Lesson]:
    """Return those of these lessons that everybody may see: published, and not for members only.

    The worker asks this too, outside of any request, so no address can be built here.
    """
    closed = set(closed_ids())
    return {
        number: lesson
        for number, lesson in lessons_by_id(ids).items()
        if lesson.kind != "video" or lesson.target_id not in closed
    }

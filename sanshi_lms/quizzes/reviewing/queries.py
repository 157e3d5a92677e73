"""Reads of what waits for a person and of what people gave."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import selectinload

from sanshi_lms.account import User, within
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import EVERYTHING, Reach
from sanshi_lms.quizzes.content import Criterion
from sanshi_lms.quizzes.frozen import FrozenItem, FrozenPaper
from sanshi_lms.quizzes.marking import suggested
from sanshi_lms.quizzes.models import Answer, Attempt
from sanshi_lms.quizzes.reviewing.models import AnswerMark


@dataclass(frozen=True)
class ToMark:
    """A short answer with its rubric; `suggested` and `given` are points by criterion."""

    answer: Answer
    stem_md: str
    text: str
    rubric: Sequence[Criterion]
    suggested: Sequence[int]
    marks: Sequence[AnswerMark]

    @property
    def given(self) -> Sequence[int] | None:
        """Return what counts now, None while nobody has marked it."""
        return self.answer.points


def waiting_query(reach: Reach) -> Select[Attempt]:
    """Return the query of attempts that wait for a person, the longest waiting first.

    Only those of people within reach.
    """
    query = select(Attempt).where(Attempt.to_mark.is_(True), Attempt.handed_in_at.is_not(None))
    query = query.where(_of_people(reach))
    return query.order_by(Attempt.handed_in_at, Attempt.id)


def count_waiting(reach: Reach) -> int:
    """Return how many attempts of people within reach wait."""
    waiting = waiting_query(reach).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def handed_in(attempt_id: int, reach: Reach = EVERYTHING, *, lock: bool = False) -> Attempt | None:
    """Return an attempt of somebody within reach that was handed in, with its paper and answers."""
    query = select(Attempt).where(
        Attempt.id == attempt_id,
        Attempt.handed_in_at.is_not(None),
        Attempt.practice.is_(False),
        _of_people(reach),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(
        query.options(selectinload(Attempt.version), selectinload(Attempt.answers))
    )


def to_mark(attempt: Attempt) -> list[ToMark]:
    """Return the short answers of an attempt in the paper's order; unanswered ones are left out."""
    answers = {one.item_id: one for one in attempt.answers if one.chosen}
    marks = marks_of([one.id for one in answers.values()])
    found = []
    for item in FrozenPaper.from_json(attempt.version.content).items:
        answer = answers.get(item.item_id)
        if answer is None or not item.content.for_person:
            continue
        given = marks.get(answer.id, [])
        if item.kind == "case":
            found += _in_case(item, answer, given)
        else:
            text = str(answer.chosen[0])
            hints = suggested(item.content, text)
            found.append(ToMark(answer, item.stem_md, text, item.content.rubric, hints, given))
    return found


def _in_case(item: FrozenItem, answer: Answer, given: Sequence[AnswerMark]) -> list[ToMark]:
    """Return the short answers of a case as one, its criteria named by their question.

    Nothing when none of them was answered: the rest is marked already.
    """
    stem, said = [item.stem_md], []
    hints: list[int] = []
    rubric: list[Criterion] = []
    for place, part in enumerate(item.parts):
        if part.kind != "short":
            continue
        own = answer.chosen[place] if place < len(answer.chosen) else []
        name = f"第 {place + 1} 小题"
        stem.append(f"**{name}**\n\n{part.stem_md}")
        said.append(f"{name}：{own[0] if own else '（没有作答）'}")
        hints += suggested(part.content, str(own[0]) if own else "")
        rubric += [replace(one, text=f"{name}：{one.text}") for one in part.content.rubric]
    if all(line.endswith("（没有作答）") for line in said):
        return []
    return [ToMark(answer, "\n\n".join(stem), "\n\n".join(said), rubric, hints, given)]


def marks_of(answer_ids: Collection[int]) -> dict[int, list[AnswerMark]]:
    """Return what people gave these answers, the oldest first."""
    query = select(AnswerMark).where(AnswerMark.answer_id.in_(answer_ids)).order_by(AnswerMark.id)
    found: dict[int, list[AnswerMark]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.answer_id].append(one)
    return {**found}


def _of_people(reach: Reach) -> ColumnElement[bool]:
    """Tell, inside a statement, whether an attempt is of somebody within reach."""
    if reach.everything:
        return true()
    return Attempt.user_id.in_(select(User.id).where(within(reach)))

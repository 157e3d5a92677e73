"""What people ask for and no lesson answers: counted from the needs and whatever rooms register."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import rjieba
from sqlalchemy import ColumnElement, exists, func, select

from sanshi_lms.account import User, people_by_id
from sanshi_lms.community.lessons.models import TakenWish
from sanshi_lms.community.lessons.queries import proposed_lessons
from sanshi_lms.community.lessons.rules import frequent_words
from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs.models import Need, NeedStep
from sanshi_lms.community.needs.rules import State
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import LessonWish, registers
from sanshi_lms.courses import Course, Lesson, courses_by_id

LEAST = 3
"""Fewer needs than this are single cases, and could be told apart."""
MOST_WORDS = 12
MOST_TEXTS = 2000


@dataclass(frozen=True)
class WishRow:
    """A line of the list: what is wished for, who took it up, what there is already."""

    wish: LessonWish
    taken: TakenWish | None
    who: User | None
    course: Course | None
    likely: Sequence[Lesson]


def wishes_since(since: datetime) -> list[WishRow]:
    """Return what was asked for since a moment, the most frequent first; then what was taken up."""
    found = {wish.key: wish for find in registers().wishes for wish in find(since)}
    taken = {row.key: row for row in db.session.scalars(select(TakenWish))}
    for key, row in taken.items():
        found.setdefault(key, LessonWish(key, row.label, 0, "之前有人要"))
    people = people_by_id(row.person_id for row in taken.values())
    ids = [row.course_id for row in taken.values() if row.course_id is not None]
    courses = courses_by_id(ids, drafts=True)
    ranked = sorted(found.values(), key=lambda wish: (wish.key in taken, -wish.count, wish.key))
    return [
        WishRow(
            wish,
            mine := taken.get(wish.key),
            people.get(mine.person_id) if mine else None,
            courses.get(mine.course_id or 0) if mine else None,
            () if mine else proposed_lessons(wish.label * 2, 2),
        )
        for wish in ranked
    ]


def find_wish(key: str, since: datetime) -> LessonWish | None:
    """Return the wish of this key that people have now."""
    wishes = (wish for find in registers().wishes for wish in find(since))
    return next((wish for wish in wishes if wish.key == key), None)


def needs_without_lesson(since: datetime) -> Iterable[LessonWish]:
    """Return kinds and words of needs to whom nobody sent a lesson, each of at least three."""
    query = select(Kind.id, Kind.name, func.count(Need.id)).join(Need, Need.kind_id == Kind.id)
    query = query.where(*_unanswered(since)).group_by(Kind.id, Kind.name)
    for kind_id, name, count in db.session.execute(query.having(func.count(Need.id) >= LEAST)):
        address = f"/community/needs/?kind={kind_id}"
        yield LessonWish(f"kind:{kind_id}", name, count, "需求的类别", address)
    texts = select(Need.text).where(*_unanswered(since)).order_by(Need.id.desc()).limit(MOST_TEXTS)
    words = frequent_words([rjieba.cut(text) for text in db.session.scalars(texts)], LEAST)
    for word, count in words[:MOST_WORDS]:
        yield LessonWish(f"word:{word}", word, count, "需求里常说的词")


def _unanswered(since: datetime) -> list[ColumnElement[bool]]:
    sent = exists().where(NeedStep.need_id == Need.id, NeedStep.verb == "send_course")
    gone = (State.MERGED.value, State.WITHDRAWN.value)
    return [Need.received_at >= since, Need.state.not_in(gone), ~sent]

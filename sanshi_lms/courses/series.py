"""The 微课堂 as series: one for each kind of course, in seasons and issues."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.queries import CourseCard, course_cards
from sanshi_lms.courses.rules import Status


@dataclass(frozen=True)
class Season:
    """The courses of one season in their order; number 0 holds those without one."""

    number: int
    cards: Sequence[CourseCard]


def seasons_of(kind: str) -> list[Season]:
    """Return the published courses of a kind by season, the newest season first."""
    query = (
        select(Course)
        .where(Course.kind == kind, Course.status == Status.PUBLISHED.value)
        .order_by(Course.season.desc(), Course.issue == 0, Course.issue, Course.published_at)
    )
    cards = course_cards(db.session.scalars(query).all())
    return [
        Season(number, list(own)) for number, own in groupby(cards, lambda card: card.course.season)
    ]


def counts_by_kind() -> dict[str, int]:
    """Return how many published courses each series has."""
    query = select(Course.kind, func.count()).where(Course.status == Status.PUBLISHED.value)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Course.kind))}

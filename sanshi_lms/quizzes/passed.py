"""Reads of who passed what, for the rooms above."""

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, case, func, select

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db
from sanshi_lms.quizzes.models import Attempt, Paper
from sanshi_lms.quizzes.queries import papers_by_id


def passed_percents(user_id: int, paper_ids: Collection[int]) -> dict[int, int]:
    """Return the best result, in percent, of each of these papers that the person passed.

    A test before a lecture asks for no score: it counts as 100.
    """
    counted = case((Paper.posttest_id.is_not(None), 100), else_=Attempt.percent)
    query = (
        select(Attempt.paper_id, func.max(counted))
        .join(Paper, Paper.id == Attempt.paper_id)
        .where(_passed(user_id, paper_ids))
    )
    return {row[0]: row[1] or 0 for row in db.session.execute(query.group_by(Attempt.paper_id))}


def passed_papers(user_id: int, paper_ids: Collection[int]) -> set[int]:
    """Return those of the papers that the person has passed."""
    query = select(Attempt.paper_id).where(_passed(user_id, paper_ids))
    return set(db.session.scalars(query))


def passing_attempts(user_id: int, paper_ids: Collection[int]) -> dict[int, int]:
    """Return, by paper, the attempt with which the person first passed it."""
    query = select(Attempt.paper_id, func.min(Attempt.id)).where(_passed(user_id, paper_ids))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Attempt.paper_id))}


def passed_since(user_id: int, paper_ids: Collection[int], day: date) -> set[int]:
    """Return those of the papers that the person passed on or after a day in Chongqing."""
    query = select(Attempt.paper_id).where(
        _passed(user_id, paper_ids),
        Attempt.handed_in_at >= datetime.combine(day, time(), LOCAL_ZONE),
    )
    return set(db.session.scalars(query))


def may_be_passed_again(paper_id: int) -> bool:
    """Tell whether somebody who has passed a paper can sit it as often as they like."""
    paper = papers_by_id([paper_id]).get(paper_id)
    if paper is None or paper.posttest_id is not None:
        return False
    return paper.counting == "best" and not paper.attempts_allowed and paper.closes_at is None


def _passed(user_id: int, paper_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(
        Attempt.user_id == user_id, Attempt.paper_id.in_(paper_ids), Attempt.passed.is_(True)
    )

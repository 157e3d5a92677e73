"""Reads of pairs. Everybody's first attempts count: later ones have seen the explanations."""

from collections.abc import Collection

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from sanshi_lms.account import owned
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.shared import shared
from sanshi_lms.quizzes.models import Attempt, Paper
from sanshi_lms.quizzes.pairs.rules import Gain, gain_of

_MOST_CHOICES = 300


@shared("quizzes")
def pretests(posttest_ids: Collection[int]) -> dict[int, int]:
    """Return the test before each of these papers that has one, by their ids."""
    query = select(Paper.posttest_id, Paper.id).where(Paper.posttest_id.in_(posttest_ids))
    return {after: before for after, before in db.session.execute(query) if after is not None}


def posttest_choices(paper: Paper, reach: Reach) -> list[tuple[int, str]]:
    """Return the papers within reach that may come after this one, the newest first."""
    query = select(Paper.id, Paper.title).where(Paper.id != paper.id, Paper.posttest_id.is_(None))
    query = query.where(or_(owned(Paper.unit_id, reach), Paper.id == paper.posttest_id))
    rows = db.session.execute(query.order_by(Paper.id.desc()).limit(_MOST_CHOICES))
    return [(paper_id, title) for paper_id, title in rows]


def key_is_kept_back(attempt: Attempt, posttest_id: int | None) -> bool:
    """Tell whether a person who did a test before the lecture must not see its key yet."""
    if posttest_id is None:
        return False
    query = _handed_in(posttest_id).where(Attempt.user_id == attempt.user_id)
    return db.session.scalar(query.with_only_columns(Attempt.id).limit(1)) is None


def own_before(paper_id: int, attempt: Attempt) -> int | None:
    """Return what the attempt's person had, in percent, in the test before this paper."""
    before = pretests([paper_id]).get(paper_id)
    if before is None or attempt.practice:
        return None
    query = _handed_in(before).where(
        Attempt.user_id == attempt.user_id, Attempt.handed_in_at <= attempt.started_at
    )
    return db.session.scalar(query.order_by(Attempt.id).limit(1))


def gain_by(posttest_id: int) -> Gain | None:
    """Return what the people learned who did both tests, the earlier one first."""
    before = pretests([posttest_id]).get(posttest_id)
    if before is None:
        return None
    one, two = aliased(Attempt), aliased(Attempt)
    query = (
        select(one.percent, two.percent)
        .join(two, two.user_id == one.user_id)
        .where(
            one.id.in_(_firsts(before)),
            two.id.in_(_firsts(posttest_id)),
            one.handed_in_at <= two.started_at,
        )
    )
    return gain_of([(first or 0, second or 0) for first, second in db.session.execute(query)])


def _handed_in(paper_id: int) -> Select[int | None]:
    return select(Attempt.percent).where(
        Attempt.paper_id == paper_id,
        Attempt.practice.is_(False),
        Attempt.handed_in_at.is_not(None),
    )


def _firsts(paper_id: int) -> Select[int]:
    first = _handed_in(paper_id).with_only_columns(func.min(Attempt.id))
    return first.group_by(Attempt.user_id)

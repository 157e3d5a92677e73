"""Writes of pairs."""

from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.pairs.queries import pretests
from sanshi_lms.quizzes.pairs.rules import pair_problem


def set_posttest(paper: Paper, posttest_id: int | None, at: datetime) -> None:
    """Make a paper the test before another one, or, with None, a test by itself.

    Results that are fixed stay. Raises Refusal for two papers that cannot be a pair.
    """
    if posttest_id == paper.posttest_id:
        return
    if posttest_id is not None:
        other = db.session.get(Paper, posttest_id)
        if other is None:
            raise Refusal("选的那份测验已经没有了，请重新选择。")
        known = pretests([paper.id, other.id])
        wrong = pair_problem(
            same=other.id == paper.id,
            other_is_pretest=other.posttest_id is not None,
            taken=known.get(other.id, paper.id) != paper.id,
            has_pretest=paper.id in known,
        )
        if wrong:
            raise Refusal(wrong)
    note(
        "quizzes.set_posttest",
        f"paper:{paper.id}",
        {"posttest": paper.posttest_id},
        {"posttest": posttest_id},
    )
    paper.posttest_id = posttest_id
    paper.updated_at = at

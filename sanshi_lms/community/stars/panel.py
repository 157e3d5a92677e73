"""Writes of a panel: what a judge gives, and from whom they stand back. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete

from sanshi_lms.account import User
from sanshi_lms.community.stars import queries, rules
from sanshi_lms.community.stars.models import StarCandidate, StarJudge, StarMark, StarRound
from sanshi_lms.community.stars.rules import State
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal


def give_marks(
    subject: StarRound, judge: User, candidate_id: int, given: Mapping[int, int], moment: datetime
) -> None:
    """Keep what a judge gives a candidate for each panel criterion, 0 to 100. Raises Refusal."""
    candidate = _judged(subject, judge, candidate_id)
    against = rules.conflict(queries.party(judge), queries.party(candidate.pro.person), set())
    if against:
        raise Refusal(against, 403)
    wanted = {one.id for one in subject.criteria if one.source == "panel"}
    if set(given) != wanted or any(not 0 <= value <= rules.FULL for value in given.values()):
        raise Refusal("每一项都请填 0 到 100 之间的整数。")
    _forget(subject.id, judge.id, candidate_id)
    db.session.add_all(
        StarMark(round_id=subject.id, judge_id=judge.id, candidate_id=candidate_id,
                 criterion_id=number, points=value, at=moment)
        for number, value in given.items()
    )  # fmt: skip
    db.session.flush()


def stand_back(subject: StarRound, judge: User, candidate_id: int, moment: datetime) -> None:
    """Note that a judge has an interest in a candidate and does not score them."""
    _judged(subject, judge, candidate_id)
    _forget(subject.id, judge.id, candidate_id)
    panel = next((one.id for one in subject.criteria if one.source == "panel"), None)
    if panel is not None:
        db.session.add(
            StarMark(round_id=subject.id, judge_id=judge.id, candidate_id=candidate_id,
                     criterion_id=panel, points=None, at=moment)
        )  # fmt: skip
        note(
            "community.star_stand_back", f"star_round:{subject.id}", after={"person": candidate_id}
        )


def _judged(subject: StarRound, judge: User, candidate_id: int) -> StarCandidate:
    if subject.state != State.SCORING:
        raise Refusal("现在不是打分的时候。")
    if db.session.get(StarJudge, (subject.id, judge.id)) is None:
        raise Refusal("您不是这次评选的评委。", 403)
    found = db.session.get(StarCandidate, (subject.id, candidate_id))
    if found is None:
        raise Refusal("候选人名单里没有这位三师。")
    return found


def _forget(round_id: int, judge_id: int, candidate_id: int) -> None:
    db.session.execute(
        delete(StarMark).where(
            StarMark.round_id == round_id,
            StarMark.judge_id == judge_id,
            StarMark.candidate_id == candidate_id,
        )
    )

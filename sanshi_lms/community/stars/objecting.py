"""Writes of objections: taken in while a notice stands, answered. Nothing here commits."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.community.stars.models import StarCandidate, StarObjection, StarRound
from sanshi_lms.community.stars.rules import State
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means


def object_to(
    subject: StarRound, nonce: str, candidate_id: int | None, text: str, contact: str,
    moment: datetime,
) -> StarObjection:  # fmt: skip
    """Take in an objection while the notice stands; a form sent twice counts once."""
    known = db.session.scalar(select(StarObjection).where(StarObjection.nonce == nonce))
    if known is not None:
        return known
    over = subject.notice_until is None or moment >= subject.notice_until
    if subject.state != State.NOTICE or over:
        raise Refusal("公示期已经结束，不再收异议。")
    if candidate_id is not None:
        found = db.session.get(StarCandidate, (subject.id, candidate_id))
        candidate_id = found.user_id if found is not None and found.stars else None
    row = StarObjection(round_id=subject.id, nonce=nonce, candidate_id=candidate_id, text=text,
                        contact=contact, at=moment, answer="")  # fmt: skip
    with taken_means("已经收到了，谢谢。"):
        db.session.add(row)
    note("community.star_objection", f"star_round:{subject.id}")
    return row


def answer_objection(row: StarObjection, answer: str, by_id: int, moment: datetime) -> None:
    """Answer an objection; the answer stands, whoever objected may read it on the page."""
    if not answer:
        raise Refusal("请写几句答复。")
    row.answer, row.answered_at, row.answered_by_id = answer, moment, by_id
    note("community.answer_star_objection", f"star_round:{row.round_id}")

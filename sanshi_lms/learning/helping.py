"""Who answered other people's questions, how often: evidence that rooms above count."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.learning.questions.models import Reply
from sanshi_lms.learning.questions.rules import State


def answers_by(user_ids: Collection[int], since: datetime, until: datetime) -> dict[int, int]:
    """Return how many answers that anybody may read each of these people wrote in a period."""
    query = (
        select(Reply.writer_id, func.count())
        .where(Reply.writer_id.in_(user_ids), Reply.state == State.OPEN.value)
        .where(Reply.written_at >= since, Reply.written_at < until)
        .group_by(Reply.writer_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}

"""Writes of notices."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, row_count
from sanshi_lms.notices.models import Notice
from sanshi_lms.notices.outbox.actions import post
from sanshi_lms.notices.rules import (
    KEY_LENGTH,
    TITLE_LENGTH,
    TOPIC_LENGTH,
    is_our_path,
    shorten,
)

_ROWS_AT_ONCE = 500


def notify(
    user_ids: Iterable[int],
    topic: str,
    title: str,
    text: str,
    path: str,
    key: str,
    at: datetime | None = None,
) -> int:
    """Tell each of these people something once, in the caller's transaction.

    `key` names the occasion, such as "training.due:12:7"; who was told of it before is not told
    again. `path` is the page of ours that it leads to. Returns how many were told now.
    """
    if not is_our_path(path) or not 0 < len(key) <= KEY_LENGTH or not 0 < len(topic) < TOPIC_LENGTH:
        raise ValueError(f"not a notice: {topic=} {path=} {key=}")
    moment = at or now()
    common = {
        "topic": topic,
        "title": shorten(title, TITLE_LENGTH),
        "text": text.strip(),
        "path": path,
        "key": key,
        "created_at": moment,
    }
    people, told = sorted(set(user_ids)), 0
    for start in range(0, len(people), _ROWS_AT_ONCE):
        rows = [{**common, "user_id": number} for number in people[start : start + _ROWS_AT_ONCE]]
        fresh = _insert_new(rows)
        told += len(fresh)
        if fresh:
            post(fresh, common, moment)
    return told


def mark_read(notice: Notice, moment: datetime) -> None:
    """Note that its reader opened a notice."""
    if notice.read_at is None:
        notice.read_at = moment


def mark_all_read(user_id: int, moment: datetime) -> int:
    """Note that a person has seen all their notices; returns how many were new."""
    unread = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return row_count(db.session.execute(unread.values(read_at=moment)))


def _insert_new(rows: list[dict[str, Any]]) -> dict[int, int]:
    """Insert those that are not there yet; returns whose each new id is."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Notice).values(rows).on_conflict_do_nothing()
    found = db.session.execute(statement.returning(Notice.id, Notice.user_id))
    return {row[0]: row[1] for row in found}

"""Writes of reading time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.core.db import db, insert_missing, insert_or_update
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning.actions import complete_lesson, enrol
from sanshi_lms.learning.reading import rules
from sanshi_lms.learning.reading.models import ReadingClockRow, ReadingTime
from sanshi_lms.learning.reading.queries import asked_ms
from sanshi_lms.learning.ruling import rule_for
from sanshi_lms.learning.tokens import WatchToken


@dataclass(frozen=True)
class ReadingOutcome:
    """Where the person stands with a text; `superseded` says that a newer page earns now."""

    spent_ms: int
    asked_ms: int
    superseded: bool
    complete: bool


def keep_reading(token: WatchToken, at: datetime, *, back: bool = False) -> ReadingOutcome:
    """Record that the page of `token` is before the person now.

    `back` says that it was hidden until now: the time since the last sign was not reading.
    Completes the lesson when the rule asks for time alone. Raises Refusal for a lesson that is
    gone.
    """
    lesson = get_lesson(token.lesson_id)
    if lesson is None:
        raise Refusal("这一课已经删除或下架，不再记录阅读时间。", 410)
    if lesson.kind not in rules.READ_KINDS:
        raise Refusal("这一课不按阅读时间计算，请刷新页面。", 400)
    asked = asked_ms(token.user_id, lesson)
    found = rules.beat(_locked(token), token.session, token.opened_at_ms, _ms(at))
    earned = 0
    if found is not None:
        clock, earned = found[0], 0 if back else found[1]
        key = {"user_id": token.user_id}
        insert_or_update(ReadingClockRow, key, **vars(clock))
    spent = _add(token, earned, at)
    done = spent >= asked > 0 and not rule_for(token.user_id, lesson.course_id).tick
    if done:
        done, _ = complete_lesson(token.user_id, lesson, "read", at)
    elif earned:
        enrol(token.user_id, lesson.course_id, at)
    return ReadingOutcome(spent, asked, found is None, done)


def _locked(token: WatchToken) -> rules.ReadingClock | None:
    """Return the person's clock, held until the commit; a first page gets one that earned none."""
    columns = (
        ReadingClockRow.session,
        ReadingClockRow.opened_at_ms,
        ReadingClockRow.counted_until_ms,
    )
    query = select(*columns).where(ReadingClockRow.user_id == token.user_id).with_for_update()
    insert_missing(
        ReadingClockRow,
        user_id=token.user_id,
        session=token.session,
        opened_at_ms=token.opened_at_ms,
        counted_until_ms=token.opened_at_ms,
    )
    return rules.ReadingClock(*db.session.execute(query).one())


def _add(token: WatchToken, earned: int, at: datetime) -> int:
    key = (token.user_id, token.lesson_id)
    row = db.session.get(ReadingTime, key, populate_existing=True)
    if row is None:
        row = ReadingTime(user_id=token.user_id, lesson_id=token.lesson_id, spent_ms=0)
        db.session.add(row)
    row.spent_ms += earned
    row.updated_at = at
    db.session.flush()
    return row.spent_ms


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)

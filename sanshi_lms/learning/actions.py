"""Writes of learning: reports of watching, completed lessons, completed courses."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from sanshi_lms.core.db import db, insert_missing, insert_or_update
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, get_lesson, lessons_of, lessons_using
from sanshi_lms.learning.awarding import award_course
from sanshi_lms.learning.chosen_rule import rule_for
from sanshi_lms.learning.models import Completion, Enrolment, WatchClock, WatchRecord
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.learning.reading.queries import refuse_unread
from sanshi_lms.learning.rules import (
    Clock,
    Interval,
    Reason,
    Report,
    clip,
    is_course_complete,
    is_watched,
    judge,
    length,
    merge,
    seen_share,
)
from sanshi_lms.learning.ruling import held_rule
from sanshi_lms.learning.ruling.actions import countable
from sanshi_lms.learning.tokens import WatchToken


@dataclass(frozen=True)
class Outcome:
    """What a report came to. `share` is what has been seen of the lesson by now, 0–1."""

    earned_ms: int
    share: float
    reason: Reason | None
    lesson_complete: bool
    course_complete: bool


def take_report(
    token: WatchToken,
    sequence: int,
    played: list[Interval],
    position_ms: int,
    at: datetime,
    *,
    sign: bool = False,
) -> Outcome:
    """Record what a player says it has played, as far as the wall clock and the rule allow.

    `played` is media time in milliseconds; `sign` tells that the person gave a sign of life before
    it. Idempotent by session and sequence. Raises Refusal for a lesson that was deleted while its
    page was open.
    """
    course_id = _course_id(token.lesson_id)
    if course_id is None:
        raise Refusal("这一课已经删除，不再记录进度。请回到课程页面看看其他课。", 410)
    rule = rule_for(token.user_id, course_id)
    at_ms = round(at.timestamp() * 1000)
    stretches = clip(played, token.duration_ms)
    report = Report(token.session, token.opened_at_ms, sequence, stretches)
    verdict = judge(_locked_clock(token, at_ms), report, at_ms, rule)
    _keep_clock(token.user_id, verdict.clock)
    if verdict.reason in {Reason.REPEATED, Reason.SUPERSEDED}:
        seen = _seen(token)
        return Outcome(0, seen_share(seen, token.duration_ms), verdict.reason, False, False)
    earned, missed = verdict.earned, None
    if rule.in_order or rule.presence_ms:
        earned, missed = countable(token, rule, _seen(token), earned, sign=sign)
    seen = _add_to_record(token, earned, position_ms, at)
    lesson_complete = course_complete = False
    if is_watched(seen, token.duration_ms, rule):
        lesson = get_lesson(token.lesson_id)
        if lesson is not None:
            lesson_complete, course_complete = complete_lesson(token.user_id, lesson, "watched", at)
    else:
        enrol(token.user_id, course_id, at)
    share = seen_share(seen, token.duration_ms)
    reason = verdict.reason or missed
    return Outcome(length(earned), share, reason, lesson_complete, course_complete)


def enrol(user_id: int, course_id: int, at: datetime) -> None:
    """Enrol the person in a course, once, and note that they were active."""
    key = {"user_id": user_id, "course_id": course_id}
    insert_or_update(Enrolment, key, {"enrolled_at": at}, active_at=at)


def complete_lesson(user_id: int, lesson: Lesson, reason: str, at: datetime) -> tuple[bool, bool]:
    """Record that the person completed a lesson, once; settle the course.

    Returns whether the lesson is complete (always) and whether the course is.
    """
    enrol(user_id, lesson.course_id, at)
    insert_missing(
        Completion,
        user_id=user_id,
        lesson_id=lesson.id,
        reason=reason,
        rule_id=held_rule(user_id, lesson.course_id).rule_id,
        completed_at=at,
    )
    return True, settle_course(user_id, lesson, at)


def read_lesson(user_id: int, lesson: Lesson, at: datetime) -> bool:
    """Record that the person says they have read a lesson. Return whether the course is complete.

    Raises Refusal for a lesson that is completed in another way.
    """
    if lesson.kind != "reading":
        raise Refusal("这一课不是图文课，看完视频或通过测验后会自动记为学完。")
    refuse_unread(user_id, lesson)
    return complete_lesson(user_id, lesson, "read", at)[1]


def pass_quiz(user_id: int, paper_id: int, score: float, at: datetime) -> None:
    """Complete the lessons that ask for this paper, where `score` of 100 is enough."""
    for lesson in lessons_using("quiz", paper_id, drafts=False):
        if score >= rule_for(user_id, lesson.course_id).quiz_percent:
            complete_lesson(user_id, lesson, "passed", at)


def settle_course(user_id: int, lesson: Lesson, at: datetime) -> bool:
    """Complete the course once all its required lessons are, and have its hours awarded."""
    required = [other for other in lessons_of(lesson.course_id) if other.required]
    ids = [other.id for other in required]
    db.session.flush()
    if not is_course_complete(ids, completed_among(user_id, ids)):
        return False
    mine = (Enrolment.user_id == user_id) & (Enrolment.course_id == lesson.course_id)
    db.session.execute(
        update(Enrolment).where(mine, Enrolment.completed_at.is_(None)).values(completed_at=at)
    )
    award_course(user_id, lesson.course, required, at)
    return True


def _course_id(lesson_id: int) -> int | None:
    return db.session.scalar(select(Lesson.course_id).where(Lesson.id == lesson_id))


def _locked_clock(token: WatchToken, at_ms: int) -> Clock | None:
    """Return the person's clock, locked until the commit, so that two reports cannot both spend."""
    columns = (
        WatchClock.session,
        WatchClock.opened_at_ms,
        WatchClock.sequence,
        WatchClock.counted_until_ms,
        WatchClock.balance_ms,
    )
    query = select(*columns).where(WatchClock.user_id == token.user_id).with_for_update()
    row = db.session.execute(query).one_or_none()
    if row is None:
        began = min(token.opened_at_ms, at_ms)
        insert_missing(
            WatchClock,
            user_id=token.user_id,
            session=token.session,
            opened_at_ms=token.opened_at_ms,
            sequence=-1,
            counted_until_ms=began,
            balance_ms=0,
        )
        row = db.session.execute(query).one()
    return Clock(*row)


def _keep_clock(user_id: int, clock: Clock) -> None:
    values = {
        "session": clock.session,
        "opened_at_ms": clock.opened_at_ms,
        "sequence": clock.sequence,
        "counted_until_ms": clock.counted_until_ms,
        "balance_ms": clock.balance_ms,
    }
    db.session.execute(update(WatchClock).where(WatchClock.user_id == user_id).values(**values))


def _seen(token: WatchToken) -> tuple[Interval, ...]:
    mine = (WatchRecord.user_id == token.user_id) & (WatchRecord.lesson_id == token.lesson_id)
    text = db.session.scalar(select(WatchRecord.stretches).where(mine))
    return tuple((start, end) for start, end in json.loads(text)) if text else ()


def _add_to_record(
    token: WatchToken, earned: tuple[Interval, ...], position_ms: int, at: datetime
) -> tuple[Interval, ...]:
    """Add what was earned to the record; what was seen before is never lost."""
    seen = clip(merge([*_seen(token), *earned]), token.duration_ms)
    insert_or_update(
        WatchRecord,
        {"user_id": token.user_id, "lesson_id": token.lesson_id},
        stretches=json.dumps(seen, separators=(",", ":")),
        seen_ms=length(seen),
        duration_ms=token.duration_ms,
        position_ms=min(max(0, position_ms), token.duration_ms),
        updated_at=at,
    )
    return seen

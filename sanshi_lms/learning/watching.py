"""Writes of watching: a group of reports in one transaction, in a fixed number of statements.

This is the busiest path of the installation, so it selects columns and changes rows by the many;
see core/group_commit.py for who calls it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sanshi_lms.account import still_signed_in
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.shared import sharing
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning import watch_rows as rows
from sanshi_lms.learning.actions import complete_lesson
from sanshi_lms.learning.asking.queries import open_questions
from sanshi_lms.learning.rules import Reason, is_watched, resume_at, seen_share
from sanshi_lms.learning.ruling import Rule, rules_for
from sanshi_lms.learning.ruling.actions import countable
from sanshi_lms.learning.stretches import Interval, beyond, clip, length, merge
from sanshi_lms.learning.tokens import WatchToken
from sanshi_lms.learning.wall_clock import WORTH_TELLING_MS, Report, judge

# How long ago somebody was active in a course need not be known more exactly.
_ACTIVE_EVERY = timedelta(minutes=5)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A report as it came in. Media time and ages in milliseconds; `door` is the sign-in's key.

    `sign` tells that the person gave a sign of life before it.
    """

    token: WatchToken
    door: str
    sequence: int
    played: tuple[Interval, ...]
    position_ms: int
    at: datetime
    rate: float = 1.0
    age_ms: int = 0
    sign: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """The person and the lesson."""
        return self.token.user_id, self.token.lesson_id


@dataclass(frozen=True)
class Outcome:
    """What a report came to. `share` is what has been seen of the lesson by now, 0–1.

    `resume_ms` is where to go on; `lost_ms` is media time that was claimed and did not count, for
    `reason`.
    """

    earned_ms: int
    share: float
    resume_ms: int
    reason: Reason | None = None
    lost_ms: int = 0
    lesson_complete: bool = False
    course_complete: bool = False


@dataclass
class _Group:
    """What the reports of a group are judged by, and what they change."""

    found: rows.Found
    signed_in: set[tuple[int, str]]
    rules: dict[tuple[int, int], Rule]
    changed: set[tuple[int, int]] = field(default_factory=set)
    active: dict[tuple[int, int], datetime] = field(default_factory=dict)
    uncounted: list[rows.Loss] = field(default_factory=list)


def take_reports(arrivals: Sequence[Arrival]) -> list[Outcome | Exception]:
    """Record what players say they have played, as far as the wall clock allows.

    Idempotent by session and sequence. Returns a Refusal for whoever is signed out and for a
    lesson that was deleted while its page was open.
    """
    group = _look_up(arrivals)
    outcomes: list[Outcome | Exception] = []
    for arrival in arrivals:
        try:
            outcomes.append(_take(group, arrival))
        except Refusal as refusal:
            outcomes.append(refusal)
    _keep(group)
    for place, (arrival, outcome) in enumerate(zip(arrivals, outcomes, strict=True)):
        if isinstance(outcome, Outcome) and outcome.lesson_complete:
            outcomes[place] = _complete(group, arrival, outcome)
    return outcomes


def _look_up(arrivals: Sequence[Arrival]) -> _Group:
    connection = db.session.connection()
    found = rows.look_up(connection, sorted({arrival.key for arrival in arrivals}))
    keys = [arrival.key for arrival in arrivals]
    taken = {(user, found.courses[lesson]) for user, lesson in keys if lesson in found.courses}
    proofs = {(arrival.token.user_id, arrival.door) for arrival in arrivals}
    signed_in = still_signed_in(proofs, max(arrival.at for arrival in arrivals))
    with sharing():  # nothing was written yet
        return _Group(found, signed_in, rules_for(taken))


def _take(group: _Group, arrival: Arrival) -> Outcome:
    token, key = arrival.token, arrival.key
    if (token.user_id, arrival.door) not in group.signed_in:
        raise Refusal("登录已过期，请重新登录。进度先存在这台设备上，登录后会自动补记。", 401)
    course_id = group.found.courses.get(token.lesson_id)
    if course_id is None:
        raise Refusal("这一课已经删除，不再记录进度。请回到课程页面看看其他课。", 410)
    rule = group.rules[token.user_id, course_id]
    record = group.found.records.get(key) or rows.Record()
    claimed = clip(arrival.played, token.duration_ms)
    verdict = judge(
        group.found.clocks[token.user_id],
        Report(
            token.session,
            token.opened_at_ms,
            arrival.sequence,
            length(claimed),
            beyond(claimed, record.seen),
            arrival.rate,
            arrival.age_ms,
        ),
        round(arrival.at.timestamp() * 1000),
        rule,
    )
    group.found.clocks[token.user_id] = verdict.clock
    _note(group, arrival, verdict.reason, verdict.lost_ms)
    outside = length(merge(arrival.played)) - length(claimed)
    if outside >= WORTH_TELLING_MS:
        _note(group, arrival, Reason.OUTSIDE, outside)
    earned, missed = verdict.earned, None
    if verdict.reason not in {Reason.REPEATED, Reason.SUPERSEDED}:
        if rule.in_order or rule.presence_ms:
            earned, missed = countable(token, rule, record.seen, earned, sign=arrival.sign)
            _note(group, arrival, missed, length(verdict.earned) - length(earned))
        record = _added(record, arrival, earned)
        group.found.records[key] = record
        group.changed.add(key)
        _be_active(group, (token.user_id, course_id), arrival.at)
    return Outcome(
        length(earned),
        seen_share(record.seen, token.duration_ms),
        resume_at(record.position_ms, token.duration_ms),
        verdict.reason or missed or (Reason.OUTSIDE if outside >= WORTH_TELLING_MS else None),
        verdict.lost_ms + length(verdict.earned) - length(earned),
        is_watched(record.seen, token.duration_ms, rule),
        _has_completed(group, (token.user_id, course_id)),
    )


def _has_completed(group: _Group, key: tuple[int, int]) -> bool:
    enrolled = group.found.enrolments.get(key)
    return enrolled is not None and enrolled.completed


def _added(record: rows.Record, arrival: Arrival, earned: tuple[Interval, ...]) -> rows.Record:
    """Return the record with what was earned; what was seen before is never lost.

    The place to go on is where this person played last, not whose report came last.
    """
    duration_ms = arrival.token.duration_ms
    seen = merge([*record.seen, *earned])
    played_at = arrival.at - timedelta(milliseconds=arrival.age_ms)
    if record.updated_at is not None and played_at < record.updated_at:
        return rows.Record(seen, record.position_ms, record.updated_at, duration_ms)
    position_ms = min(max(0, arrival.position_ms), duration_ms)
    return rows.Record(seen, position_ms, played_at, duration_ms)


def _be_active(group: _Group, key: tuple[int, int], at: datetime) -> None:
    known = group.found.enrolments.get(key)
    if known is None or at - known.active_at >= _ACTIVE_EVERY:
        group.active[key] = at


def _note(group: _Group, arrival: Arrival, reason: Reason | None, lost_ms: int) -> None:
    if reason is None:
        return
    user_id, lesson_id = arrival.key
    group.uncounted.append(rows.Loss(user_id, lesson_id, reason.value, lost_ms, arrival.at))
    _log.info(
        "watching did not count",
        extra={"user": user_id, "lesson": lesson_id, "reason": reason.value, "lost_ms": lost_ms},
    )


def _keep(group: _Group) -> None:
    connection = db.session.connection()
    rows.keep_clocks(connection, group.found.clocks)
    rows.keep_records(connection, {key: group.found.records[key] for key in group.changed})
    rows.keep_active(connection, group.active)
    rows.keep_uncounted(connection, group.uncounted)


def _complete(group: _Group, arrival: Arrival, outcome: Outcome) -> Outcome | Exception:
    """Complete the lesson, once; what goes wrong here costs only this report its answer."""
    if arrival.key in group.found.completed:
        return outcome
    lesson = get_lesson(arrival.token.lesson_id)
    if lesson is None:  # a draft's author looks at their own lecture
        return replace(outcome, lesson_complete=False)
    rule = group.rules[arrival.token.user_id, lesson.course_id]
    if rule.questions and open_questions(*arrival.key):
        return replace(outcome, lesson_complete=False)
    done, course = complete_lesson(arrival.token.user_id, lesson, "watched", arrival.at)
    if not done:  # it was locked since its page was opened
        return replace(outcome, lesson_complete=False)
    group.found.completed.add(arrival.key)
    return replace(outcome, course_complete=course)

"""Reads a watch report as it comes from a player, and tells what it came to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.learning.pacing import EASY_PER_SECOND, Pace
from sanshi_lms.learning.rules import MOST_STRETCHES
from sanshi_lms.learning.stretches import Interval
from sanshi_lms.learning.tokens import WatchToken, read
from sanshi_lms.learning.watching import Arrival, Outcome

MOST_BYTES = 64 * 1024
_LONGEST_SECONDS = 10 * 24 * 3600
_FASTEST = 100
# A player sends a dozen a minute and one at each pause; several devices share this.
_PER_PERSON = RateLimitItemPerMinute(120)
# Counted in this process alone: a limit here is against a flood, and asks nobody else.
_counts = FixedWindowRateLimiter(MemoryStorage())
_pace = Pace()


def share_pace(processes: int) -> None:
    """Let each of several processes, which sees its part of all reports, take its part of care."""
    _pace.easy_per_second = EASY_PER_SECOND / processes


def arrival_of(body: object, user_id: int, door: str, at: datetime) -> Arrival:
    """Return what `body`, JSON of whoever is signed in as `user_id` by the key `door`, reports.

    Raises Refusal when it makes no sense or somebody else's page sent it.
    """
    if not isinstance(body, dict):
        raise Refusal("进度报告的格式不对，请刷新页面。", 400)
    token = own_token(body, user_id)
    if limiter.enabled and not _counts.hit(_PER_PERSON, str(user_id)):
        raise Refusal("进度报告来得太多太快，先存在这台设备上，一分钟后会自动再试。", 429)
    return Arrival(
        token,
        door,
        _sequence(body),
        _stretches(body),
        _milliseconds(body.get("position", 0)),
        at,
        _plain(body.get("rate", 1), 0, _FASTEST) or 1.0,
        round(_plain(body.get("age", 0), 0, 10 * 365 * 24 * 3600) * 1000),
        body.get("present") is True,
    )


def told(outcome: Outcome, at: datetime) -> dict[str, Any]:
    """Return the answer to a report."""
    return {
        "earned_seconds": outcome.earned_ms / 1000,
        "lost_seconds": outcome.lost_ms / 1000,
        "resume_seconds": outcome.resume_ms / 1000,
        "share": round(outcome.share, 4),
        "lesson_complete": outcome.lesson_complete,
        "course_complete": outcome.course_complete,
        "reason": outcome.reason,
        "message": outcome.reason.sentence if outcome.reason else None,
        "saved_at": at.isoformat(),
        "again_seconds": _pace.after(at.timestamp()),
    }


def own_token(body: Mapping[str, Any], user_id: int) -> WatchToken:
    """Return the playback session that sends this. Raises Refusal when it is not this person's."""
    token = read(str(body.get("session", "")))
    if token is None:
        raise Refusal("学习页面已失效，请刷新页面再继续。", 400)
    if token.user_id != user_id:
        raise Refusal("这个页面是用另一个账号打开的，请刷新页面再继续。", 403)
    return token


def _sequence(body: Mapping[str, Any]) -> int:
    number = body.get("sequence")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise Refusal("进度报告的序号不对，请刷新页面。", 400)
    return number


def _stretches(body: Mapping[str, Any]) -> tuple[Interval, ...]:
    given = body.get("stretches", [])
    if not isinstance(given, list) or len(given) > MOST_STRETCHES:
        raise Refusal("进度报告的内容不对，请刷新页面。", 400)
    pairs = [p for p in given if isinstance(p, list) and len(p) == 2]
    if len(pairs) != len(given):
        raise Refusal("进度报告的内容不对，请刷新页面。", 400)
    return tuple((_milliseconds(start), _milliseconds(end)) for start, end in pairs)


def _milliseconds(seconds: object) -> int:
    return round(_plain(seconds, -1, _LONGEST_SECONDS) * 1000)


def _plain(number: object, least: float, most: float) -> float:
    plain = isinstance(number, int | float) and not isinstance(number, bool)
    if not plain or not least <= number <= most:  # type: ignore[operator]  # plain says so
        raise Refusal("进度报告里的数字不对，请刷新页面。", 400)
    return float(number)  # type: ignore[arg-type]

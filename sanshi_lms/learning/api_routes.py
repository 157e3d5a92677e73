"""/api/v1/learning/…: reports of watching."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.learning.actions import take_report
from sanshi_lms.learning.rules import MOST_STRETCHES, Interval
from sanshi_lms.learning.tokens import WatchToken, read

blueprint = Blueprint("learning_api", __name__, url_prefix="/api/v1/learning")
_LONGEST_SECONDS = 10 * 24 * 3600


@blueprint.post("/reports")
@signed_in
def report() -> Response:
    """Take a report {session, sequence, stretches: [[start, end], …], position}, in seconds.

    `present` true says that the person gave a sign of life before these stretches.
    Answers {earned_seconds, share, lesson_complete, course_complete, reason, message, saved_at}.
    The session token proves that the page is ours, so no form token is asked for.
    """
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal("进度报告的格式不对，请刷新页面。", 400)
    token = _own_token(body)
    outcome = take_report(
        token,
        _sequence(body),
        _stretches(body),
        _milliseconds(body.get("position", 0)),
        now(),
        sign=body.get("present") is True,
    )
    return jsonify(
        earned_seconds=outcome.earned_ms / 1000,
        share=round(outcome.share, 4),
        lesson_complete=outcome.lesson_complete,
        course_complete=outcome.course_complete,
        reason=outcome.reason,
        message=outcome.reason.sentence if outcome.reason else None,
        saved_at=now().isoformat(),
    )


def _own_token(body: dict[str, Any]) -> WatchToken:
    token = read(str(body.get("session", "")))
    if token is None:
        raise Refusal("学习页面已失效，请刷新页面再继续。", 400)
    if token.user_id != current_person().id:
        abort(403)
    return token


def _sequence(body: dict[str, Any]) -> int:
    number = body.get("sequence")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise Refusal("进度报告的序号不对，请刷新页面。", 400)
    return number


def _stretches(body: dict[str, Any]) -> list[Interval]:
    given = body.get("stretches", [])
    if not isinstance(given, list) or len(given) > MOST_STRETCHES:
        raise Refusal("进度报告的内容不对，请刷新页面。", 400)
    pairs = [p for p in given if isinstance(p, list) and len(p) == 2]
    if len(pairs) != len(given):
        raise Refusal("进度报告的内容不对，请刷新页面。", 400)
    return [(_milliseconds(start), _milliseconds(end)) for start, end in pairs]


def _milliseconds(seconds: object) -> int:
    plain = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not plain or not -1 <= seconds <= _LONGEST_SECONDS:  # type: ignore[operator]  # plain says so
        raise Refusal("进度报告里的时间不对，请刷新页面。", 400)
    return round(seconds * 1000)  # type: ignore[operator]

"""/api/v1/learning/reading: a page that is being read says so."""

from typing import NotRequired, TypedDict

from flask import Blueprint, Response, abort, jsonify, request

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.learning.reading.actions import keep_reading
from sanshi_lms.learning.reading.rules import missing_sentence
from sanshi_lms.learning.tokens import read

blueprint = Blueprint("learning_reading_api", __name__, url_prefix="/api/v1/learning")


class Beat(TypedDict):
    """The signed token of the page; `back`: it was hidden until now."""

    session: str
    back: NotRequired[bool]


class Read(TypedDict):
    """How long was read, and how long is asked for."""

    spent_seconds: float
    asked_seconds: float
    complete: bool
    superseded: bool
    message: str


@blueprint.post("/reading")
@signed_in
@described(answer=Read, body=Beat)
def beat() -> Response:
    """Take {session, back}: the page is before its reader now; `back`: it was hidden until now.

    Answers {spent_seconds, asked_seconds, complete, superseded, message}. Like a report of
    watching it carries the signed token of its page, so no form token is asked for.
    """
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    token = read(str(body.get("session", "")))
    if token is None:
        raise Refusal("阅读页面已失效，请刷新页面再继续。", 400)
    if token.user_id != current_person().id:
        abort(403)
    outcome = keep_reading(token, now(), back=body.get("back") is True)
    missing = outcome.spent_ms < outcome.asked_ms
    message = missing_sentence(outcome.spent_ms, outcome.asked_ms) if missing else "阅读时间够了。"
    if outcome.superseded:
        message = "您在另一个页面打开了课程，这里先不计时。想在这里读，请刷新本页。"
    return jsonify(
        spent_seconds=outcome.spent_ms / 1000,
        asked_seconds=outcome.asked_ms / 1000,
        complete=outcome.complete,
        superseded=outcome.superseded,
        message=message,
    )

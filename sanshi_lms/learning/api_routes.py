"""/api/v1/learning/…: reports of watching, and taking the watching back to this page."""

from typing import Annotated, NotRequired, TypedDict

from flask import Blueprint, Response, jsonify, request
from msgspec import Meta

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import release_connection
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.metrics import report_told
from sanshi_lms.core.openapi import described
from sanshi_lms.learning.incoming import MOST_BYTES, arrival_of, own_token, told
from sanshi_lms.learning.rules import MOST_STRETCHES
from sanshi_lms.learning.side_door import writer
from sanshi_lms.learning.tokens import issue

blueprint = Blueprint("learning_api", __name__, url_prefix="/api/v1/learning")
Second = Annotated[float, Meta(ge=-1, le=10 * 24 * 3600)]
Stretch = Annotated[list[Second], Meta(min_length=2, max_length=2, description="begin, end")]


class PageSession(TypedDict):
    """The signed token that a page of ours carries."""

    session: str


class Report(PageSession):
    """What was played since the last report."""

    sequence: Annotated[int, Meta(ge=0, lt=2**31)]
    stretches: Annotated[list[Stretch], Meta(max_length=MOST_STRETCHES)]
    position: NotRequired[Second]
    rate: NotRequired[Annotated[float, Meta(ge=0, le=100)]]
    age: NotRequired[Annotated[float, Meta(ge=0, le=10 * 365 * 24 * 3600)]]
    present: NotRequired[bool]


class Counted(TypedDict):
    """What a report came to, and the pause until the next."""

    earned_seconds: float
    lost_seconds: float
    resume_seconds: float
    share: Annotated[float, Meta(ge=0, le=1)]
    lesson_complete: bool
    course_complete: bool
    reason: str | None
    message: str | None
    saved_at: str
    again_seconds: float


@blueprint.post("/reports")
@signed_in
@described(answer=Counted, body=Report)
def reports() -> Response:
    """Take a report {session, sequence, stretches: [[start, end], …], position, rate, age}.

    All in seconds; `age` is how long ago the last of it was played; `present` true says that the
    person gave a sign of life before it. Answers {earned_seconds, lost_seconds, resume_seconds,
    share, lesson_complete, course_complete, reason, message, saved_at, again_seconds}, the last
    being the pause until the next report. The session token proves that the page is
    ours, so no form token is asked for. Most reports never come here: see
    side_door.py, which does the same.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise Refusal("进度报告太大，请刷新页面。", 413)
    at, person = now(), current_person()
    arrival = arrival_of(request.get_json(silent=True), person.id, person.sign_in_key, at)
    release_connection()
    outcome = writer().submit(arrival)
    report_told("taken")
    return jsonify(told(outcome, at))


@blueprint.post("/sessions")
@signed_in
@described(answer=PageSession, body=PageSession)
def sessions() -> Response:
    """Give the page of {session} a new session: from now on it is the newest, and earns."""
    body = request.get_json(silent=True)
    token = own_token(body if isinstance(body, dict) else {}, current_person().id)
    release_connection()
    return jsonify(session=issue(token.user_id, token.lesson_id, token.duration_ms))

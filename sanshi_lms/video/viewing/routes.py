"""/video/figures and /video/trouble: what players tell us. Never trusted for credit."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from sanshi_lms.core.access import public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.security import limiter
from sanshi_lms.core.settings import settings
from sanshi_lms.video.viewing import actions
from sanshi_lms.video.viewing.queries import exists
from sanshi_lms.video.viewing.rules import MAX_BODY, believed, shown_code

blueprint = Blueprint("video_viewing", __name__, url_prefix="/video")
_SALT = "video.viewing"
_LONGEST_SECONDS = 10 * 24 * 3600.0


def report_urls(video_id: int) -> dict[str, str]:
    """Return where the player of a video reports: "figures" and "trouble".

    The address proves that we showed the player; it does not end, because a page that is too old
    to play is just what people report.
    """
    token = _serializer().dumps(video_id)
    return {
        "figures": url_for("video_viewing.figures_post", report=token),
        "trouble": url_for("video_viewing.trouble_post", report=token),
    }


# A town hall's phones share one address to the outside: the limits are for machines, not people.
@blueprint.post("/figures/<report>")
@public
@limiter.limit("300 per minute")
def figures_post(report: str) -> tuple[str, int]:
    """Add what a player saw: {plays, seconds, stalls, stalled_ms, failures, first_frame_ms}."""
    video_id = _opened(report)
    figures = believed(_body())
    if figures is not None and exists(video_id):
        actions.add_figures(video_id, local(now()).date(), figures)
    return "", 204


@blueprint.post("/trouble/<report>")
@public
@limiter.limit("10 per minute; 100 per hour")
def trouble_post(report: str) -> Response:
    """Keep a report {cause, path, second, detail}; answers {code} to read out."""
    video_id, body = _opened(report), _body()
    if not isinstance(body, dict) or not exists(video_id):
        abort(404 if isinstance(body, dict) else 400)
    trouble = actions.report_trouble(
        video_id,
        cause=_text(body, "cause"),
        path=_text(body, "path"),
        second=_second(body.get("second")),
        user_agent=request.user_agent.string.replace("\x00", ""),
        detail=_text(body, "detail"),
        moment=now(),
    )
    return jsonify(code=shown_code(trouble.code))


def _body() -> Any:
    """A beacon has no JSON type of its own; what is long is not one of ours."""
    if (request.content_length or 0) > MAX_BODY:
        abort(413)
    return request.get_json(force=True, silent=True)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _second(value: object) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return min(max(0.0, float(value)), _LONGEST_SECONDS) if known and value == value else 0.0  # type: ignore[arg-type]  # known says so


def _opened(report: str) -> int:
    try:
        video_id = _serializer().loads(report)
    except (BadSignature, ValueError):
        abort(404)
    return video_id if isinstance(video_id, int) else abort(404)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=_SALT)

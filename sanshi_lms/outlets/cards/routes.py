"""/outlets/cards/…: share pictures of what everybody may see. Nobody needs an account."""

from flask import Blueprint, Response, abort, request

from sanshi_lms.core.access import public
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.sending import send_stored
from sanshi_lms.outlets.cards.drawing import NoChineseFontError, card_key
from sanshi_lms.outlets.cards.rules import SHAPES, WIDE
from sanshi_lms.outlets.cards.subjects import (
    Subject,
    course_subject,
    lesson_subject,
    site_subject,
    story_subject,
)

blueprint = Blueprint(
    "cards", __name__, url_prefix="/outlets/cards", template_folder="../templates"
)
KEPT_SECONDS = 3600


@blueprint.get("/site.jpg")
@public
def site() -> Response:
    """Send the picture of the house."""
    return _picture(site_subject())


@blueprint.get("/course/<int:course_id>.jpg")
@public
def course(course_id: int) -> Response:
    """Send the picture of a published course."""
    return _picture(course_subject(course_id))


@blueprint.get("/lesson/<int:lesson_id>.jpg")
@public
def lesson(lesson_id: int) -> Response:
    """Send the picture of a lesson of a published course."""
    return _picture(lesson_subject(lesson_id))


@blueprint.get("/story/<int:story_id>.jpg")
@public
def story(story_id: int) -> Response:
    """Send the picture of a published case or piece."""
    return _picture(story_subject(story_id))


def _picture(subject: Subject | None) -> Response:
    shape = request.args.get("shape", WIDE)
    if subject is None or shape not in SHAPES:
        abort(404)
    try:
        key = card_key(subject, shape)
    except NoChineseFontError:
        raise Refusal("服务器上没有中文字体，暂时画不了分享图。", 503) from None
    answer = send_stored(key, "image/jpeg", etag=key.rpartition("/")[2])
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer

"""/api/v1/quizzes/…: answers saved as they are given."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.actions import save_answer
from sanshi_lms.quizzes.queries import own_attempt
from sanshi_lms.quizzes.rules import MOST_OPTIONS

blueprint = Blueprint("quizzes_api", __name__, url_prefix="/api/v1/quizzes")


@blueprint.post("/attempts/<int:attempt_id>/answers")
@signed_in
def save(attempt_id: int) -> Response:
    """Save one answer: {"item": id, "chosen": [place, …]}. Saving it again changes nothing."""
    attempt = own_attempt(attempt_id, current_person().id) or abort(404)
    item_id, places = _answer(request.get_json(silent=True))
    save_answer(attempt, item_id, places, now())
    return jsonify({"saved": True, "item": item_id, "chosen": places})


def _answer(body: Any) -> tuple[int, list[int]]:
    item, chosen = (
        (body.get("item"), body.get("chosen")) if isinstance(body, dict) else (None, None)
    )
    # bool is an int to Python; an answer of `true` is still not a place on the page.
    sound = isinstance(chosen, list) and len(chosen) <= MOST_OPTIONS
    if type(item) is not int or not sound or any(type(place) is not int for place in chosen or ()):
        raise Refusal("这个答案和题目对不上，请刷新页面后再选一次。")
    return item, list(chosen or ())

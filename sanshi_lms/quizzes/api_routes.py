"""/api/v1/quizzes/…: answers saved as they are given, and how an attempt stands."""

from typing import Annotated, Any, NotRequired, TypedDict

from flask import Blueprint, abort, jsonify, request
from markupsafe import Markup
from msgspec import Meta
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.core.web import render_part
from sanshi_lms.quizzes.actions import Sending, save_answer, shown_items
from sanshi_lms.quizzes.attempts.clock import clock_of
from sanshi_lms.quizzes.content_rules import MOST_BLANKS
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.queries import own_attempt
from sanshi_lms.quizzes.sheet import answered_row

blueprint = Blueprint("quizzes_api", __name__, url_prefix="/api/v1/quizzes")
LONGEST_PAGE = 40
Plain = int | str
Chosen = Annotated[
    list[Plain | Annotated[list[Plain], Meta(max_length=MOST_BLANKS)]],
    Meta(
        max_length=MOST_BLANKS, description="places on the page or texts; lists of them in a case"
    ),
]


class Clock(TypedDict):
    """Milliseconds left by our clock (null: no limit), when it ends, why it was moved."""

    left_ms: int | None
    over: bool
    deadline: str
    reasons: list[str]


class AttemptTold(TypedDict):
    """An attempt: what is kept, by item, as the page shows it."""

    open: bool
    answers: dict[str, list[Any]]
    clock: Clock


class AnswerGiven(TypedDict):
    """An answer; `number` counts upwards in each opened `page`."""

    item: int
    chosen: Chosen
    page: NotRequired[Annotated[str, Meta(min_length=1, max_length=LONGEST_PAGE)]]
    number: NotRequired[Annotated[int, Meta(ge=1, lt=2**31)]]


class AnswerKept(TypedDict):
    """What is kept now; `feedback` is HTML, and only practice tells it."""

    saved: bool
    item: int
    chosen: list[Any]
    clock: Clock
    feedback: NotRequired[str]


_MISFIT = "这个答案和题目对不上，请刷新页面后再选一次。"


@blueprint.get("/attempts/<int:attempt_id>")
@signed_in
@described(answer=AttemptTold)
def state(attempt_id: int) -> Response:
    """Return the clock and what is saved: every opened page shows the same."""
    attempt = own_attempt(attempt_id, current_person().id) or abort(404)
    kept = {answer.item_id: answer.chosen for answer in attempt.answers}
    answers = {
        shown.item.item_id: shown.given(kept.get(shown.item.item_id, []))
        for shown in shown_items(attempt)
    }
    told = {
        "open": attempt.handed_in_at is None,
        "answers": answers,
        "clock": clock_of(attempt, now()).to_json(),
    }
    return jsonify(told)


@blueprint.post("/attempts/<int:attempt_id>/answers")
@signed_in
@described(answer=AnswerKept, body=AnswerGiven)
def save(attempt_id: int) -> Response:
    """Save one answer: {"item": id, "chosen": [place or text, …], "page": name, "number": n}.

    Saving it again changes nothing, however late the repetition comes: `number` counts upwards in
    each opened page, and only what is above the last one heard is taken. Answers what is kept now.
    """
    attempt = own_attempt(attempt_id, current_person().id) or abort(404)
    body = request.get_json(silent=True)
    item_id, places = _answer(body)
    moment = now()
    held = save_answer(attempt, item_id, places, moment, _sending(body))
    kept = {answer.item_id: answer.chosen for answer in held.answers}
    shown = {one.item.item_id: one for one in shown_items(held)}
    told = {
        "saved": True,
        "item": item_id,
        "chosen": shown[item_id].given(kept.get(item_id, [])) if item_id in shown else [],
        "clock": clock_of(held, moment).to_json(),
    }
    return jsonify({**told, "feedback": _feedback(held, item_id)} if held.practice else told)


def _feedback(held: Attempt, item_id: int) -> Markup:
    """Return verdict and explanation of one answer: only practice tells before handing in."""
    return render_part("quizzes/_feedback.html", row=answered_row(held, item_id))


def _sending(body: Any) -> Sending | None:
    page, number = body.get("page"), body.get("number")
    if page is None and number is None:
        return None
    sound = isinstance(page, str) and 0 < len(page) <= LONGEST_PAGE and type(number) is int
    if not sound or not 0 < number < 2**31:
        raise Refusal(_MISFIT)
    return Sending(page, number)


def _answer(body: Any) -> tuple[int, list[Any]]:
    item, chosen = (
        (body.get("item"), body.get("chosen")) if isinstance(body, dict) else (None, None)
    )
    # bool is an int to Python; an answer of `true` is still not a place on the page.
    sound = isinstance(chosen, list) and len(chosen) <= MOST_BLANKS
    if type(item) is not int or not sound or not all(_is_plain(one) for one in chosen or ()):
        raise Refusal(_MISFIT)
    return item, list(chosen or ())


def _is_plain(one: Any) -> bool:
    """Tell whether something is a place or a text, or, in a case, a list of these."""
    if isinstance(one, list):
        return len(one) <= MOST_BLANKS and all(type(inner) in (int, str) for inner in one)
    return type(one) in (int, str)

"""/api/v1/learning/asked/…: a question that comes up while a video plays, and its answer."""

from typing import Annotated, Any, TypedDict

from flask import Blueprint, Response, jsonify, request
from msgspec import Meta

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.learning.asking.actions import answer
from sanshi_lms.learning.asking.queries import asked, next_number
from sanshi_lms.learning.asking.routes import question_or_404
from sanshi_lms.learning.asking.rules import again_from

MOST_PLACES = 20
blueprint = Blueprint("learning_asking_api", __name__, url_prefix="/api/v1/learning/asked")


class Question(TypedDict):
    """A question without what is right; `number` goes back with the answer."""

    number: int
    kind_label: str
    multiple: bool
    stem: str
    options: list[str]


class Try(TypedDict):
    """Which options were chosen, by place from 0."""

    number: Annotated[int, Meta(ge=1, lt=2**31)]
    places: Annotated[list[int], Meta(min_length=1, max_length=MOST_PLACES)]


class Verdict(TypedDict):
    """Whether that was right, and from which second on to look again."""

    right: bool
    explanation: str
    again_from: int
    lesson_complete: bool
    course_complete: bool


@blueprint.get("/<int:asked_id>")
@signed_in
@described(answer=Question)
def question(asked_id: int) -> Response:
    """Answer {number, kind_label, multiple, stem, options}: nothing that tells what is right."""
    row, _lesson = question_or_404(asked_id)
    number = next_number(current_person().id, row)
    found = asked(current_person().id, row, number)
    if found is None:
        raise Refusal("这道题已经从题库里撤下，不用再答了。", 410)
    return jsonify(
        number=number,
        kind_label=found.kind_label,
        multiple=found.kind == "multiple",
        stem=str(found.stem),
        options=found.options,
    )


@blueprint.post("/<int:asked_id>/tries")
@signed_in
@described(answer=Verdict, body=Try)
def tries(asked_id: int) -> Response:
    """Take {number, places}; answer {right, explanation, again_from, lesson_complete, …}."""
    row, lesson = question_or_404(asked_id)
    number, places = _given(request.get_json(silent=True))
    verdict = answer(row, lesson, current_person().id, number, places, now())
    return jsonify(
        right=verdict.right,
        explanation=str(verdict.asked.explanation) if verdict.right else "",
        again_from=again_from(row.second),
        lesson_complete=verdict.lesson_complete,
        course_complete=verdict.course_complete,
    )


def _given(body: Any) -> tuple[int, list[int]]:
    number, places = (
        (body.get("number"), body.get("places")) if isinstance(body, dict) else (None, None)
    )
    sound = isinstance(places, list) and 0 < len(places) <= MOST_PLACES
    if type(number) is not int or not 0 < number < 2**31 or not sound:
        raise Refusal("这个答案和题目对不上，请重新打开这道题再选。")
    if any(type(place) is not int for place in places or ()):
        raise Refusal("这个答案和题目对不上，请重新打开这道题再选。")
    return number, list(places or ())

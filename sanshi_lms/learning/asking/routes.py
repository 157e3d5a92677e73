"""/learning/asked/…: a question inside a video as a page of its own, for any browser."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson, drafts_seen, get_lesson, lesson_path
from sanshi_lms.learning.asking.actions import answer
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.learning.asking.queries import asked, next_number
from sanshi_lms.learning.asking.rules import again_from

blueprint = Blueprint(
    "learning_asking",
    __name__,
    url_prefix="/learning/asked",
    template_folder="../templates",
)
Answer = str | Response | tuple[str, int]


def question_or_404(asked_id: int) -> tuple[VideoQuestion, Lesson]:
    """Return a question of a lecture that the person may see, and its lesson."""
    row = db.session.get(VideoQuestion, asked_id)
    lesson = get_lesson(row.lesson_id, drafts=drafts_seen()) if row else None
    return (row, lesson) if row and lesson else abort(404)


@blueprint.get("/<int:asked_id>")
@signed_in
def question(asked_id: int) -> Answer:
    """Show one question with its options in the person's own order."""
    return _page(*question_or_404(asked_id))


@blueprint.post("/<int:asked_id>")
@signed_in
def question_post(asked_id: int) -> Answer:
    """Mark the answer; show why it is right, or offer that minute again."""
    row, lesson = question_or_404(asked_id)
    try:
        number = int(request.form.get("number", "")[:9])
        places = [int(place[:9]) for place in request.form.getlist("place")[:20]]
    except ValueError:
        raise Refusal("这个答案和题目对不上，请重新打开这道题再选。") from None
    if not places:
        return _page(row, lesson, missing=True), 422
    verdict = answer(row, lesson, current_person().id, number, places, now())
    if not verdict.right:
        return _page(row, lesson, wrong=True)
    if verdict.course_complete:
        return redirect(url_for("courses.course", slug=lesson.course.slug))
    return _page(row, lesson, verdict=verdict)


def _page(row: VideoQuestion, lesson: Lesson, **values: object) -> str:
    number = next_number(current_person().id, row)
    path = lesson_path(lesson.course.slug, lesson.slug)
    return render_template(
        "learning_asking/question.html",
        question=row,
        lesson=lesson,
        number=number,
        asked=asked(current_person().id, row, number),
        again=f"{path}?t={again_from(row.second)}",
        onwards=f"{path}?t={row.second}",
        **values,
    )

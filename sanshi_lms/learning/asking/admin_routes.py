"""/admin/learning/asked/…: an author puts items of the bank into a lecture."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.learning.asking.actions import place_question, take_out
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.quizzes import may_use

blueprint = Blueprint("learning_asking_admin", __name__, url_prefix="/admin/learning/asked")


@blueprint.post("/lessons/<int:lesson_id>")
@needs("courses.edit", within=True)
def place(lesson_id: int) -> Response:
    """Put an item at a second of the lesson's video."""
    lesson = _lesson_or_404(lesson_id)
    item = request.form.get("item_id", "")
    number = int(item) if item.isascii() and item.isdecimal() and len(item) < 10 else 0
    number = number if may_use(number, own_reach()) else 0
    with refusals_told():
        place_question(lesson, number, request.form.get("at", "")[:20], now())
        flash("弹题已放好。播放到这里时，会先停下来答题。", "success")
    return redirect(_home(lesson_id))


@blueprint.post("/<int:asked_id>/delete")
@needs("courses.edit", within=True)
def delete(asked_id: int) -> Response:
    """Take a question out of its video."""
    row = db.session.get(VideoQuestion, asked_id) or abort(404)
    lesson_id = _lesson_or_404(row.lesson_id).id
    take_out(row)
    flash("弹题已取下，答过的记录都还在。", "success")
    return redirect(_home(lesson_id))


def _lesson_or_404(lesson_id: int) -> Lesson:
    found = get_lesson(lesson_id, drafts=True)
    return found if found is not None and own_reach().covers(found.course.unit_id) else abort(404)


def _home(lesson_id: int) -> str:
    return url_for("courses_admin.lesson", lesson_id=lesson_id) + "#video-questions"

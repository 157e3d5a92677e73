"""/learning/…: my learning, and saying that a text has been read."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.courses import get_lesson, newest_courses
from sanshi_lms.credentials import certificates_of
from sanshi_lms.learning.actions import read_lesson
from sanshi_lms.learning.mine.duties import duties_of
from sanshi_lms.learning.mine.rules import due_tone, due_words, first_duty, in_order
from sanshi_lms.learning.queries import standings
from sanshi_lms.learning.uncounted import uncounted_of
from sanshi_lms.quizzes import mistakes_due

blueprint = Blueprint(
    "learning", __name__, url_prefix="/learning", template_folder="templates", static_folder=None
)
Answer = str | Response


@blueprint.get("/")
@signed_in
def my_learning() -> Answer:
    """Open on the one next thing to do; then what is under way and what is done."""
    person, moment = current_person(), now()
    mine = standings(person.id)
    under_way = [s for s in mine if s.enrolment.completed_at is None]
    done = [s for s in mine if s.enrolment.completed_at is not None]
    next_up = next((s for s in under_way if s.next_lesson), None)
    duties = in_order(duties_of(person.id))
    today = local(moment).date()
    return render_template(
        "learning/my_learning.html",
        next_up=next_up,
        next_duty=first_duty(duties, moment, under_way=next_up is not None),
        duties=duties,
        due_words=lambda duty: due_words(local(duty.due_at).date(), today),
        due_tone=lambda duty: due_tone(local(duty.due_at).date(), today),
        under_way=under_way,
        done=done,
        certificates=certificates_of(person.id),
        mistakes=mistakes_due(person.id, moment),
        suggested=[] if under_way or duties else newest_courses(3),
    )


@blueprint.get("/uncounted")
@signed_in
def uncounted() -> Answer:
    """Tell what of one's own watching did not count, and why."""
    person = current_person()
    return render_template("learning/uncounted.html", rows=uncounted_of(person.id))


@blueprint.post("/lessons/<int:lesson_id>/read")
@signed_in
def read(lesson_id: int) -> Answer:
    """Take the person's word that they have read a text."""
    lesson = get_lesson(lesson_id) or abort(404)
    complete = read_lesson(current_person().id, lesson, now())
    if complete:
        flash("恭喜，这门课学完了，证书已经发给您。", "success")
        return redirect(url_for("courses.course", slug=lesson.course.slug))
    flash("已记为学完。", "success")
    return redirect(
        url_for("courses.lesson", course_slug=lesson.course.slug, lesson_slug=lesson.slug)
    )

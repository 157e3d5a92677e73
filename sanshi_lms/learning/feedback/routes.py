"""/learning/feedback/…: saying what one thinks of a course."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.courses import courses_by_id, drafts_seen
from sanshi_lms.learning.feedback import actions, rules
from sanshi_lms.learning.wording import clean_text

blueprint = Blueprint("learning_feedback", __name__, url_prefix="/learning/feedback")


@blueprint.post("/courses/<int:course_id>")
@signed_in
def say(course_id: int) -> Response:
    """Keep the three taps and the words."""
    found = courses_by_id([course_id], drafts=drafts_seen())
    course = found.get(course_id) or abort(404)
    taps = {
        one.name: rules.read_choice(one.name, request.form.get(one.name)) for one in rules.ASKED
    }
    words = clean_text(request.form.get("words"))
    actions.say(current_person().id, course_id, taps, words, now())
    flash("谢谢，您的看法已记下，随时可以再改。", "success")
    return redirect(url_for("courses.course", slug=course.slug) + "#feedback")

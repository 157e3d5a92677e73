"""/admin/learning/feedback/…: what people say of courses: sums and words, for authors."""

from flask import Blueprint, abort, render_template

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.courses import courses_by_id
from sanshi_lms.learning.feedback import queries, rules

blueprint = Blueprint(
    "learning_feedback_admin",
    __name__,
    url_prefix="/admin/learning/feedback",
    template_folder="../templates",
)


@blueprint.get("/")
@needs("courses.edit", within=True)
def courses() -> str:
    """List the courses of one's units of which somebody said something."""
    found = queries.courses_with_feedback(own_reach())
    return render_template("feedback/courses.html", rows=found, fewest=rules.FEWEST_SHOWN)


@blueprint.get("/courses/<int:course_id>")
@needs("courses.edit", within=True)
def course(course_id: int) -> str:
    """Show the sums and words of a course once enough people said something."""
    found = courses_by_id([course_id], drafts=True).get(course_id)
    if found is None or not own_reach().covers(found.unit_id):
        abort(404)
    return render_template(
        "feedback/course.html",
        course=found,
        sums=queries.sums_of(course_id),
        asked=rules.ASKED,
        fewest=rules.FEWEST_SHOWN,
    )

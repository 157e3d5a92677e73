"""/admin/learning/courses/<id>/term: for how long a course's certificates are valid."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.courses import courses_by_id
from sanshi_lms.learning.renewing.actions import set_course_term

blueprint = Blueprint("learning_renewing", __name__, url_prefix="/admin/learning")


@blueprint.post("/courses/<int:course_id>/term")
@needs("learning.rules")
def term(course_id: int) -> Response:
    """Set the months."""
    course = courses_by_id([course_id], drafts=True).get(course_id) or abort(404)
    with refusals_told():
        set_course_term(course, request.form.get("months", -1, type=int))
        flash("已保存。从现在起颁发的证书按新的有效期，已经发的不变。", "success")
    return redirect(
        url_for("courses_admin.course", course_id=course_id, _anchor="certificate-term")
    )

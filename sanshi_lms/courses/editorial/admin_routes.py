"""/admin/courses/…: steps of a course, its versions, what waits for me, the switch, praise."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import stripped
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses.admin_routes import Answer, course_or_404, course_page
from sanshi_lms.courses.editorial import actions, queries, switch
from sanshi_lms.courses.editorial.forms import read_step
from sanshi_lms.courses.editorial.freezing import (
    Frozen,
    differences,
    digest_of,
    read_frozen,
    snapshot,
)
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.sight import SEE

blueprint = Blueprint(
    "editorial_admin", __name__, url_prefix="/admin/courses", template_folder="templates"
)
DONE = {
    "submit": "已提交，等另一个人初审。",
    "publish": "已发布，现在所有人都能看到。",
    "schedule": "已定好时间，到点自动发布。",
    "withdraw": "已下架，学习记录都还在。",
}
NOW = "now"


@blueprint.get("/review/")
@needs(queries.REVIEW, within=True)
def review() -> str:
    """Show the courses that wait for me, then the others on their way, and the switch."""
    own_reach()  # the query asks it anew: a chief's may go further than a reviewer's
    found = queries.under_way(current_person())
    return render_template(
        "editorial/review.html",
        mine=[one for one in found if one.mine],
        others=[one for one in found if not one.mine],
        switch=switch.find_switch(),
    )


@blueprint.post("/review/switch")
@needs(queries.PUBLISH)
def switch_post() -> Response:
    """Turn the three reviews before publishing on or off."""
    on, seen = request.form.get("to") == "on", row_number(request.form.get("version"))
    with refusals_told():
        switch.turn(seen or 0, current_person().id, now(), on=on)
        told = "已打开：发布前要三个人依次审核。" if on else "已关闭：管理员可以直接发布。"
        flash(told, "success")
    return redirect(url_for("editorial_admin.review"))


@blueprint.post("/<int:course_id>/steps")
@needs(SEE, within=True)
def step_post(course_id: int) -> Answer:
    """Take a step: submit, pass, return, publish, withdraw …"""
    subject = course_or_404(course_id)
    verb, words = request.form.get("verb", ""), stripped(request.form.get("words"))
    try:
        given = read_step(request.form, words)
        actions.take_step(subject, given, current_person(), now())
    except Refusal as refusal:
        rollback()
        subject, told = course_or_404(course_id), refusal.message
        return course_page(subject, verb=verb, words=words, message=told), refusal.status
    flash(DONE.get(verb, "已办好这一步。"), "success")
    return redirect(url_for("courses_admin.course", course_id=course_id))


@blueprint.get("/<int:course_id>/versions/")
@needs(SEE, within=True)
def versions(course_id: int) -> str:
    """Show the versions of a course, each with what was done with it."""
    subject = course_or_404(course_id)
    found = queries.versions_of(course_id)
    told = queries.told(queries.rows_of([course_id])[course_id])
    sound = {one.number for one in found if one.sha256 == digest_of(one.body)}
    return render_template(
        "editorial/versions.html",
        course=subject,
        versions=found,
        steps={one.number: [step for step in told if step.number == one.number] for one in found},
        loose=[step for step in told if step.number is None],
        sound=sound,
    )


@blueprint.get("/<int:course_id>/versions/<int:frozen_number>")
@needs(SEE, within=True)
def version(course_id: int, frozen_number: int) -> str:
    """Show a course as it was frozen."""
    subject = course_or_404(course_id)
    found = queries.find_version(course_id, frozen_number) or abort(404)
    frozen = read_frozen(found.body)
    texts = [render_markdown(lesson["body_md"]) for lesson in frozen["lessons"]]
    return render_template(
        "editorial/version.html",
        course=subject,
        version=found,
        frozen=frozen,
        kinds=_kinds(),
        description=render_markdown(frozen["description_md"]),
        lessons=list(zip(frozen["lessons"], texts, strict=True)),
    )


@blueprint.get("/<int:course_id>/versions/compare")
@needs(SEE, within=True)
def compare(course_id: int) -> str:
    """Show what is different between two versions; "now" is the course as it stands."""
    subject = course_or_404(course_id)
    asked = request.args.get("old", ""), request.args.get("new", NOW)
    old, new = (_frozen(subject, one) for one in asked)
    return render_template(
        "editorial/compare.html",
        course=subject,
        old=asked[0],
        new=asked[1],
        versions=queries.versions_of(course_id),
        sections=differences(old, new, _kinds()),
    )


@blueprint.post("/<int:course_id>/praise")
@needs(queries.PUBLISH, within=True)
def praise_post(course_id: int) -> Response:
    """Name a course or one of its lessons 优秀微课."""
    subject, given = course_or_404(course_id), request.form.get("lesson", "")
    reason = stripped(request.form.get("reason"))
    with refusals_told():
        number = row_number(given) if given else None
        if given and number is None:
            raise Refusal("请从列出的课里选。")
        actions.praise(subject, number, reason, current_person(), now())
        flash("已评为优秀微课，理由会公开显示。", "success")
    return redirect(url_for("courses_admin.course", course_id=course_id, _anchor="praise"))


@blueprint.post("/<int:course_id>/praise/<int:praise_id>/remove")
@needs(queries.PUBLISH, within=True)
def praise_remove(course_id: int, praise_id: int) -> Response:
    """Take the name 优秀微课 back."""
    actions.unpraise(course_or_404(course_id), praise_id)
    flash("已取消优秀微课。", "success")
    return redirect(url_for("courses_admin.course", course_id=course_id, _anchor="praise"))


def _frozen(course: Course, asked: str) -> Frozen:
    if asked == NOW:
        return read_frozen(snapshot(course.id))
    found = queries.find_version(course.id, row_number(asked) or 0) or abort(404)
    return read_frozen(found.body)


def _kinds() -> dict[str, str]:
    return {name: kind.label_zh for name, kind in lesson_kinds().items()}

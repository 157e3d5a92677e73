"""/admin/courses/…: the list of courses, one course, its publishing."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from sanshi_lms.account import MoveForm, owner_names, owner_path, people_by_id
from sanshi_lms.core.access import current_person, may, needs, own_reach
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses.actions import (
    course_values,
    create_course,
    delete_course,
    edit_course,
    give_course,
)
from sanshi_lms.courses.editorial.praises import praises_of
from sanshi_lms.courses.editorial.queries import standing_of, why_locked
from sanshi_lms.courses.forms import CourseForm, NewCourseForm
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.queries import desk_courses, lessons_of, status_counts
from sanshi_lms.courses.readiness import desk_rows, what_is_missing
from sanshi_lms.courses.rules import Status, hours_text
from sanshi_lms.courses.saving import StaleVersion
from sanshi_lms.courses.sight import SEE

blueprint = Blueprint(
    "courses_admin", __name__, url_prefix="/admin/courses", template_folder="templates"
)
Subject = TypeVar("Subject")
Answer = str | Response | tuple[str, int]


def course_or_404(course_id: int) -> Course:
    """Return a course within the reach of the view's right with its audiences."""
    query = select(Course).where(Course.id == course_id).options(selectinload(Course.audiences))
    found = db.session.scalar(query)
    return found if found is not None and own_reach().covers(found.unit_id) else abort(404)


@blueprint.get("/")
@needs(SEE, within=True)
def courses() -> Answer:
    """List the courses of one's units, narrowed by words and status."""
    reach = own_reach()
    words, status = request.args.get("q", "").strip(), request.args.get("status", "")
    status = status if status in set(Status) else ""
    counts = status_counts(reach)
    tabs = [(f"全部 {sum(counts.values())}", url_for("courses_admin.courses"), not status)]
    for one in Status:
        address = url_for("courses_admin.courses", status=one.value)
        tabs.append((f"{one.label_zh} {counts.get(one.value, 0)}", address, status == one.value))
    page = desk_courses(words, status, reach)
    return render_template(
        "courses_admin/courses.html",
        page=page,
        owners=owner_names(card.course.unit_id for card in page.rows),
        status_tabs=tabs,
        words=words,
        status=status,
    )


@blueprint.get("/new")
@needs("courses.edit", within=True)
def new_course() -> Answer:
    """Show the form for a new course."""
    form = NewCourseForm().over(own_reach())
    return render_template("courses_admin/new_course.html", form=form)


@blueprint.post("/new")
@needs("courses.edit", within=True)
def new_course_post() -> Answer:
    """Create a course as a draft."""
    form = NewCourseForm().over(own_reach())
    if form.validate():
        try:
            course = create_course(form.values(), form.unit_id)
        except Refusal as refusal:
            form.slug.errors = [refusal.message]
        else:
            flash("课程已建好，现在是草稿。下一步：添加课。", "success")
            return redirect(url_for("courses_admin.course", course_id=course.id))
    return render_template("courses_admin/new_course.html", form=form), 422


@blueprint.get("/<int:course_id>")
@needs(SEE, within=True)
def course(course_id: int) -> Answer:
    """Show one course: its state, what is missing, its lessons."""
    return course_page(course_or_404(course_id))


def course_page(
    subject: Course,
    *,
    message: str = "",
    words: str = "",
    verb: str = "",
    moving: MoveForm | None = None,
) -> str:
    """Return the desk's page of a course, with what was refused and typed."""
    rows = desk_rows(lessons_of(subject.id))
    praises = praises_of([subject.id])[subject.id]
    return render_template(
        "courses_admin/course.html",
        course=subject,
        rows=rows,
        problems=what_is_missing(subject, rows),
        standing=standing_of(subject, current_person()),
        praises=praises,
        people=people_by_id(one.by_id for one in praises),
        message=message,
        words=words,
        verb=verb,
        learning=learner_side().course_desk(subject),
        owner=owner_path(subject.unit_id),
        moving=moving or (MoveForm.of(subject.unit_id) if may("courses.edit") else None),
    )


def refuse_if_locked(course: Course) -> None:
    """Raise Refusal while the words of a course must not change: under review, or reviewed."""
    if why := why_locked(course, current_person()):
        raise Refusal(why, 409)


@blueprint.get("/<int:course_id>/about")
@needs("courses.edit", within=True)
def about(course_id: int) -> Answer:
    """Show the form of what a course says of itself."""
    subject = course_or_404(course_id)
    values = vars(course_values(subject))
    hours = Decimal(hours_text(subject.credit_hours))
    form = CourseForm(data={**values, "credit_hours": hours, "version": subject.version})
    return _about_page(subject, form)


@blueprint.post("/<int:course_id>/about")
@needs("courses.edit", within=True)
def about_post(course_id: int) -> Answer:
    """Save what a course says of itself."""
    subject, form = course_or_404(course_id), CourseForm()
    refuse_if_locked(subject)
    form.slug.data = form.slug.data or subject.slug
    if not form.validate():
        return _about_page(subject, form), 422
    try:
        edit_course(subject, form.values(), version_of(form))
    except StaleVersion as stale:
        rollback()
        subject = course_or_404(course_id)
        form.version.data = str(subject.version)
        return _about_page(subject, form, stale=stale.message), 409
    except Refusal as refusal:
        form.slug.errors = [refusal.message]
        return _about_page(subject, form), 422
    flash("已保存。", "success")
    return redirect(url_for("courses_admin.course", course_id=course_id))


@blueprint.post("/<int:course_id>/unit")
@needs("courses.edit")
def give(course_id: int) -> Answer:
    """Give a course to another unit; only whoever writes everything."""
    subject, form = course_or_404(course_id), MoveForm().over(own_reach())
    if not form.validate():
        return course_page(subject, moving=form), 422
    give_course(subject, form.unit_id)
    flash(f"这门课程现在属于{owner_path(form.unit_id)}。", "success")
    return redirect(_home(course_id))


@blueprint.post("/<int:course_id>/delete")
@needs("courses.publish", within=True)
def delete(course_id: int) -> Answer:
    """Delete a course that nothing depends on."""
    subject = course_or_404(course_id)
    done = f"“{subject.title}”已删除。"
    return act(
        subject, delete_course, done, url_for("courses_admin.courses"), back=_home(course_id)
    )


def act(
    subject: Subject,
    action: Callable[[Subject], None],
    done: str,
    then: str,
    *,
    back: str | None = None,
) -> Response:
    """Do `action` and go on to `then`; a refusal changes nothing and is told at `back`."""
    try:
        action(subject)
    except Refusal as refusal:
        rollback()
        flash(refusal.message, "error")
        return redirect(back or then)
    flash(done, "success")
    return redirect(then)


def version_of(form: FlaskForm) -> int:
    """Return the version that the editor saw; a damaged one is never the present one."""
    text = form.version.data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _home(course_id: int) -> str:
    return url_for("courses_admin.course", course_id=course_id)


def _about_page(course: Course, form: CourseForm, stale: str | None = None) -> str:
    locked = why_locked(course, current_person())
    return render_template(
        "courses_admin/about.html", course=course, form=form, stale=stale, locked=locked
    )

"""/admin/courses/…/lessons/…: a course's lessons, their order and their attachments.

The views join the blueprint of `admin_routes`: to people it is one place.
"""

import shutil

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import FileStorage

from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import storage
from sanshi_lms.courses.admin_routes import (
    Answer,
    act,
    blueprint,
    course_or_404,
    refuse_if_locked,
    version_of,
)
from sanshi_lms.courses.attachments import attach_all, detach
from sanshi_lms.courses.editorial.queries import why_locked
from sanshi_lms.courses.forms import AttachmentForm, LessonForm, content_value
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.learner import learner_side
from sanshi_lms.courses.lesson_actions import (
    add_lesson,
    delete_lesson,
    edit_lesson,
    lesson_values,
    move_lesson,
    touch_edit,
)
from sanshi_lms.courses.models import Attachment, Course, Lesson
from sanshi_lms.courses.saving import StaleVersion

FRESH = ("reading", None)


def lesson_or_404(lesson_id: int) -> Lesson:
    """Return a lesson of a course within reach, with its course and attachments."""
    query = select(Lesson).where(Lesson.id == lesson_id)
    query = query.options(joinedload(Lesson.course), selectinload(Lesson.attachments))
    found = db.session.scalar(query)
    return found if found is not None and own_reach().covers(found.course.unit_id) else abort(404)


@blueprint.get("/<int:course_id>/lessons/new")
@needs("courses.edit", within=True)
def new_lesson(course_id: int) -> Answer:
    """Show the form for a new lesson."""
    form = LessonForm()
    form.offer(lesson_kinds(), FRESH, own_reach())
    return _new_page(course_or_404(course_id), form)


@blueprint.post("/<int:course_id>/lessons/new")
@needs("courses.edit", within=True)
def new_lesson_post(course_id: int) -> Answer:
    """Add a lesson at the end of a course."""
    course, form = course_or_404(course_id), LessonForm()
    refuse_if_locked(course)
    form.offer(lesson_kinds(), FRESH, own_reach())
    if form.validate():
        try:
            lesson = add_lesson(course, form.values())
        except Refusal as refusal:
            form.slug.errors = [refusal.message]
        else:
            flash("这一课已添加。", "success")
            return redirect(url_for("courses_admin.lesson", lesson_id=lesson.id))
    return _new_page(course, form), 422


@blueprint.get("/lessons/<int:lesson_id>")
@needs("courses.edit", within=True)
def lesson(lesson_id: int) -> Answer:
    """Show a lesson with the form to change it and its attachments."""
    subject = lesson_or_404(lesson_id)
    present = (subject.kind, subject.target_id)
    values = {**vars(lesson_values(subject)), "content": content_value(*present)}
    form = LessonForm(data={**values, "version": subject.version})
    form.offer(lesson_kinds(), present, own_reach())
    return _page(subject, form)


@blueprint.post("/lessons/<int:lesson_id>")
@needs("courses.edit", within=True)
def lesson_post(lesson_id: int) -> Answer:
    """Save a lesson, unless somebody else saved it in the meantime."""
    subject, form = lesson_or_404(lesson_id), LessonForm()
    refuse_if_locked(subject.course)
    form.offer(lesson_kinds(), (subject.kind, subject.target_id), own_reach())
    form.slug.data = form.slug.data or subject.slug
    if not form.validate():
        return _page(subject, form), 422
    try:
        edit_lesson(subject, form.values(), version_of(form))
    except StaleVersion as stale:
        rollback()
        subject = lesson_or_404(lesson_id)
        form.version.data = str(subject.version)
        return _page(subject, form, stale=stale.message), 409
    except Refusal as refusal:
        form.slug.errors = [refusal.message]
        return _page(subject, form), 422
    flash("已保存。", "success")
    return redirect(url_for("courses_admin.lesson", lesson_id=lesson_id))


@blueprint.post("/lessons/<int:lesson_id>/move")
@needs("courses.edit", within=True)
def move(lesson_id: int) -> Answer:
    """Move a lesson one place up or down."""
    subject = lesson_or_404(lesson_id)
    refuse_if_locked(subject.course)
    step = {"up": -1, "down": 1}.get(request.form.get("to", "")) or abort(400)
    move_lesson(subject, step)
    # The button that was pressed is found again by its anchor: keyboards keep their place.
    home = url_for("courses_admin.course", course_id=subject.course_id)
    return redirect(f"{home}#lesson-{subject.id}")


@blueprint.post("/lessons/<int:lesson_id>/delete")
@needs("courses.edit", within=True)
def delete_lesson_post(lesson_id: int) -> Answer:
    """Delete a lesson that nobody has begun."""
    subject = lesson_or_404(lesson_id)
    refuse_if_locked(subject.course)
    home = url_for("courses_admin.course", course_id=subject.course_id)
    done = f"“{subject.title}”已删除。"
    back = url_for("courses_admin.lesson", lesson_id=lesson_id)
    return act(subject, delete_lesson, done, home, back=back)


@blueprint.post("/lessons/<int:lesson_id>/attachments")
@needs("courses.edit", within=True)
def attach_post(lesson_id: int) -> Answer:
    """Add files to a lesson: all of them or, when one is refused, none."""
    subject = lesson_or_404(lesson_id)
    refuse_if_locked(subject.course)
    files = [file for file in request.files.getlist("files") if file.filename]

    def keep(lesson: Lesson) -> None:
        if not files:
            raise Refusal("请先选择文件。")
        _keep(lesson, files)
        touch_edit(lesson)

    here = url_for("courses_admin.lesson", lesson_id=lesson_id) + "#attachments"
    return act(subject, keep, f"已上传 {len(files)} 个附件。", here)


@blueprint.post("/attachments/<int:attachment_id>/delete")
@needs("courses.edit", within=True)
def detach_post(attachment_id: int) -> Answer:
    """Take an attachment off its lesson."""
    attachment = db.session.get(Attachment, attachment_id) or abort(404)
    subject = lesson_or_404(attachment.lesson_id)
    refuse_if_locked(subject.course)
    filename = attachment.filename
    detach(attachment)
    touch_edit(subject)
    flash(f"附件“{filename}”已删除。", "success")
    return redirect(url_for("courses_admin.lesson", lesson_id=subject.id) + "#attachments")


def _keep(lesson: Lesson, files: list[FileStorage]) -> None:
    folder = storage().private_dir()
    try:
        sources = [(folder / str(number), file.filename or "") for number, file in enumerate(files)]
        for (path, _name), file in zip(sources, files, strict=True):
            file.save(path)
        attach_all(lesson, sources)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _new_page(course: Course, form: LessonForm) -> str:
    return render_template("courses_admin/new_lesson.html", course=course, form=form)


def _page(lesson: Lesson, form: LessonForm, stale: str | None = None) -> str:
    return render_template(
        "courses_admin/lesson.html",
        lesson=lesson,
        form=form,
        stale=stale,
        locked=why_locked(lesson.course, current_person()),
        attachment_form=AttachmentForm(formdata=None),
        learning=learner_side().lesson_desk(lesson),
    )

"""/training/desk/…: running a class, on a phone too. A tutor sees only their own classes."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.drawing import qr_svg
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import public_address
from sanshi_lms.training.classes import queries
from sanshi_lms.training.classes.actions import (
    change_class,
    close_class,
    drop_post,
    open_class,
    post,
    refresh_plan,
    set_due_days,
)
from sanshi_lms.training.classes.forms import (
    EARLIEST,
    LATEST,
    AccountForm,
    ClassForm,
    PostForm,
)
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.roster import add_person, approve, decline
from sanshi_lms.training.reading import read_day
from sanshi_lms.training.scope import runs_any
from sanshi_lms.training.sessions.queries import sessions_of_class

blueprint = Blueprint(
    "training_desk", __name__, url_prefix="/training/desk", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


def class_or_404(class_id: int) -> TrainingClass:
    """Return a class that the present person runs."""
    return queries.class_for_staff(class_id, current_person()) or abort(404)


def back_to(class_id: int, part: str = "") -> Response:
    """Return the way back to the page of the class."""
    return redirect(url_for("training_desk.class_page", class_id=class_id) + part)


@blueprint.get("/")
@signed_in
def desk() -> Answer:
    """Show the classes that the person runs."""
    if not runs_any(current_person()):
        abort(404)
    found = queries.staff_classes(current_person())
    counts = queries.count_by_state([one.id for one in found])
    return render_template("classes/desk.html", classes=found, counts=counts)


@blueprint.get("/classes/<int:class_id>")
@signed_in
def class_page(class_id: int) -> Answer:
    """Show all there is to run of a class."""
    return _page(class_or_404(class_id), PostForm(), AccountForm())


@blueprint.get("/classes/<int:class_id>/about")
@signed_in
def about(class_id: int) -> Answer:
    """Show the form of what the class says of itself."""
    subject = class_or_404(class_id)
    return render_template("classes/about.html", subject=subject, form=ClassForm(obj=subject))


@blueprint.post("/classes/<int:class_id>/about")
@signed_in
def about_post(class_id: int) -> Answer:
    """Change the class."""
    subject = class_or_404(class_id)
    form = ClassForm(obj=subject)
    if form.validate():
        try:
            change_class(subject, form.values(), now())
        except Refusal as refusal:
            form.capacity.errors = [refusal.message]
    if form.errors:
        rollback()
        subject = class_or_404(class_id)
        return render_template("classes/about.html", subject=subject, form=form), 422
    flash("已保存。", "success")
    return back_to(class_id)


@blueprint.post("/classes/<int:class_id>/status")
@signed_in
def status_post(class_id: int) -> Answer:
    """Open the class, or end it."""
    subject = class_or_404(class_id)
    if request.form.get("to") == "closed":
        close_class(subject)
        flash("已结班，不再接受报名。记录和证书都还在。", "success")
        return back_to(class_id)
    with refusals_told():
        open_class(subject)
        flash("已开班，学员可以看到，也可以报名了。", "success")
    return back_to(class_id)


@blueprint.post("/classes/<int:class_id>/refresh")
@signed_in
def refresh_post(class_id: int) -> Answer:
    """Take courses and rule from the programme as it is now."""
    refresh_plan(class_or_404(class_id))
    flash("课程和结业条件已按培训项目更新。", "success")
    return back_to(class_id, "#timetable")


@blueprint.post("/classes/<int:class_id>/due")
@signed_in
def due_post(class_id: int) -> Answer:
    """Say by which day each course should be done."""
    subject = class_or_404(class_id)
    days = {}
    for row in subject.courses:
        given = request.form.get(f"due-{row.course_id}", "")
        found = read_day(given)
        if given and (found is None or not EARLIEST <= found <= LATEST):
            raise Refusal("日期不对，请从日历里选，例如 2026-03-09。")
        days[row.course_id] = found
    set_due_days(subject, days)
    flash("日程已保存。", "success")
    return back_to(class_id, "#timetable")


@blueprint.post("/classes/<int:class_id>/decide")
@signed_in
def decide_post(class_id: int) -> Answer:
    """Accept or turn down the people who are ticked."""
    subject = class_or_404(class_id)
    chosen = set(request.form.getlist("member", type=int))
    with refusals_told():
        if request.form.get("decision") == "decline":
            count = decline(subject, chosen, request.form.get("reason", ""), now())
            told = f"已退回 {count} 人，原因会告诉本人。"
        else:
            count = approve(subject, chosen, now())
            told = f"已通过 {count} 人。名额满了的会进候补。"
        flash(told if count else "请先勾选人。", "success" if count else "warning")
    return back_to(class_id, "#applied")


@blueprint.post("/classes/<int:class_id>/people")
@signed_in
def people_post(class_id: int) -> Answer:
    """Put somebody into the class."""
    subject, form = class_or_404(class_id), AccountForm()
    if form.validate():
        try:
            member = add_person(subject, form.username.data, now())
        except Refusal as refusal:
            form.username.errors = [refusal.message]
        else:
            name = member.person.display_name
            state = "已经在班里" if member.state in {"in", "done"} else "已进候补，名额满了"
            flash(f"{name}{state}。", "success")
            return back_to(class_id, "#people")
    rollback()
    return _page(class_or_404(class_id), PostForm(formdata=None), form), 422


@blueprint.post("/classes/<int:class_id>/posts")
@signed_in
def post_post(class_id: int) -> Answer:
    """Put a notice on the board."""
    subject, form = class_or_404(class_id), PostForm()
    if not form.validate():
        return _page(subject, form, AccountForm(formdata=None)), 422
    post(subject, current_person(), form.text.data, form.key, now())
    flash("公告已发布，班里的人都会收到消息。", "success")
    return back_to(class_id, "#board")


@blueprint.post("/classes/<int:class_id>/posts/<int:post_id>/remove")
@signed_in
def post_remove_post(class_id: int, post_id: int) -> Answer:
    """Take a notice off the board."""
    drop_post(class_or_404(class_id), post_id)
    flash("公告已删除。", "success")
    return back_to(class_id, "#board")


@blueprint.get("/classes/<int:class_id>/poster")
@signed_in
def poster(class_id: int) -> Answer:
    """Show the poster of the class, one A4 page to print and hang up."""
    subject = class_or_404(class_id)
    url = public_address(url_for("training.join", class_code=subject.code))
    return render_template(
        "classes/poster.html",
        subject=subject,
        rule=subject.rule.sentence(queries.plan_of(subject.courses)),
        url=url.partition("://")[2],
        code_image=qr_svg(url),
    )


def _page(subject: TrainingClass, post_form: PostForm, account_form: AccountForm) -> str:
    plan = queries.plan_of(subject.courses)
    people = queries.members(subject.id)
    return render_template(
        "classes/class_page.html",
        subject=subject,
        post_form=post_form,
        account_form=account_form,
        plan=plan,
        days={row.course_id: row.due_on for row in subject.courses},
        rule=subject.rule.sentence(plan),
        standings=queries.standings(subject, people),
        applied=queries.members(subject.id, ("applied",)),
        waiting=queries.members(subject.id, ("waiting",)),
        tutors=queries.tutors_of(subject.id),
        posts=queries.posts_of(subject.id),
        sessions=sessions_of_class(subject.id),
        join_url=public_address(url_for("training.join", class_code=subject.code)),
    )

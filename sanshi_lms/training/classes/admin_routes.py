"""/admin/training/…: programmes, new classes and who runs them, for administrators of training."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import unit_choices
from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.courses import newest_courses
from sanshi_lms.training.classes import queries
from sanshi_lms.training.classes.actions import (
    add_class,
    add_tutor,
    drop_tutor,
    next_year,
    run_again,
)
from sanshi_lms.training.classes.forms import (
    EARLIEST,
    LATEST,
    AgainForm,
    NewClassForm,
    ProgrammeForm,
)
from sanshi_lms.training.classes.models import Programme, TrainingClass
from sanshi_lms.training.classes.programmes import (
    add_course,
    add_programme,
    change_programme,
    drop_course,
    move_course,
    set_course,
)
from sanshi_lms.training.scope import MANAGE, class_of

blueprint = Blueprint(
    "training_admin", __name__, url_prefix="/admin/training", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
COURSES_OFFERED = 300
MOST_CHOICES = 600


@blueprint.get("/")
@needs(MANAGE, within=True)
def programmes() -> Answer:
    """Show the programmes with their classes."""
    found = queries.all_classes(own_reach())
    by_programme: dict[int, list[TrainingClass]] = {}
    for one in found:
        by_programme.setdefault(one.programme_id, []).append(one)
    return render_template(
        "classes/programmes.html",
        programmes=queries.programmes(),
        classes=by_programme,
        counts=queries.count_by_state([one.id for one in found]),
    )


@blueprint.get("/programmes/new")
@needs(MANAGE)
def new_programme() -> Answer:
    """Show the form for a programme."""
    return render_template("classes/new_programme.html", form=ProgrammeForm())


@blueprint.post("/programmes/new")
@needs(MANAGE)
def new_programme_post() -> Answer:
    """Make a programme."""
    form = ProgrammeForm()
    if form.validate():
        try:
            made = add_programme(form.values(), form.key, now())
        except Refusal as refusal:
            form.title.errors = [refusal.message]
        else:
            flash("培训项目建好了。下一步：选必修课和选修课。", "success")
            return redirect(url_for("training_admin.programme", programme_id=made.id))
    return render_template("classes/new_programme.html", form=form), 422


@blueprint.get("/programmes/<int:programme_id>")
@needs(MANAGE, within=True)
def programme(programme_id: int) -> Answer:
    """Show a programme: its rule, its courses, its classes."""
    subject = _programme(programme_id)
    return _programme_page(subject, ProgrammeForm(obj=subject))


@blueprint.post("/programmes/<int:programme_id>")
@needs(MANAGE)
def programme_post(programme_id: int) -> Answer:
    """Change a programme."""
    subject, form = _programme(programme_id), ProgrammeForm()
    if form.validate():
        try:
            change_programme(subject, form.values())
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _programme_page(subject, form), 422
    flash("已保存。已经开的班不受影响，要用新条件请到班里点“按培训项目更新”。", "success")
    return redirect(url_for("training_admin.programme", programme_id=programme_id))


@blueprint.post("/programmes/<int:programme_id>/courses")
@needs(MANAGE)
def course_post(programme_id: int) -> Answer:
    """Put a course into the programme."""
    subject = _programme(programme_id)
    chosen = request.form.get("course", 0, type=int)
    required = request.form.get("kind") != "elective"
    return _act(subject, lambda: add_course(subject, min(chosen, 2**31 - 1), required=required))


@blueprint.post("/programmes/<int:programme_id>/courses/<int:course_id>")
@needs(MANAGE)
def course_set_post(programme_id: int, course_id: int) -> Answer:
    """Say of a course whether it is required and what comes before it."""
    subject = _programme(programme_id)
    needs_first = request.form.getlist("needs", type=int)
    required = request.form.get("kind") != "elective"
    return _act(
        subject, lambda: set_course(subject, course_id, required=required, needs=needs_first)
    )


@blueprint.post("/programmes/<int:programme_id>/courses/<int:course_id>/move")
@needs(MANAGE)
def course_move_post(programme_id: int, course_id: int) -> Answer:
    """Move a course up or down."""
    subject, step = _programme(programme_id), -1 if request.form.get("to") == "up" else 1
    return _act(subject, lambda: move_course(subject, course_id, step))


@blueprint.post("/programmes/<int:programme_id>/courses/<int:course_id>/remove")
@needs(MANAGE)
def course_remove_post(programme_id: int, course_id: int) -> Answer:
    """Take a course out of the programme."""
    subject = _programme(programme_id)
    return _act(subject, lambda: drop_course(subject, course_id))


@blueprint.get("/programmes/<int:programme_id>/classes/new")
@needs(MANAGE, within=True)
def new_class(programme_id: int) -> Answer:
    """Show the form for a class of the programme."""
    subject = _programme(programme_id)
    return _new_class_page(subject, NewClassForm())


@blueprint.post("/programmes/<int:programme_id>/classes/new")
@needs(MANAGE, within=True)
def new_class_post(programme_id: int) -> Answer:
    """Make a class."""
    subject, form = _programme(programme_id), NewClassForm()
    form.reach = own_reach()
    if not form.validate():
        return _new_class_page(subject, form), 422
    unit_id = form.found.id if form.found else None
    made = add_class(subject, form.values(), form.key, now(), unit_id=unit_id)
    flash("培训班建好了，现在是筹备中。指定老师、排好日程以后，点“开班”。", "success")
    return redirect(url_for("training_desk.class_page", class_id=made.id))


@blueprint.get("/classes/<int:class_id>/again")
@needs(MANAGE, within=True)
def again(class_id: int) -> Answer:
    """Show the form that runs a class again next year."""
    subject = _class(class_id)
    form = AgainForm(data={"title": subject.title, "starts_on": next_year(subject.starts_on)})
    return _again_page(subject, form)


@blueprint.post("/classes/<int:class_id>/again")
@needs(MANAGE, within=True)
def again_post(class_id: int) -> Answer:
    """Run a class again: courses, tutors and sessions come along, the roster does not."""
    subject, form = _class(class_id), AgainForm()
    if form.validate():
        shift = form.starts_on.data - subject.starts_on
        if not (EARLIEST - subject.starts_on <= shift <= LATEST - subject.ends_on):
            form.starts_on.errors = ["结束日期会超出范围，请换一个开始日期。"]
    if form.errors:
        return _again_page(subject, form), 422
    made = run_again(subject, form.title.data, form.starts_on.data, form.key, now())
    flash("新班建好了，日期都已顺延，名单是空的。检查以后点“开班”。", "success")
    return redirect(url_for("training_desk.class_page", class_id=made.id))


@blueprint.post("/classes/<int:class_id>/tutors")
@needs(MANAGE, within=True)
def tutor_post(class_id: int) -> Answer:
    """Let a person run the class."""
    subject = _class(class_id)
    with refusals_told():
        person = add_tutor(subject, request.form.get("username", "")[:60])
        flash(f"{person.display_name}现在可以管理这个班。", "success")
    return redirect(url_for("training_desk.class_page", class_id=class_id))


@blueprint.post("/classes/<int:class_id>/tutors/<int:person_id>/remove")
@needs(MANAGE, within=True)
def tutor_remove_post(class_id: int, person_id: int) -> Answer:
    """Take the class out of a person's hands."""
    drop_tutor(_class(class_id), person_id)
    flash("已移除。", "success")
    return redirect(url_for("training_desk.class_page", class_id=class_id))


def _programme(programme_id: int) -> Programme:
    return queries.find_programme(programme_id) or abort(404)


def _class(class_id: int) -> TrainingClass:
    found = class_of(class_id) or abort(404)
    return found if own_reach().covers(found.unit_id) else abort(404)


def _new_class_page(subject: Programme, form: NewClassForm) -> str:
    return render_template(
        "classes/new_class.html",
        programme=subject,
        form=form,
        reach=own_reach(),
        choices=unit_choices(MOST_CHOICES, own_reach()),
    )


def _act(subject: Programme, action: Callable[[], None]) -> Response:
    """Do `action`; a refusal changes nothing and is told on the programme's page."""
    back = redirect(url_for("training_admin.programme", programme_id=subject.id) + "#courses")
    with refusals_told():
        action()
        flash("已保存。", "success")
    return back


def _programme_page(subject: Programme, form: ProgrammeForm) -> str:
    plan = queries.plan_of(subject.courses)
    inside = {course.course_id for course in plan}
    offered = [card.course for card in newest_courses(COURSES_OFFERED)]
    return render_template(
        "classes/programme.html",
        programme=subject,
        form=form,
        plan=plan,
        rule=subject.rule.sentence(plan),
        offered=sorted((c for c in offered if c.id not in inside), key=lambda c: c.title),
        classes=queries.classes_of(subject.id, own_reach()),
    )


def _again_page(subject: TrainingClass, form: AgainForm) -> str:
    return render_template("classes/again.html", subject=subject, form=form)

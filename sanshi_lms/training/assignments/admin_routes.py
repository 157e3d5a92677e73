"""/admin/training/assignments…: assign, preview, withdraw, extend, exempt, the ladder."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import ROLES, User, person_within, unit_paths
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING
from sanshi_lms.core.web import paginate
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.actions import (
    assign,
    end_exemption,
    exempt,
    extend,
    save_policy,
    withdraw,
)
from sanshi_lms.training.assignments.forms import AssignForm, ExtendForm, PolicyForm, ReasonForm
from sanshi_lms.training.assignments.models import AssignedPerson, Assignment
from sanshi_lms.training.assignments.rules import STATES, TONES, Audience, audience_sentence
from sanshi_lms.training.formkeys import new_key, read_key

blueprint = Blueprint(
    "assignments_admin",
    __name__,
    url_prefix="/admin/training/assignments",
    template_folder="../templates",
)
Answer = str | Response | tuple[str, int]
NAMES_SHOWN = 300


@blueprint.get("/")
@needs("training.manage", within=True)
def assignments() -> Answer:
    """Show all assignments."""
    reach, today = own_reach(), queries.local_today()
    page = paginate(queries.assignments_query(reach), size=20)
    found = queries.cells(page.rows, today, reach=reach)
    figures: dict[int, dict[str, int]] = {}
    for cell in found:
        own = figures.setdefault(cell.assignment.id, dict.fromkeys(STATES, 0))
        own[cell.state] += 1
    return render_template(
        "training/assignments.html",
        page=page,
        figures=figures,
        people=queries.count_people([one.id for one in page.rows], reach),
        states=STATES,
    )


@blueprint.get("/new")
@needs("training.manage", within=True)
def new() -> Answer:
    """Show the form of a new assignment."""
    return _form(AssignForm(queries.local_today(), own_reach(), formdata=None))


@blueprint.post("/preview")
@needs("training.manage", within=True)
def preview_post() -> Answer:
    """Show whom it would hit, before anybody is told."""
    form = AssignForm(queries.local_today(), own_reach())
    if not form.validate() or request.form.get("back"):
        page = _form(form)
        return page if request.form.get("back") else (page, 422)
    plan = form.plan()
    people = queries.people_of(plan.audience)
    if not people:
        form.form_errors.append("没有人符合这些条件，请换一个范围。")
        return _form(form), 422
    done = queries.done_by([person.id for person in people], plan.course_ids)
    return render_template(
        "training/assign_preview.html",
        form=form,
        plan=plan,
        people=people[:NAMES_SHOWN],
        total=len(people),
        done=done,
        sentence=_sentence(plan.audience),
        titles=[c.title for c in queries.published_courses() if c.id in plan.course_ids],
        paths=unit_paths(),
        key=new_key(),
    )


@blueprint.post("/")
@needs("training.manage", within=True)
def assign_post() -> Answer:
    """Assign what was previewed."""
    form = AssignForm(queries.local_today(), own_reach())
    if form.validate():
        try:
            key = read_key(request.form.get("form_key"))
            made = assign(form.plan(), current_person(), key, now())
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _form(form), 422
    count = queries.count_people([made.id], EVERYTHING).get(made.id, 0)
    flash(f"已布置给 {count} 人，并已在“消息”里通知。", "success")
    return redirect(url_for("assignments_admin.assignment", assignment_id=made.id))


@blueprint.get("/<int:assignment_id>")
@needs("training.manage", within=True)
def assignment(assignment_id: int) -> Answer:
    """Show an assignment and how everybody stands."""
    return _assignment(_found(assignment_id), ReasonForm(formdata=None))


@blueprint.post("/<int:assignment_id>/withdraw")
@needs("training.manage", within=True)
def withdraw_post(assignment_id: int) -> Answer:
    """Take an assignment back."""
    subject, form = _found(assignment_id), ReasonForm()
    if not _is_ours(subject):
        raise Refusal("这项任务也布置给了您范围以外的人，请联系布置它的管理员来撤回。")
    if not form.validate():
        return _assignment(subject, form), 422
    withdraw(subject, form.reason.data, now())
    flash("已撤回，还没学完的人已收到通知，不再提醒。", "success")
    return redirect(url_for("assignments_admin.assignment", assignment_id=assignment_id))


@blueprint.get("/<int:assignment_id>/people/<int:person_id>")
@needs("training.manage", within=True)
def person(assignment_id: int, person_id: int) -> Answer:
    """Show how one person stands, with the forms to extend and to let off."""
    subject, row = _row(assignment_id, person_id)
    return _person(subject, row, ExtendForm(formdata=None), ReasonForm(formdata=None))


@blueprint.post("/<int:assignment_id>/people/<int:person_id>/extend")
@needs("training.manage", within=True)
def extend_post(assignment_id: int, person_id: int) -> Answer:
    """Give one person until another day."""
    subject, row = _row(assignment_id, person_id)
    form = ExtendForm()
    if form.validate():
        try:
            extend(subject, row, form.due_on.data, form.reason.data, now())
        except Refusal as refusal:
            form.due_on.errors = [refusal.message]
    if form.errors:
        return _person(subject, row, form, ReasonForm(formdata=None)), 422
    flash("已延期，并已通知本人。", "success")
    return redirect(_address(assignment_id, person_id))


@blueprint.post("/<int:assignment_id>/people/<int:person_id>/exempt")
@needs("training.manage", within=True)
def exempt_post(assignment_id: int, person_id: int) -> Answer:
    """Let one person off."""
    subject, row = _row(assignment_id, person_id)
    form = ReasonForm()
    if not form.validate():
        return _person(subject, row, ExtendForm(formdata=None), form), 422
    exempt(subject, row, form.reason.data, now())
    flash("已免修，并已通知本人，不再提醒。", "success")
    return redirect(_address(assignment_id, person_id))


@blueprint.post("/<int:assignment_id>/people/<int:person_id>/exempt/end")
@needs("training.manage", within=True)
def end_exemption_post(assignment_id: int, person_id: int) -> Answer:
    """Ask one person again."""
    end_exemption(*_row(assignment_id, person_id))
    flash("已取消免修。", "success")
    return redirect(_address(assignment_id, person_id))


@blueprint.get("/policy")
@needs("training.manage")
def policy() -> Answer:
    """Show the ladder of reminders."""
    form = PolicyForm(formdata=None, obj=queries.policy_row())
    return render_template("training/reminder_policy.html", form=form)


@blueprint.post("/policy")
@needs("training.manage")
def policy_post() -> Answer:
    """Change the ladder of reminders."""
    form = PolicyForm()
    if not form.validate():
        return render_template("training/reminder_policy.html", form=form), 422
    save_policy(queries.policy_row(), form.values())
    flash("已保存，从下一次提醒起生效。", "success")
    return redirect(url_for("assignments_admin.policy"))


def _form(form: AssignForm) -> str:
    return render_template("training/assign_new.html", form=form)


def _sentence(audience: Audience) -> str:
    paths = unit_paths()
    units = [paths.get(number, "") for number in sorted(audience.unit_ids)]
    roles = {role.name: role.label for role in ROLES.values()}
    return audience_sentence(audience, units, roles, len(audience.user_ids))


def _assignment(subject: Assignment, form: ReasonForm) -> str:
    found = queries.cells([subject], queries.local_today(), reach=own_reach())
    state = request.args.get("state", "")
    shown = [cell for cell in found if not state or cell.state == state]
    return render_template(
        "training/assignment.html",
        subject=subject,
        sentence=_sentence(subject.audience),
        cells=shown[:NAMES_SHOWN],
        total=len(shown),
        people=len({cell.person.id for cell in found}),
        counts={name: sum(cell.state == name for cell in found) for name in STATES},
        state=state,
        states=STATES,
        tones=TONES,
        form=form,
        is_ours=_is_ours(subject),
        by=db.session.get(User, subject.created_by_id) if subject.created_by_id else None,
    )


def _found(assignment_id: int) -> Assignment:
    query = queries.assignments_query(own_reach()).where(Assignment.id == assignment_id)
    return db.session.scalar(query) or abort(404)


def _is_ours(subject: Assignment) -> bool:
    """Tell whether an assignment is for nobody out of reach, so that it is ours to withdraw."""
    reach, audience = own_reach(), subject.audience
    if reach.everything:
        return True
    named = all(person_within(reach, number) for number in audience.user_ids)
    units = all(reach.covers(number) for number in audience.unit_ids)
    return named and units and bool(audience.unit_ids or not audience.has_rule)


def _row(assignment_id: int, person_id: int) -> tuple[Assignment, AssignedPerson]:
    if person_within(own_reach(), person_id) is None:
        abort(404)
    row = queries.assigned(assignment_id, person_id) or abort(404)
    return db.get_or_404(Assignment, assignment_id), row


def _address(assignment_id: int, person_id: int) -> str:
    return url_for("assignments_admin.person", assignment_id=assignment_id, person_id=person_id)


def _person(
    subject: Assignment, row: AssignedPerson, extend_form: ExtendForm, exempt_form: ReasonForm
) -> str:
    found = queries.cells([subject], queries.local_today(), user_ids={row.user_id})
    return render_template(
        "training/assigned_person.html",
        subject=subject,
        row=row,
        who=db.session.get_one(User, row.user_id),
        cells=found,
        states=STATES,
        tones=TONES,
        extend_form=extend_form,
        exempt_form=exempt_form,
    )

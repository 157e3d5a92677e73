"""/admin/account/…: the list of people, their roles, a forgotten password."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.actions import change_standing, set_password
from sanshi_lms.account.forms import ResetPasswordForm, StandingForm
from sanshi_lms.account.grants.queries import (
    grants_of,
    handling_problem_of,
    person_within,
    refuse_to_handle,
    unit_within,
    within,
)
from sanshi_lms.account.memberships.queries import places_of
from sanshi_lms.account.models import User
from sanshi_lms.account.proof import asks_who
from sanshi_lms.account.queries import count_by_role, people_query
from sanshi_lms.account.rights import CITY_ONLY, rights_of
from sanshi_lms.account.rules import DUTIES, ROLES
from sanshi_lms.account.second_step import actions as second_step
from sanshi_lms.account.slowing.queries import is_slowed
from sanshi_lms.account.units.actions import place_person
from sanshi_lms.account.units.admin_routes import MOST_CHOICES
from sanshi_lms.account.units.forms import PlaceForm
from sanshi_lms.account.units.queries import (
    find_units,
    unit_choices,
    unit_names,
    unit_paths,
    units_below,
)
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "account_admin", __name__, url_prefix="/admin/account", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/people")
@needs("people.manage", within=True)
def people() -> Answer:
    """Show the list of people."""
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    unit = request.args.get("unit", "")
    number, reach = row_number(unit), own_reach()
    known = None if number is None else unit_within(reach, number)
    inside = None if known is None else units_below(known.id)
    query = people_query(words, role, inside, homeless=unit == "none").where(within(reach))
    page = paginate(query, size=30)
    return render_template(
        "account/people.html",
        page=page,
        roles=ROLES,
        words=words,
        role=role,
        counts=count_by_role(within(reach)),
        unit=unit,
        unit_name=known.name if known else "",
        units=unit_names(person.unit_id for person in page.rows),
    )


@blueprint.get("/rights")
@needs("people.manage", within=True)
def rights() -> Answer:
    """Show which role and which duty may do what."""
    own_reach()  # the same for everybody
    found = rights_of(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way to leave the proxy
    return render_template(
        "account/rights.html",
        rights=found,
        roles=ROLES,
        duties=DUTIES,
        city_only=CITY_ONLY,
        of="duties" if request.args.get("of") == "duties" else "roles",
    )


@blueprint.get("/people/<int:person_id>")
@needs("people.manage", within=True)
def person(person_id: int) -> Answer:
    """Show one person with the forms to change their standing."""
    subject = person_within(own_reach(), person_id) or abort(404)
    return _page(subject, StandingForm(obj=subject), ResetPasswordForm())


@blueprint.post("/people/<int:person_id>")
@asks_who
@needs("people.manage", within=True)
def person_post(person_id: int) -> Answer:
    """Change a person's role and whether they may sign in."""
    subject = _handled(person_id)
    form = StandingForm()
    form.offer(own_reach())
    if form.validate():
        try:
            change_standing(subject, form.role.data, active=form.active.data, by=current_person())
        except Refusal as refusal:
            form.role.errors = [refusal.message]
    if form.errors:
        return _page(subject, form, ResetPasswordForm()), 422
    flash("已保存。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/password")
@asks_who
@needs("people.manage", within=True)
def password_post(person_id: int) -> Answer:
    """Set a new password for somebody who forgot theirs."""
    subject = _handled(person_id)
    form = ResetPasswordForm()
    form.username, form.display_name = subject.username, subject.display_name
    if not form.validate():
        return _page(subject, StandingForm(formdata=None, obj=subject), form), 422
    set_password(subject, form.password.data)
    flash("密码已重设，请当面告诉本人，并提醒尽快修改。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/second-step")
@asks_who
@needs("people.manage", within=True)
def second_step_post(person_id: int) -> Answer:
    """Let somebody whose phone is lost sign in with the password alone."""
    second_step.turn_off(_handled(person_id))
    flash("已关闭这个账号的两步验证。请核实是本人，并提醒重新设置。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/place")
@needs("people.manage", within=True)
def place_post(person_id: int) -> Answer:
    """Confirm where a person belongs and what their post is."""
    subject, form = _handled(person_id), PlaceForm()
    form.offer(subject.post)
    form.reach = own_reach()
    if not form.validate():
        standing = StandingForm(formdata=None, obj=subject)
        return _page(subject, standing, ResetPasswordForm(formdata=None), form), 422
    place_person(subject, form.found, form.post.data)
    flash("已保存单位和岗位。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


def _handled(person_id: int) -> User:
    """Return a person whom this administrator may change. Aborts, or raises Refusal."""
    subject = person_within(own_reach(), person_id) or abort(404)
    refuse_to_handle(subject, own_reach())
    return subject


def _page(
    subject: User,
    form: StandingForm,
    password_form: ResetPasswordForm,
    place_form: PlaceForm | None = None,
) -> str:
    guessed, reach = False, own_reach()
    form.offer(reach)
    if place_form is None:
        place_form, guessed = _place_form(subject)
    return render_template(
        "account/person.html",
        subject=subject,
        form=form,
        password_form=password_form,
        place_form=place_form,
        guessed=guessed,
        two_steps=second_step.is_on(subject.id),
        slowed=is_slowed(subject.username, now()),
        choices=unit_choices(MOST_CHOICES, reach),
        hands_off=handling_problem_of(subject, reach),
        grants=grants_of(subject.id),
        duties=DUTIES,
        places=places_of(subject.id),
    )


def _place_form(subject: User) -> tuple[PlaceForm, bool]:
    """Return the form with what is known; without a unit, with the one that the person names."""
    form = PlaceForm(formdata=None)
    form.offer(subject.post)
    form.post.data = subject.post
    same = [] if subject.unit_id else find_units(subject.organisation, own_reach())
    guessed = len(same) == 1
    number = same[0].id if guessed else subject.unit_id
    form.unit.data = unit_paths().get(number or 0, "")
    return form, guessed

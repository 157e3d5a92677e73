"""/admin/account/people/<id>/duties and /besides: give and end duties, units besides."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.grants.actions import end, give
from sanshi_lms.account.grants.forms import BesidesForm, GiveForm
from sanshi_lms.account.grants.queries import grants_of, person_within, refuse_to_handle
from sanshi_lms.account.memberships.actions import join_besides, leave_besides
from sanshi_lms.account.memberships.queries import places_of
from sanshi_lms.account.models import Grant, Membership, User
from sanshi_lms.account.proof import asks_who
from sanshi_lms.account.units.admin_routes import MOST_CHOICES
from sanshi_lms.account.units.queries import unit_choices
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal

blueprint = Blueprint(
    "grants", __name__, url_prefix="/admin/account/people", template_folder="../templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:person_id>/duties")
@needs("people.manage", within=True)
def duties(person_id: int) -> Answer:
    """Show what a person may do at the desk, and to which units they belong, with the past."""
    return _page(_person(person_id), GiveForm(formdata=None), BesidesForm(formdata=None))


@blueprint.post("/<int:person_id>/duties")
@asks_who
@needs("people.manage", within=True)
def duties_post(person_id: int) -> Answer:
    """Give a duty."""
    subject, form = _person(person_id), GiveForm()
    form.reach = own_reach()
    if form.validate():
        try:
            give(subject, form.duty.data, form.found, by=current_person(), at=now())
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _page(subject, form, BesidesForm(formdata=None)), 422
    flash("已安排，马上生效。", "success")
    return _back(person_id)


@blueprint.post("/<int:person_id>/duties/<int:grant_id>/end")
@asks_who
@needs("people.manage", within=True)
def end_post(person_id: int, grant_id: int) -> Answer:
    """End a duty at once."""
    grant = db.session.get(Grant, grant_id)
    if grant is None or grant.user_id != _person(person_id).id:
        abort(404)
    end(grant, by=current_person(), at=now())
    flash("已结束，马上生效。", "success")
    return _back(person_id)


@blueprint.post("/<int:person_id>/besides")
@needs("people.manage", within=True)
def besides_post(person_id: int) -> Answer:
    """Let a person work in a unit besides their own."""
    subject, form = _person(person_id), BesidesForm()
    form.offer("")
    form.reach = own_reach()
    if form.validate() and form.found is not None:
        try:
            refuse_to_handle(subject, own_reach())
            join_besides(subject, form.found, form.post.data, now())
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _page(subject, GiveForm(formdata=None), form), 422
    flash("已添加兼任的单位。", "success")
    return _back(person_id)


@blueprint.post("/<int:person_id>/besides/<int:membership_id>/end")
@needs("people.manage", within=True)
def besides_end_post(person_id: int, membership_id: int) -> Answer:
    """Let a person no longer work in a unit besides."""
    row = db.session.get(Membership, membership_id)
    if row is None or row.main or row.user_id != _person(person_id).id:
        abort(404)
    if not own_reach().covers(row.unit_id):
        raise Refusal("这个单位不在您的范围里，请联系那个单位的管理员。")
    leave_besides(row, now())
    flash("已结束兼任。", "success")
    return _back(person_id)


def _person(person_id: int) -> User:
    return person_within(own_reach(), person_id) or abort(404)


def _back(person_id: int) -> Response:
    return redirect(url_for("grants.duties", person_id=person_id))


def _page(subject: User, form: GiveForm, besides: BesidesForm) -> str:
    besides.offer("")
    return render_template(
        "account/duties.html",
        subject=subject,
        form=form,
        besides=besides,
        grants=grants_of(subject.id),
        places=places_of(subject.id),
        reach=own_reach(),
        choices=unit_choices(MOST_CHOICES, own_reach()),
    )

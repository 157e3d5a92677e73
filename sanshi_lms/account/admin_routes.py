"""/admin/account/…: the list of people, their roles, a forgotten password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.actions import change_standing, set_password
from sanshi_lms.account.forms import ResetPasswordForm, StandingForm
from sanshi_lms.account.models import User
from sanshi_lms.account.queries import count_by_role, people_query
from sanshi_lms.account.rules import ROLES
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "account_admin", __name__, url_prefix="/admin/account", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/people")
@needs("people.manage")
def people() -> Answer:
    """Show the list of people."""
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    page = paginate(people_query(words, role), size=30)
    return render_template(
        "account/people.html",
        page=page,
        roles=ROLES,
        words=words,
        role=role,
        counts=count_by_role(),
    )


@blueprint.get("/people/<int:person_id>")
@needs("people.manage")
def person(person_id: int) -> Answer:
    """Show one person with the forms to change their standing."""
    subject = db.get_or_404(User, person_id)
    return _page(subject, StandingForm(obj=subject), ResetPasswordForm())


@blueprint.post("/people/<int:person_id>")
@needs("people.manage")
def person_post(person_id: int) -> Answer:
    """Change a person's role and whether they may sign in."""
    subject = db.get_or_404(User, person_id)
    form = StandingForm()
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
@needs("people.manage")
def password_post(person_id: int) -> Answer:
    """Set a new password for somebody who forgot theirs."""
    subject = db.get_or_404(User, person_id)
    form = ResetPasswordForm()
    form.username = subject.username
    if not form.validate():
        return _page(subject, StandingForm(formdata=None, obj=subject), form), 422
    set_password(subject, form.password.data)
    flash("密码已重设，请当面告诉本人，并提醒尽快修改。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))


def _page(subject: User, form: StandingForm, password_form: ResetPasswordForm) -> str:
    return render_template(
        "account/person.html", subject=subject, form=form, password_form=password_form
    )

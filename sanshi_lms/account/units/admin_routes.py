"""/admin/account/units/…: the tree of units, their leaders, the list of posts."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.grants.queries import grants_at, unit_within
from sanshi_lms.account.models import Post, Unit
from sanshi_lms.account.rules import DUTIES
from sanshi_lms.account.units import queries
from sanshi_lms.account.units.actions import (
    add_leader,
    add_post,
    add_unit,
    change_unit,
    remove_leader,
    remove_post,
)
from sanshi_lms.account.units.forms import ChangeUnitForm, LeaderForm, PostForm, UnitForm
from sanshi_lms.account.units.rules import deepest_shown
from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number

blueprint = Blueprint(
    "account_units_admin", __name__, url_prefix="/admin/account", template_folder="../templates"
)
Answer = str | Response | tuple[str, int]
ROWS_SHOWN = 300
MOST_CHOICES = 600


@blueprint.get("/units")
@needs("people.manage", within=True)
def units() -> Answer:
    """Show the tree of units."""
    return _units(UnitForm(formdata=None))


@blueprint.post("/units")
@needs("people.manage", within=True)
def units_post() -> Answer:
    """Add a unit."""
    form = UnitForm()
    form.reach = own_reach()
    if form.validate():
        try:
            add_unit(form.kind.data, form.name.data, form.found, form.code.data)
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _units(form), 422
    flash(f"已添加“{form.name.data}”。", "success")
    return redirect(url_for("account_units_admin.units"))


@blueprint.get("/units/<int:unit_id>")
@needs("people.manage", within=True)
def unit(unit_id: int) -> Answer:
    """Show a unit: where it stands, who answers for its people."""
    subject = _within(unit_id)
    return _unit(subject, _change_form(subject), LeaderForm(formdata=None))


@blueprint.post("/units/<int:unit_id>")
@needs("people.manage", within=True)
def unit_post(unit_id: int) -> Answer:
    """Rename a unit, move it, or take it out of use."""
    subject, form = _within(unit_id), ChangeUnitForm()
    if subject.id in queries.highest(own_reach()):
        raise Refusal("这是您负责的最高一级单位，它的名称和位置由上级管理员修改。")
    form.reach = own_reach()
    if form.validate():
        try:
            change_unit(
                subject, form.name.data, form.code.data, form.found, active=form.active.data
            )
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _unit(subject, form, LeaderForm(formdata=None)), 422
    flash("已保存。", "success")
    return redirect(url_for("account_units_admin.unit", unit_id=unit_id))


@blueprint.post("/units/<int:unit_id>/leaders")
@needs("people.manage", within=True)
def leader_post(unit_id: int) -> Answer:
    """Let a person answer for the unit's people."""
    subject, form = _within(unit_id), LeaderForm()
    if form.validate():
        try:
            add_leader(subject, form.username.data, own_reach())
        except Refusal as refusal:
            form.username.errors = [refusal.message]
    if form.errors:
        return _unit(subject, _change_form(subject), form), 422
    flash("已添加负责人。", "success")
    return redirect(url_for("account_units_admin.unit", unit_id=unit_id))


@blueprint.post("/units/<int:unit_id>/leaders/<int:person_id>/remove")
@needs("people.manage", within=True)
def leader_remove_post(unit_id: int, person_id: int) -> Answer:
    """Let a person no longer answer for the unit's people."""
    remove_leader(_within(unit_id), person_id)
    flash("已移除。", "success")
    return redirect(url_for("account_units_admin.unit", unit_id=unit_id))


@blueprint.get("/posts")
@needs("people.manage")
def posts() -> Answer:
    """Show the list of posts."""
    return _posts(PostForm(formdata=None))


@blueprint.post("/posts")
@needs("people.manage")
def posts_post() -> Answer:
    """Add a post to the list."""
    form = PostForm()
    if form.validate():
        try:
            add_post(form.name.data)
        except Refusal as refusal:
            form.name.errors = [refusal.message]
    if form.errors:
        return _posts(form), 422
    flash("已添加。", "success")
    return redirect(url_for("account_units_admin.posts"))


@blueprint.post("/posts/<int:post_id>/remove")
@needs("people.manage")
def post_remove_post(post_id: int) -> Answer:
    """Take a post off the list."""
    remove_post(db.get_or_404(Post, post_id))
    flash("已从列表里删除。已经填了这个岗位的人不变。", "success")
    return redirect(url_for("account_units_admin.posts"))


def _within(unit_id: int) -> Unit:
    return unit_within(own_reach(), unit_id) or abort(404)


def _units(form: UnitForm) -> str:
    reach = own_reach()
    under = row_number(request.args.get("under"))
    top = unit_within(reach, under) if under else None
    branches = queries.tree(top.id if top else None, reach)
    deepest = deepest_shown([one.depth for one in branches], ROWS_SHOWN)
    return render_template(
        "account/units.html",
        branches=[one for one in branches if one.depth <= deepest],
        deepest=deepest,
        total=len(branches),
        top=top,
        form=form,
        choices=queries.unit_choices(MOST_CHOICES, own_reach()),
    )


def _unit(subject: Unit, form: ChangeUnitForm, leader_form: LeaderForm) -> str:
    return render_template(
        "account/unit.html",
        subject=subject,
        path=queries.unit_path(subject) if subject.id else "",
        form=form,
        leader_form=leader_form,
        leaders=queries.own_leaders(subject.id),
        duties=[(grant, DUTIES[grant.duty].label, one) for grant, one in grants_at(subject.id)],
        is_top=subject.id in queries.highest(own_reach()),
        people=len(queries.people_in([subject.id])),
        choices=queries.unit_choices(MOST_CHOICES, own_reach()),
    )


def _change_form(subject: Unit) -> ChangeUnitForm:
    form = ChangeUnitForm(formdata=None, obj=subject)
    above = queries.unit_paths().get(subject.parent_id or 0, "")
    form.parent.data = above
    return form


def _posts(form: PostForm) -> str:
    return render_template("account/posts.html", posts=queries.posts(), form=form)

"""/admin/community/…: communities, the people attached to them, 三师, kinds and limits."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community import queries, rules
from sanshi_lms.community.actions import (
    add_communities,
    add_community,
    add_profession,
    attach_member,
    change_community,
    confirm_professional,
    detach_member,
)
from sanshi_lms.community.forms import ChangeCommunityForm, CommunityForm, MemberForm, NameForm
from sanshi_lms.community.models import Community, Professional
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "community_admin", __name__, url_prefix="/admin/community", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
LONGEST_TABLE = 500_000
ROWS_SHOWN = 50


@blueprint.get("/")
@needs("community.manage")
def communities() -> Answer:
    """Show the communities and the form for one more."""
    return _communities(CommunityForm())


@blueprint.post("/")
@needs("community.manage")
def communities_post() -> Answer:
    """Add one community."""
    form = CommunityForm()
    row = form.row() if form.validate() else None
    if row is not None:
        try:
            added = add_community(row, now())
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash("已添加。接下来请添加办理需求的干部，再打印海报。", "success")
            return redirect(url_for("community_admin.community", community_id=added.id))
    return _communities(form), 422


@blueprint.get("/import")
@needs("community.manage")
def import_table() -> Answer:
    """Show where a table can be pasted."""
    return render_template("community/import_table.html", text="", found=None)


@blueprint.post("/import")
@needs("community.manage")
def import_table_post() -> Answer:
    """Look at a pasted table; add its rows when that was seen and agreed to."""
    text = request.form.get("text", "")
    if len(text) > LONGEST_TABLE:
        raise Refusal("表格太大，请分几次粘贴。", 413)
    found = rules.read_table(text, *queries.known_communities())
    if request.form.get("agreed") and found.rows and not found.faults:
        count = add_communities(found.rows, now())
        flash(f"已添加 {count} 个社区。", "success")
        return redirect(url_for("community_admin.communities"))
    page = render_template("community/import_table.html", text=text, found=found, shown=ROWS_SHOWN)
    return (page, 422) if found.faults else page


@blueprint.get("/<int:community_id>")
@needs("community.manage")
def community(community_id: int) -> Answer:
    """Show a community: its people, its poster, what can be changed."""
    subject = db.get_or_404(Community, community_id)
    return _community(subject, ChangeCommunityForm(obj=subject), MemberForm())


@blueprint.post("/<int:community_id>")
@needs("community.manage")
def community_post(community_id: int) -> Answer:
    """Change a community."""
    subject, form = db.get_or_404(Community, community_id), ChangeCommunityForm()
    if form.validate():
        try:
            change_community(subject, form.name.data, form.street.data, active=form.active.data)
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
    if form.errors:
        return _community(subject, form, MemberForm(formdata=None)), 422
    flash("已保存。", "success")
    return redirect(url_for("community_admin.community", community_id=community_id))


@blueprint.post("/<int:community_id>/members")
@needs("community.manage")
def member_post(community_id: int) -> Answer:
    """Let a person handle the community's needs."""
    subject, form = db.get_or_404(Community, community_id), MemberForm()
    if form.validate():
        try:
            attach_member(subject, form.username.data, now())
        except Refusal as refusal:
            form.username.errors = [refusal.message]
    if form.errors:
        return _community(subject, ChangeCommunityForm(formdata=None, obj=subject), form), 422
    flash("已添加。", "success")
    return redirect(url_for("community_admin.community", community_id=community_id))


@blueprint.post("/<int:community_id>/members/<int:person_id>/remove")
@needs("community.manage")
def member_remove_post(community_id: int, person_id: int) -> Answer:
    """Take the community's needs out of a person's hands."""
    detach_member(db.get_or_404(Community, community_id), person_id)
    flash("已移除，这位干部不再看到这个社区的需求。", "success")
    return redirect(url_for("community_admin.community", community_id=community_id))


@blueprint.get("/professionals")
@needs("community.manage")
def professionals() -> Answer:
    """Show the 三师: who waits to be confirmed first."""
    return _professionals(NameForm())


@blueprint.post("/professionals/<int:person_id>/confirm")
@needs("community.manage")
def confirm_post(person_id: int) -> Answer:
    """Let a 三师 be proposed to communities."""
    confirm_professional(db.get_or_404(Professional, person_id), now())
    flash("已确认，社区现在可以请这位三师帮忙。", "success")
    return redirect(url_for("community_admin.professionals"))


@blueprint.post("/professionals/<int:person_id>/pause")
@needs("community.manage")
def pause_post(person_id: int) -> Answer:
    """Do not propose a 三师 any more; what they are doing goes on."""
    confirm_professional(db.get_or_404(Professional, person_id), None)
    flash("已停止推荐。手上的需求还由这位三师办完。", "success")
    return redirect(url_for("community_admin.professionals"))


@blueprint.post("/professions")
@needs("community.manage")
def profession_post() -> Answer:
    """Add an entry to the open list of professions."""
    form = NameForm()
    if form.validate():
        try:
            add_profession(form.name.data)
        except Refusal as refusal:
            form.name.errors = [refusal.message]
    if form.errors:
        rollback()
        return _professionals(form), 422
    flash("已添加。", "success")
    return redirect(url_for("community_admin.professionals"))


def _communities(form: CommunityForm) -> str:
    words, district = request.args.get("q", "").strip()[:30], request.args.get("district", "")
    page = paginate(queries.communities_query(words, district, all_=True), size=30)
    return render_template(
        "community/communities.html",
        page=page,
        form=form,
        words=words,
        district=district,
        districts=queries.districts(),
        members=queries.count_members(),
    )


def _community(subject: Community, form: ChangeCommunityForm, member_form: MemberForm) -> str:
    return render_template(
        "community/community.html",
        subject=subject,
        form=form,
        member_form=member_form,
        members=queries.members_of(subject.id),
    )


def _professionals(form: NameForm) -> str:
    waiting: Any = db.session.scalars(queries.professionals_query(waiting=True)).all()
    names = {kind.id: kind.name for kind in queries.kinds(all_=True)}
    return render_template(
        "community/professionals.html",
        waiting=waiting,
        page=paginate(queries.professionals_query(waiting=False), size=30),
        names=names,
        professions=queries.professions(),
        form=form,
    )

"""/admin/community/experts/…: teams and who is in them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.experts import actions, queries
from sanshi_lms.community.experts.forms import TeamForm
from sanshi_lms.community.experts.models import ExpertTeam
from sanshi_lms.community.stars.queries import stars_of
from sanshi_lms.core.access import needs
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number

blueprint = Blueprint(
    "experts_admin", __name__, url_prefix="/admin/community/experts", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
MOST_LISTED = 60


@blueprint.get("/")
@needs("community.manage")
def teams() -> str:
    """Show the teams and the form for one more."""
    return _teams(TeamForm())


@blueprint.post("/")
@needs("community.manage")
def teams_post() -> Answer:
    """Add a team."""
    form = TeamForm()
    if form.validate():
        try:
            team = actions.save_team(None, form.values())
        except Refusal as refusal:
            rollback()
            form.name.errors = [refusal.message]
        else:
            flash("已添加，接下来请添加成员。", "success")
            return _back(team.id)
    return _teams(form), 422


@blueprint.get("/<int:team_id>")
@needs("community.manage")
def team(team_id: int) -> str:
    """Show a team with its members, and who could join."""
    subject = db.get_or_404(ExpertTeam, team_id)
    return _team(subject, TeamForm(formdata=None, obj=subject))


@blueprint.post("/<int:team_id>")
@needs("community.manage")
def team_post(team_id: int) -> Answer:
    """Change a team."""
    subject, form = db.get_or_404(ExpertTeam, team_id), TeamForm()
    if form.validate():
        try:
            actions.save_team(subject, form.values())
        except Refusal as refusal:
            rollback()
            form.name.errors = [refusal.message]
        else:
            flash("已保存。", "success")
            return _back(team_id)
    return _team(db.get_or_404(ExpertTeam, team_id), form), 422


@blueprint.post("/<int:team_id>/members")
@needs("community.manage")
def member_post(team_id: int) -> Response:
    """Add a 三师 to a team."""
    with refusals_told():
        chosen = row_number(request.form.get("pro")) or 0
        actions.add_member(db.get_or_404(ExpertTeam, team_id), chosen)
        flash("已添加。", "success")
    return _back(team_id)


@blueprint.post("/<int:team_id>/members/<int:user_id>/remove")
@needs("community.manage")
def member_remove_post(team_id: int, user_id: int) -> Response:
    """Take somebody out of a team."""
    actions.remove_member(db.get_or_404(ExpertTeam, team_id), user_id)
    flash("已移出团队。", "success")
    return _back(team_id)


def _teams(form: TeamForm) -> str:
    return render_template(
        "experts/teams.html", teams=queries.teams(all_=True), members=queries.members(), form=form
    )


def _team(subject: ExpertTeam, form: TeamForm) -> str:
    words = request.args.get("q", "").strip()[:30]
    free = db.session.scalars(queries.to_choose(subject.id, words).limit(MOST_LISTED)).all()
    inside = queries.members().get(subject.id, [])
    ids = [one.user_id for one in free] + [one.user_id for one in inside]
    return render_template(
        "experts/team.html", subject=subject, form=form, members=inside, free=free,
        stars=stars_of(ids), words=words, most=MOST_LISTED,
    )  # fmt: skip


def _back(team_id: int) -> Response:
    return redirect(url_for("experts_admin.team", team_id=team_id))

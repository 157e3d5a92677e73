"""/community/…: what a 三师 says of themselves, and the poster of a community."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.actions import save_profile
from sanshi_lms.community.forms import ProfileForm
from sanshi_lms.community.models import Community, Member
from sanshi_lms.community.queries import find_professional
from sanshi_lms.core.access import current_person, may, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.drawing import qr_svg
from sanshi_lms.core.settings import settings

blueprint = Blueprint("community", __name__, url_prefix="/community", template_folder="templates")
Answer = str | Response | tuple[str, int]


@blueprint.get("/profile")
@needs("needs.serve")
def profile() -> Answer:
    """Show a 三师 what they said of themselves."""
    form, known = ProfileForm(), find_professional(current_person().id)
    form.offer()
    if known is not None:
        form.show(known)
    return render_template("community/profile.html", form=form, known=known)


@blueprint.post("/profile")
@needs("needs.serve")
def profile_post() -> Answer:
    """Keep what a 三师 says of themselves."""
    form, me = ProfileForm(), current_person()
    form.offer()
    if not form.validate():
        known = find_professional(me.id)
        return render_template("community/profile.html", form=form, known=known), 422
    saved = save_profile(me.id, form.values(), now())
    told = "已保存。" if saved.confirmed_at else "已保存。管理员核对以后，社区就能请您帮忙了。"
    flash(told, "success")
    return redirect(url_for("needs_desk.desk"))


@blueprint.get("/<int:community_id>/poster")
@needs("needs.work")
def poster(community_id: int) -> Answer:
    """Show the poster of a community, one A4 page to print and hang up."""
    community = db.session.get(Community, community_id)
    me = current_person()
    mine = may("community.manage") or db.session.get(Member, (community_id, me.id)) is not None
    if community is None or not mine:
        abort(404)
    base = settings().public_url or request.url_root.rstrip("/")
    url = base + url_for("needs.report", community_code=community.code)
    return render_template(
        "community/poster.html",
        community=community,
        url=url.partition("://")[2],
        code_image=qr_svg(url),
    )

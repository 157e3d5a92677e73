"""/community/points/…: a 三师's hours and points, and what they may be exchanged for."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.points import actions, queries, rules
from sanshi_lms.community.points.models import Redemption
from sanshi_lms.community.points.rules import State
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "points", __name__, url_prefix="/community/points", template_folder="templates"
)


@blueprint.get("/")
@needs("needs.serve")
def points() -> str:
    """Show a 三师 what they have earned, and what they may have for it."""
    me = current_person()
    have, minutes = queries.balance_of(me.id)
    return render_template(
        "points/points.html",
        have=have,
        hours=rules.hours_text(minutes),
        page=paginate(queries.lines_of(me.id), 30),
        rewards=[(one, new_nonce()) for one in queries.rewards_for(me.id)],
        redemptions=queries.redemptions_of(me.id),
        earnings=[(one.label, *queries.earnings()[name]) for name, one in rules.EARNINGS.items()],
        hours_text=rules.hours_text,
    )


@blueprint.post("/rewards/<int:reward_id>")
@needs("needs.serve")
def redeem(reward_id: int) -> Response:
    """Exchange points for a reward."""
    me, nonce = current_person(), read_nonce(request.form.get("nonce"))
    reward = next((one for one in queries.rewards_for(me.id) if one.id == reward_id), None)
    if reward is None or nonce is None:
        abort(404)
    with refusals_told():
        actions.redeem(reward, me, nonce, now())
        flash(f"已换“{reward.name}”，等管理员发放。", "success")
    return redirect(url_for("points.points"))


@blueprint.post("/redemptions/<int:redemption_id>/cancel")
@needs("needs.serve")
def cancel(redemption_id: int) -> Response:
    """Take an exchange back while it waits."""
    row = db.session.get(Redemption, redemption_id)
    if row is None or row.user_id != current_person().id:
        abort(404)
    with refusals_told():
        actions.end_redemption(row, State.CANCELLED, "", now())
        flash("已取消，积分退回来了。", "success")
    return redirect(url_for("points.points"))

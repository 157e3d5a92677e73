"""/admin/account/people/<id>/lift: the way back for who is kept waiting by somebody's guessing."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.grants.queries import person_within, refuse_to_handle
from sanshi_lms.account.proof import asks_who
from sanshi_lms.account.slowing.actions import lift
from sanshi_lms.core.access import needs, own_reach

blueprint = Blueprint("slowing", __name__, url_prefix="/admin/account")


@blueprint.post("/people/<int:person_id>/lift")
@asks_who
@needs("people.manage", within=True)
def lift_post(person_id: int) -> Response:
    """Let everybody try again at once at this account."""
    person = person_within(own_reach(), person_id) or abort(404)
    refuse_to_handle(person, own_reach())
    lift(person)
    flash("已解除，现在就可以登录。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))

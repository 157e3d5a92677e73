"""/admin/account/people/<id>/lift: the way back for who is kept waiting by somebody's guessing."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.models import User
from sanshi_lms.account.proof import asks_who
from sanshi_lms.account.slowing.actions import lift
from sanshi_lms.core.access import needs
from sanshi_lms.core.db import db

blueprint = Blueprint("slowing", __name__, url_prefix="/admin/account")


@blueprint.post("/people/<int:person_id>/lift")
@needs("people.manage")
@asks_who
def lift_post(person_id: int) -> Response:
    """Let everybody try again at once at this account."""
    lift(db.get_or_404(User, person_id))
    flash("已解除，现在就可以登录。", "success")
    return redirect(url_for("account_admin.person", person_id=person_id))

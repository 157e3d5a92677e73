"""/admin/account/leavings: who asked to leave, until when it can be taken back, what is done."""

from flask import Blueprint, render_template

from sanshi_lms.account.own_data.queries import leavings as leavings_query
from sanshi_lms.core.access import needs
from sanshi_lms.core.web import paginate_rows

blueprint = Blueprint(
    "own_data_admin", __name__, url_prefix="/admin/account", template_folder="templates"
)


@blueprint.get("/leavings")
@needs("people.manage")
def leavings() -> str:
    """List who asked to leave."""
    return render_template("account/leavings.html", page=paginate_rows(leavings_query(), size=30))

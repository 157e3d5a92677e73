"""/admin/learning/…: what did not count, for whoever is asked about it."""

from flask import Blueprint, render_template, request, url_for

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.web import paginate_rows
from sanshi_lms.learning.uncounted import loss_of, uncounted_query

blueprint = Blueprint(
    "learning_admin", __name__, url_prefix="/admin/learning", template_folder="templates"
)


@blueprint.get("/uncounted")
@needs("learning.view_all", within=True)
def uncounted() -> str:
    """Show what did not count, the latest first; search by person or lesson."""
    words = request.args.get("q", "").strip()
    page = paginate_rows(uncounted_query(words, own_reach()), size=30)
    return render_template(
        "learning/all_uncounted.html",
        page=page,
        rows=[loss_of(row) for row in page.rows],
        words=words,
        page_url=lambda number: url_for(".uncounted", q=words or None, page=number),
    )

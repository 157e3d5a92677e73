"""/admin/video/embedding: whose pages may hold our player."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import unit_paths
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.video.admin_routes import blueprint
from sanshi_lms.video.embed import actions
from sanshi_lms.video.embed.forms import SitesForm
from sanshi_lms.video.embed.queries import sites, units_with_lists
from sanshi_lms.video.embed.rules import ANYWHERE

__all__ = ["blueprint"]


@blueprint.get("/embedding")
@needs("video.embed")
def embedding() -> str:
    """Show everybody's list of sites, or that of a unit."""
    unit_id = _unit_or_404()
    found = sites(unit_id)
    listed = "\n".join(one for one in found if one != ANYWHERE)
    return _page(SitesForm(data={"sites": listed, "anywhere": ANYWHERE in found}), unit_id)


@blueprint.post("/embedding")
@needs("video.embed")
def embedding_post() -> str | Response | tuple[str, int]:
    """Keep the list of sites."""
    unit_id, form = _unit_or_404(), SitesForm()
    if not form.validate():
        return _page(form, unit_id), 422
    anywhere = form.anywhere.data
    actions.allow_sites(form.sources, anywhere=anywhere, moment=now(), unit_id=unit_id)
    flash("已保存，马上生效。", "success")
    return redirect(url_for("video_admin.embedding", unit=unit_id))


def _unit_or_404() -> int | None:
    """Return the unit that the address names; None for everybody's list."""
    text = request.args.get("unit", "")
    if not text:
        return None
    number = row_number(text)
    return number if number in unit_paths() else abort(404)


def _page(form: SitesForm, unit_id: int | None) -> str:
    paths = unit_paths()
    return render_template(
        "video/embedding.html",
        form=form,
        unit_id=unit_id,
        units=sorted(paths.items(), key=lambda one: one[1]),
        with_lists=units_with_lists(),
    )

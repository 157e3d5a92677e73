"""/admin/video/embedding: whose pages may hold our player."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.video.admin_routes import blueprint
from sanshi_lms.video.embed import actions
from sanshi_lms.video.embed.forms import SitesForm
from sanshi_lms.video.embed.queries import sites
from sanshi_lms.video.embed.rules import ANYWHERE

__all__ = ["blueprint"]


@blueprint.get("/embedding")
@needs("video.embed")
def embedding() -> str:
    """Show the list of sites."""
    found = sites()
    listed = "\n".join(one for one in found if one != ANYWHERE)
    return _page(SitesForm(data={"sites": listed, "anywhere": ANYWHERE in found}))


@blueprint.post("/embedding")
@needs("video.embed")
def embedding_post() -> str | Response | tuple[str, int]:
    """Keep the list of sites."""
    form = SitesForm()
    if not form.validate():
        return _page(form), 422
    actions.allow_sites(form.sources, anywhere=form.anywhere.data, moment=now())
    flash("已保存，马上生效。", "success")
    return redirect(url_for("video_admin.embedding"))


def _page(form: SitesForm) -> str:
    return render_template("video/embedding.html", form=form)

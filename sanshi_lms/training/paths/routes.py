"""/training/paths: learning paths, for everybody; with one's own progress when signed in."""

from flask import Blueprint, abort, render_template

from sanshi_lms.core.access import current_person, public
from sanshi_lms.training.paths.queries import find_path, shown_paths

blueprint = Blueprint(
    "training_paths", __name__, url_prefix="/training/paths", template_folder="templates"
)


@blueprint.get("/")
@public
def paths() -> str:
    """Show all paths."""
    return render_template("paths/paths.html", paths=shown_paths(_me()))


@blueprint.get("/<path_slug>")
@public
def path(path_slug: str) -> str:
    """Show one path step by step."""
    return render_template("paths/path.html", shown=find_path(path_slug, _me()) or abort(404))


def _me() -> int | None:
    me = current_person()
    return me.id if me else None

"""/search/: one box over everything that everybody may see."""

from flask import Blueprint, render_template, request, url_for

from sanshi_lms.core.access import public
from sanshi_lms.search.plan import MAX_CHARACTERS
from sanshi_lms.search.queries import look_up, suggestions

blueprint = Blueprint("search", __name__, url_prefix="/search", template_folder="templates")


@blueprint.get("/")
@public
def search() -> str:
    """Show the box and, once something was asked, what was found."""
    query = request.args.get("q", "").strip()[:MAX_CHARACTERS]
    kind = request.args.get("kind", "")
    results = look_up(query, kind, request.args.get("page", 1, type=int))
    chips = [("全部", url_for(".search", q=query), not kind)]
    chips += [
        (f"{label} {count}", url_for(".search", q=query, kind=name), kind == name)
        for name, label, count in results.counts
    ]
    return render_template(
        "search/search.html",
        results=results,
        chips=chips,
        suggestions=[] if results.cards else suggestions(),
        page_url=lambda number: url_for(".search", q=query, kind=kind or None, page=number),
    )

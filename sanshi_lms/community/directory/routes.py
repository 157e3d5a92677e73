"""/community/pros/…: whom a community can ask; residents see those who agreed to be found."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from sanshi_lms.community.directory import queries
from sanshi_lms.community.directory.candidates import served_by
from sanshi_lms.community.queries import kinds
from sanshi_lms.community.services.queries import offered_by
from sanshi_lms.community.stars.queries import stars_of
from sanshi_lms.core.access import current_person, public
from sanshi_lms.core.web import Page

blueprint = Blueprint(
    "directory", __name__, url_prefix="/community/pros", template_folder="templates"
)
PAGE_SIZE = 20
LABELS = {
    "profession": "专业", "district": "区县", "topic": "专项工作", "language": "语言",
}  # fmt: skip


@blueprint.get("/")
@public
def pros() -> str:
    """Show the 三师, narrowed by words and facets."""
    words = " ".join(request.args.get("q", "").split())[:60]
    chosen = {name: request.args.get(name, "")[:40] for name in queries.DIMENSIONS}
    shelf = queries.shelf(words, chosen, current_person())
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    ids = shelf.ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]

    def address(**changed: Any) -> str:
        kept = {"q": words, **chosen, **changed}
        return url_for("directory.pros", **{key: value for key, value in kept.items() if value})

    return render_template(
        "directory/pros.html",
        page=Page(queries.entries(ids), number, PAGE_SIZE, len(shelf.ids)),
        page_url=lambda n: address(page=n),
        words=words,
        narrowed=any(chosen.values()),
        facets=[(name, LABELS[name], shelf.facets[name]) for name in queries.DIMENSIONS],
        address=address,
        any_at_all=shelf.total > 0 or bool(words),
    )


@blueprint.get("/<int:user_id>")
@public
def pro(user_id: int) -> str:
    """Show one 三师: what they can do, have done, offer; never how to phone them."""
    found = queries.find_pro(user_id, current_person()) or abort(404)
    names = {kind.id: kind.name for kind in kinds(all_=True)}
    return render_template(
        "directory/pro.html",
        pro=found,
        helps=[names[one.kind_id] for one in found.kinds if one.kind_id in names],
        served=served_by()[user_id],
        services=offered_by(user_id),
        cases=queries.cases_of(user_id),
        stars=stars_of([user_id]).get(user_id),
    )

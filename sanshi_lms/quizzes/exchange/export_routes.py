"""/admin/quizzes/<paper>/export and /admin/quizzes/bank/export: questions as files."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template, request

from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.sending import keep_as
from sanshi_lms.quizzes.exchange.exporting import bank_items, content_of
from sanshi_lms.quizzes.exchange.formats import FORMATS
from sanshi_lms.quizzes.exchange.keeping import pictures_of
from sanshi_lms.quizzes.exchange.sheets_write import template_xlsx
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Item
from sanshi_lms.quizzes.papers.assembling import bank_within
from sanshi_lms.quizzes.papers.drawing import stock

blueprint = Blueprint(
    "quizzes_export", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
MOST_CHOSEN = 2000


@blueprint.get("/<int:paper_id>/export")
@needs("quizzes.edit", within=True)
def export(paper_id: int) -> str:
    """Show the formats, and what each cannot hold of the chosen questions of a paper."""
    paper = own_paper(paper_id)
    items = paper.items
    return render_template(
        "quiz_import/export.html", paper=paper, title=paper.title, **_offered(items, _chosen(items))
    )


@blueprint.get("/<int:paper_id>/export/<key>")
@needs("quizzes.edit", within=True)
def export_file(paper_id: int, key: str) -> Response:
    """Send the chosen questions of a paper as a file."""
    paper = own_paper(paper_id)
    return _file(key, _chosen(paper.items), f"timu-{paper_id}")


@blueprint.get("/bank/export")
@needs("quizzes.edit", within=True)
def bank() -> str:
    """Show the formats for one's questions of the bank, by topic and one by one."""
    reach = own_reach()
    topics = stock(bank_within(reach))
    picked = [one for one in request.args.getlist("topic") if one in topics]
    items = bank_items(picked, reach) if picked else ()
    return render_template(
        "quiz_import/export.html",
        paper=None,
        title="题库",
        topics=topics,
        picked=picked,
        **_offered(items, _chosen(items)),
    )


@blueprint.get("/bank/export/<key>")
@needs("quizzes.edit", within=True)
def bank_file(key: str) -> Response:
    """Send the chosen questions of the bank as a file."""
    return _file(key, _chosen(bank_items(request.args.getlist("topic")[:100], own_reach())), "tiku")


@blueprint.get("/import/template.xlsx")
@needs("quizzes.edit", within=True)
def template() -> Response:
    """Send the Excel template to fill in."""
    own_reach()  # the same for everybody
    return _sent(template_xlsx(), FORMATS["xlsx"].mimetype, "timu-muban.xlsx")


def _chosen(items: Sequence[Item]) -> list[Item]:
    """Return the items that the form ticked; all of them when it has not been shown yet."""
    if "chosen" not in request.args:
        return list(items)
    ids = set(request.args.getlist("item", type=int)[:MOST_CHOSEN])
    return [item for item in items if item.id in ids]


def _offered(items: Sequence[Item], chosen: Sequence[Item]) -> dict[str, object]:
    contents = [content_of(item) for item in chosen]
    return {
        "items": items,
        "chosen": {item.id for item in chosen},
        "stems": {item.id: plain_text(item.stem_md) for item in items},
        "formats": [(form, form.losses(contents)) for form in FORMATS.values()],
    }


def _file(key: str, chosen: Sequence[Item], name: str) -> Response:
    form = FORMATS.get(key) or abort(404)
    contents = [content_of(item) for item in chosen[:MOST_CHOSEN]]
    pictures = pictures_of(contents) if form.carries_pictures else {}
    body = form.write(contents, pictures)
    return _sent(body, form.mimetype, f"{name}-{key}.{form.suffix}")


def _sent(body: bytes, mimetype: str, name: str) -> Response:
    return keep_as(Response(body, mimetype=mimetype), name)

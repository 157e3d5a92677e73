"""/admin/quizzes/<paper>/analysis: the item analysis, as page and spreadsheet."""

from flask import Blueprint, Response, abort, render_template

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.analysis import rules
from sanshi_lms.quizzes.analysis.export import XLSX, analysis_xlsx
from sanshi_lms.quizzes.analysis.queries import analysis_of
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.pairs.queries import gain_by
from sanshi_lms.quizzes.queries import papers_by_id
from sanshi_lms.quizzes.sheet import lesson_of, review_of

blueprint = Blueprint(
    "quizzes_analysis", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)


@blueprint.get("/<int:paper_id>/analysis")
@needs("quizzes.edit")
def analysis(paper_id: int) -> str:
    """Show how each question did, what to teach again, and how far the paper can be trusted."""
    paper = _paper_or_404(paper_id)
    found = analysis_of(paper)
    lesson = lesson_of(paper_id, drafts=True)
    return render_template(
        "quizzes_analysis/analysis.html",
        paper=paper,
        found=found,
        trust=rules.alpha_words(found.alpha),
        stems={one.item.item_id: plain_text(one.item.stem_md) for one in found.items},
        lesson=lesson,
        reviews={one.item.item_id: review_of(one.item, lesson) for one in found.again},
        fewest=rules.FEWEST,
        gain=gain_by(paper_id),
    )


@blueprint.get("/<int:paper_id>/analysis.xlsx")
@needs("quizzes.edit")
def analysis_file(paper_id: int) -> Response:
    """Send the analysis as a spreadsheet."""
    paper = _paper_or_404(paper_id)
    response = Response(analysis_xlsx(analysis_of(paper), paper.title, now()), mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"shiti-{paper_id}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response


def _paper_or_404(paper_id: int) -> Paper:
    return papers_by_id([paper_id]).get(paper_id) or abort(404)

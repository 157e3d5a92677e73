"""/admin/quizzes/<paper>/analysis: the item analysis, as page and spreadsheet."""

from flask import Blueprint, Response, render_template

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.courses import drafts_seen
from sanshi_lms.quizzes.analysis import rules
from sanshi_lms.quizzes.analysis.export import XLSX, analysis_xlsx
from sanshi_lms.quizzes.analysis.queries import analysis_of
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.pairs.queries import gain_by
from sanshi_lms.quizzes.sheet import lesson_of, review_of

blueprint = Blueprint(
    "quizzes_analysis", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)


@blueprint.get("/<int:paper_id>/analysis")
@needs("quizzes.edit", within=True)
def analysis(paper_id: int) -> str:
    """Show how each question did, what to teach again, and how far the paper can be trusted."""
    paper = own_paper(paper_id)
    found = analysis_of(paper)
    lesson = lesson_of(paper_id, drafts=drafts_seen())
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
@needs("quizzes.edit", within=True)
def analysis_file(paper_id: int) -> Response:
    """Send the analysis as a spreadsheet."""
    paper = own_paper(paper_id)
    response = Response(analysis_xlsx(analysis_of(paper), paper.title, now()), mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"shiti-{paper_id}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response

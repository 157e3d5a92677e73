"""/admin/quizzes/<paper>/regrade: who changes by the mended keys, then the change."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.regrading.actions import regrade
from sanshi_lms.quizzes.regrading.queries import changes_of, mended_items

blueprint = Blueprint(
    "quizzes_regrading", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:paper_id>/regrade")
@needs("quizzes.edit", within=True)
def preview(paper_id: int) -> Answer:
    """Show which keys were mended and who changes."""
    return _page(own_paper(paper_id), keep_passed=request.args.get("all") != "1")


@blueprint.post("/<int:paper_id>/regrade")
@needs("quizzes.edit", within=True)
def preview_post(paper_id: int) -> Answer:
    """Mark again what the preview showed."""
    subject = own_paper(paper_id)
    keep_passed = request.form.get("all") != "1"
    seen = [int(i) for i in request.form.get("seen", "").split(",") if i.isascii() and i.isdigit()]
    reason = " ".join(request.form.get("reason", "").split())
    try:
        changed = regrade(
            subject, seen, reason, current_person().id, now(), keep_passed=keep_passed
        )
    except Refusal as refusal:
        return _page(subject, keep_passed=keep_passed, problem=refusal.message), refusal.status
    flash(f"已重新评分，{changed} 次作答的成绩有变化，已通知本人。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


def _page(subject: Paper, *, keep_passed: bool, problem: str | None = None) -> str:
    changes = changes_of(subject.id, keep_passed=keep_passed)
    moving = [one for one in changes if one.moves]
    return render_template(
        "quizzes_regrading/preview.html",
        paper=subject,
        mended=[(plain_text(i.stem_md), i.options) for i in mended_items(subject.id).values()],
        touched=len(changes),
        moving=moving,
        seen=",".join(str(one.attempt.id) for one in moving),
        keep_passed=keep_passed,
        problem=problem,
    )

"""/admin/quizzes/marking: what waits for a person. Whose answers they are is not shown."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.web import paginate
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.queries import papers_by_id
from sanshi_lms.quizzes.reviewing import queries
from sanshi_lms.quizzes.reviewing.actions import mark_short_answers
from sanshi_lms.quizzes.wording import item_text

blueprint = Blueprint(
    "quizzes_reviewing", __name__, url_prefix="/admin/quizzes/marking", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("quizzes.mark", within=True)
def waiting() -> Answer:
    """List the attempts that wait, the longest waiting first."""
    page = paginate(queries.waiting_query(own_reach()), size=30)
    papers = papers_by_id({one.paper_id for one in page.rows})
    return render_template("quizzes_reviewing/waiting.html", page=page, papers=papers)


@blueprint.get("/<int:attempt_id>")
@needs("quizzes.mark", within=True)
def attempt(attempt_id: int) -> Answer:
    """Show the short answers of an attempt with their rubric."""
    return _page(queries.handed_in(attempt_id, own_reach()) or abort(404))


@blueprint.post("/<int:attempt_id>")
@needs("quizzes.mark", within=True)
def attempt_post(attempt_id: int) -> Answer:
    """Give points."""
    subject = queries.handed_in(attempt_id, own_reach()) or abort(404)
    shown = queries.to_mark(subject)
    given = {}
    for one in shown:
        texts = [
            request.form.get(f"points-{one.answer.id}-{n}", "") for n in range(len(one.rubric))
        ]
        if all(text.isascii() and text.isdigit() and len(text) < 4 for text in texts):
            given[one.answer.id] = [int(text) for text in texts]
    remarks = {one.answer.id: request.form.get(f"remark-{one.answer.id}", "") for one in shown}
    seen = request.form.get("seen", -1, type=int)
    try:
        made = mark_short_answers(attempt_id, given, remarks, seen, current_person().id, now())
    except Refusal as refusal:
        rollback()
        again = queries.handed_in(attempt_id, own_reach()) or abort(404)
        return _page(again, refusal.message), refusal.status
    verdict = "及格" if made.passed else "没有及格"
    flash(f"已批阅：{made.percent} 分，{verdict}。本人会收到消息。", "success")
    return redirect(url_for(".waiting"))


def _page(subject: Attempt, message: str = "") -> str:
    shown = queries.to_mark(subject)
    if not shown:
        abort(404)
    return render_template(
        "quizzes_reviewing/attempt.html",
        attempt=subject,
        paper=papers_by_id([subject.paper_id])[subject.paper_id],
        rows=[(one, item_text(one.stem_md, top_heading=3)) for one in shown],
        seen=sum(len(one.marks) for one in shown),
        message=message,
        sent=request.form,
    )

"""/admin/quizzes/<paper>/blueprint and …/topics: drawing a paper from the bank."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.finding import own_paper
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.assembling import bank_of
from sanshi_lms.quizzes.papers.bank_actions import set_blueprint, tag_items
from sanshi_lms.quizzes.papers.drawing import (
    DIFFICULTY_ZH,
    MOST_LINES,
    Line,
    lines_from_json,
    stock,
)

blueprint = Blueprint(
    "quizzes_bank", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:paper_id>/blueprint")
@needs("quizzes.edit", within=True)
def plan(paper_id: int) -> Answer:
    """Show by which lines a paper is drawn, and what the bank has."""
    subject = own_paper(paper_id)
    return _plan_page(subject, lines_from_json(subject.blueprint))


@blueprint.post("/<int:paper_id>/blueprint")
@needs("quizzes.edit", within=True)
def plan_post(paper_id: int) -> Answer:
    """Change by which lines a paper is drawn."""
    subject = own_paper(paper_id)
    lines = _lines()
    try:
        set_blueprint(subject, lines, now())
    except Refusal as refusal:
        return _plan_page(subject, lines, refusal.message), 422
    flash("已保存。每人开始时各抽一份。" if lines else "已改为固定试卷。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


@blueprint.get("/<int:paper_id>/topics")
@needs("quizzes.edit", within=True)
def topics(paper_id: int) -> Answer:
    """Show the topic and difficulty of each item of a paper."""
    subject = own_paper(paper_id)
    return render_template(
        "quiz_papers/topics.html",
        paper=subject,
        stems={item.id: plain_text(item.stem_md) for item in subject.items},
        difficulties=DIFFICULTY_ZH,
        known=list(stock(bank_of(subject))),
    )


@blueprint.post("/<int:paper_id>/topics")
@needs("quizzes.edit", within=True)
def topics_post(paper_id: int) -> Answer:
    """Change topics and difficulties."""
    subject = own_paper(paper_id)
    tags = {
        item.id: (request.form[f"topic-{item.id}"], _whole(f"difficulty-{item.id}"))
        for item in subject.items
        if f"topic-{item.id}" in request.form
    }
    tag_items(subject, tags, now())
    flash("主题和难度已保存。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


def _whole(name: str) -> int:
    found: int = request.form.get(name, 0, type=int)
    return found


def _lines() -> list[Line]:
    """Return the rows that name a topic; those without are empty rows of the form."""
    rows = [
        Line(request.form.get(f"topic-{n}", ""), _whole(f"difficulty-{n}"), _whole(f"count-{n}"))
        for n in range(MOST_LINES)
    ]
    return [row for row in rows if row.topic]


def _plan_page(subject: Paper, lines: list[Line], problem: str | None = None) -> str:
    return render_template(
        "quiz_papers/blueprint.html",
        paper=subject,
        lines=lines,
        problem=problem,
        rows=min(MOST_LINES, max(4, len(lines) + 2)),
        stock=stock(bank_of(subject)),
        difficulties=DIFFICULTY_ZH,
    )

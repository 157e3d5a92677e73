"""/admin/quizzes/<paper>/import: questions pasted from a word processor."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import CONTENT_KIND_ZH
from sanshi_lms.quizzes.exchange.importing import judge, take_in
from sanshi_lms.quizzes.exchange.text import read_text
from sanshi_lms.quizzes.exchange.text_lines import LETTERS
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.queries import full_paper

blueprint = Blueprint(
    "quizzes_import", __name__, url_prefix="/admin/quizzes", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/<int:paper_id>/import")
@needs("quizzes.edit")
def paste(paper_id: int) -> Answer:
    """Show the box to paste into."""
    return _page(_paper_or_404(paper_id), "", "")


@blueprint.post("/<int:paper_id>/import")
@needs("quizzes.edit")
def paste_post(paper_id: int) -> Answer:
    """Show what was read; add it when asked to. With anything wrong only "the good ones" are."""
    subject = _paper_or_404(paper_id)
    text = request.form.get("text", "").replace("\r\n", "\n")
    then = request.form.get("then", "")
    reading = read_text(text)
    judged = judge(subject, reading.found)
    wrong = bool(reading.faults) or any(one.problem_zh for one in judged)
    if then not in {"all", "good"}:
        return _page(subject, text, "" if text.strip() else "请先把题目粘贴到框里。")
    if wrong and then == "all":
        return _page(
            subject, text, "有的题目还有问题，一道也没有导入。请改好，或者只导入好的。"
        ), 422
    try:
        count = take_in(subject, judged, now())
    except Refusal as refusal:
        rollback()
        return _page(_paper_or_404(paper_id), text, refusal.message), refusal.status
    flash(f"导入了 {count} 道题，请核对一遍。", "success")
    return redirect(url_for("quizzes_admin.paper", paper_id=paper_id))


def key_words(content: ItemContent) -> str:
    """Return what is right, in the few words of a list."""
    match content.kind:
        case "single" | "multiple":
            right = (n for n, option in enumerate(content.options) if option.correct)
            return "".join(LETTERS[number] for number in right)
        case "true_false":
            return next((one.text_md for one in content.options if one.correct), "")
        case "blanks":
            return "；".join("/".join(blank.accepted) for blank in content.blanks)
        case "numeric":
            key = content.numeric
            return f"{key.value}{key.units[0] if key.units else ''}" if key else ""
    return ""


def _paper_or_404(paper_id: int) -> Paper:
    return full_paper(paper_id) or abort(404)


def _page(subject: Paper, text: str, message: str) -> str:
    reading = read_text(text) if text.strip() else None
    judged = judge(subject, reading.found) if reading else []
    faults = reading.faults if reading else []
    return render_template(
        "quiz_import/paste.html",
        paper=subject,
        text=text,
        message=message,
        reading=reading,
        judged=judged,
        good=sum(one.good for one in judged),
        bad=sum(one.problem_zh is not None for one in judged) + len(faults),
        known=sum(one.known and one.problem_zh is None for one in judged),
        kinds=CONTENT_KIND_ZH,
        key_words=key_words,
    )

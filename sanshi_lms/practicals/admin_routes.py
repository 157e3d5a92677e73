"""/admin/practicals/…: looking at what was handed in."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import people_by_id
from sanshi_lms.core.access import current_person, needs, own_reach
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.web import paginate
from sanshi_lms.courses import lessons_by_id
from sanshi_lms.practicals import actions, rules
from sanshi_lms.practicals.models import HandIn
from sanshi_lms.practicals.queries import to_review, visible_hand_in

blueprint = Blueprint(
    "practicals_admin", __name__, url_prefix="/admin/practicals", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@needs("practicals.review", within=True)
def waiting() -> Answer:
    """List what waits for somebody to look at it, and what was decided."""
    state = request.args.get("state", "")
    state = state if state in {"accepted", "returned"} else "submitted"
    page = paginate(to_review(state, own_reach()), size=30)
    return render_template(
        "practicals/waiting.html",
        page=page,
        lessons=lessons_by_id({one.lesson_id for one in page.rows}),
        state=state,
        states=rules.STATES,
        page_url=lambda number: url_for(".waiting", state=state, page=number),
    )


@blueprint.get("/<int:hand_in_id>")
@needs("practicals.review", within=True)
def hand_in(hand_in_id: int) -> Answer:
    """Show one hand-in with its files and the decision to make."""
    return _page(_or_404(hand_in_id), "")


@blueprint.post("/<int:hand_in_id>/accept")
@needs("practicals.review", within=True)
def accept(hand_in_id: int) -> Answer:
    """Accept it."""
    actions.accept(_or_404(hand_in_id), current_person(), request.form.get("reason", ""), now())
    flash("已通过，学员会收到通知。", "success")
    return redirect(url_for(".waiting"))


@blueprint.post("/<int:hand_in_id>/return")
@needs("practicals.review", within=True)
def give_back(hand_in_id: int) -> Answer:
    """Return it with a reason."""
    subject = _or_404(hand_in_id)
    try:
        actions.give_back(subject, current_person(), request.form.get("reason", ""), now())
    except Refusal as refusal:
        rollback()
        return _page(_or_404(hand_in_id), refusal.message), refusal.status
    flash("已退回，学员会看到要改哪里。", "success")
    return redirect(url_for(".waiting"))


def _or_404(hand_in_id: int) -> HandIn:
    return visible_hand_in(hand_in_id, None, own_reach()) or abort(404)


def _page(subject: HandIn, message: str) -> str:
    lesson = lessons_by_id({subject.lesson_id}).get(subject.lesson_id)
    return render_template(
        "practicals/hand_in.html",
        subject=subject,
        lesson=lesson,
        body=render_markdown(lesson.body_md, top_heading=3) if lesson else "",
        people=people_by_id([subject.decided_by_id or 0]),
        states=rules.STATES,
        own=subject.user_id == current_person().id,
        message=message,
    )

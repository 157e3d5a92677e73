"""/learning/corrections and /admin/learning/corrections/…: what was corrected, by whom, and why."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import User, find_person, person_within
from sanshi_lms.core.access import current_person, needs, own_reach, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning.asking.rules import read_clock
from sanshi_lms.learning.corrections import queries
from sanshi_lms.learning.corrections.actions import ask_correction, decide
from sanshi_lms.learning.corrections.rules import KINDS, Amount

blueprint = Blueprint("learning_corrections", __name__, template_folder="../templates")
admin_blueprint = Blueprint(
    "learning_corrections_admin",
    __name__,
    url_prefix="/admin/learning/corrections",
    template_folder="../templates",
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/learning/corrections")
@signed_in
def mine() -> Answer:
    """Show the person concerned every correction of their records."""
    rows = queries.corrections(current_person().id)
    return render_template("learning_corrections/mine.html", rows=rows)


@admin_blueprint.get("/")
@needs("learning.correct", within=True)
def corrections() -> Answer:
    """List what waits for a decision and what was decided, and find somebody's records."""
    return _page()


@admin_blueprint.post("/")
@needs("learning.correct", within=True)
def ask() -> Answer:
    """Ask for a correction of a lesson of somebody's."""
    person = _learner(request.form.get("username", ""))
    text = request.form.get("lesson_id", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    lesson = get_lesson(number, drafts=True) if number else None
    if person is None or lesson is None:
        return _page(problem="请先查到这位学员，再选一课。"), 422
    reason = request.form.get("reason", "").strip()
    try:
        ask_correction(
            person.id,
            lesson,
            request.form.get("kind", ""),
            reason,
            current_person().id,
            now(),
            _amount(),
        )
    except Refusal as refusal:
        rollback()
        return _page(problem=refusal.message), refusal.status
    flash("已提交，等另一位管理员审批后生效。", "success")
    return redirect(url_for(".corrections"))


@admin_blueprint.post("/<int:correction_id>")
@needs("learning.correct", within=True)
def decide_post(correction_id: int) -> Answer:
    """Approve or refuse a correction that somebody else asked for."""
    row = queries.find_correction(correction_id, own_reach()) or abort(404)
    approved = {"yes": True, "no": False}.get(request.form.get("approved", ""))
    if approved is None:
        abort(400)
    words = request.form.get("words", "").strip()
    with refusals_told():
        decide(row, current_person().id, words, now(), approved=approved)
        flash("已同意，记录已更正，并告诉了本人。" if approved else "已退回。", "success")
    return redirect(url_for(".corrections"))


def _learner(username: str) -> User | None:
    found = find_person(username[:60].strip().lower())
    return person_within(own_reach(), found.id) if found is not None else None


def _amount() -> Amount:
    percent = request.form.get("percent", "").strip()
    whole = percent.isascii() and percent.isdecimal() and len(percent) < 4
    return Amount(
        read_clock(request.form.get("start", "")[:20]),
        read_clock(request.form.get("end", "")[:20]),
        int(percent) if whole else None,
    )


def _page(problem: str = "") -> str:
    values: dict[str, Any] = request.values
    username = values.get("username", "")[:60].strip().lower()
    person = _learner(username)
    return render_template(
        "learning_corrections/corrections.html",
        rows=queries.corrections(reach=own_reach()),
        username=username,
        learner=person,
        courses=queries.lessons_for(person.id) if person else [],
        kinds=KINDS,
        given=values,
        problem=problem,
        me=current_person().id,
    )

"""/api/v1/quizzes/attempts/<id>/notes takes them; /admin/quizzes/<paper>/integrity shows them."""

from typing import Annotated, TypedDict

from flask import Blueprint, abort, jsonify, render_template, request
from msgspec import Meta
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs, own_reach, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.openapi import described
from sanshi_lms.core.web import paginate
from sanshi_lms.quizzes.integrity import queries
from sanshi_lms.quizzes.integrity.actions import take_note
from sanshi_lms.quizzes.integrity.rules import KEPT_DAYS, KINDS, NoteKind, summary_of
from sanshi_lms.quizzes.queries import own_attempt, papers_by_id

blueprint = Blueprint("quizzes_integrity", __name__, template_folder="templates")


class Noted(TypedDict):
    """Seconds away, or characters pasted."""

    kind: NoteKind
    amount: Annotated[int, Meta(ge=0)]


class NoteTaken(TypedDict):
    """Whether it was kept."""

    kept: bool


@blueprint.post("/api/v1/quizzes/attempts/<int:attempt_id>/notes")
@signed_in
@described(answer=NoteTaken, body=Noted)
def take(attempt_id: int) -> Response:
    """Keep {"kind": "away" or "paste", "amount": seconds or characters}; tell whether it was."""
    attempt = own_attempt(attempt_id, current_person().id) or abort(404)
    body = request.get_json(silent=True)
    told = body if isinstance(body, dict) else {}
    kind = next((one for one in KINDS if one == told.get("kind")), None)
    amount = told.get("amount")
    if kind is None or type(amount) is not int:
        raise Refusal("这条记录的内容不对，没有保存。答题不受影响。")
    return jsonify({"kept": take_note(attempt, kind, amount, now())})


@blueprint.get("/admin/quizzes/<int:paper_id>/integrity")
@needs("learning.view_all", within=True)
def notes(paper_id: int) -> str:
    """Show what was noted, attempt by attempt, for a person to judge."""
    paper = papers_by_id([paper_id]).get(paper_id) or abort(404)
    page = paginate(queries.noted_attempts(paper_id, own_reach()), size=30)
    found = queries.notes_of([one.id for one in page.rows])
    names = queries.names_of(page.rows)
    rows = [
        (one, names[one.id], summary_of([(n.kind, n.amount) for n in found[one.id]]), found[one.id])
        for one in page.rows
    ]
    return render_template(
        "quizzes_integrity/notes.html",
        paper=paper,
        page=page,
        rows=rows,
        kept_days=KEPT_DAYS,
    )

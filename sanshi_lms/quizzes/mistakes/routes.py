"""/quizzes/mistakes: the questions that come back, one at a time."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import drafts_seen
from sanshi_lms.quizzes.given import given_to
from sanshi_lms.quizzes.mistakes import rules
from sanshi_lms.quizzes.mistakes.actions import answer_again, asked, seed_of
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.mistakes.queries import book_of, next_due, own_mistake
from sanshi_lms.quizzes.sheet import alone_row, lesson_of, review_of

blueprint = Blueprint(
    "quizzes_mistakes", __name__, url_prefix="/quizzes/mistakes", template_folder="templates"
)
Answer = str | Response


@blueprint.get("/")
@signed_in
def book() -> Answer:
    """Show what is due, what waits, what is known."""
    found = book_of(current_person().id, now())
    batch = min(found.due, rules.BATCH)
    return render_template(
        "mistakes/book.html", book=found, batch=batch, minutes=rules.minutes_of(batch), rules=rules
    )


@blueprint.get("/next")
@signed_in
def following() -> Answer:
    """Show the question that is due for longest; after five minutes' worth, the book."""
    done = max(0, min(request.args.get("done", 0, type=int), rules.BATCH))
    entry = next_due(current_person().id, now())
    if entry is None or done >= rules.BATCH:
        return redirect(url_for(".book"))
    due = book_of(current_person().id, now()).due
    return render_template(
        "mistakes/question.html",
        entry=entry,
        row=alone_row(asked(entry, seed_of(entry))),
        done=done,
        total=min(done + due, rules.BATCH),
    )


@blueprint.post("/<int:mistake_id>")
@signed_in
def again(mistake_id: int) -> Answer:
    """Mark one answer, then show why."""
    entry = _own_or_404(mistake_id, lock=True)
    answer_again(entry, _number("review"), _given(entry.item_id), now())
    done = max(0, min(_number("done"), rules.BATCH - 1)) + 1
    return redirect(url_for(".explained", mistake_id=mistake_id, done=done))


@blueprint.get("/<int:mistake_id>")
@signed_in
def explained(mistake_id: int) -> Answer:
    """Show the last answer with the key and the explanation, and when it comes back."""
    entry = _own_or_404(mistake_id)
    if entry.last_chosen is None:
        return redirect(url_for(".following"))
    shown = asked(entry, entry.last_seed)
    lesson = lesson_of(entry.version.paper_id, drafts=drafts_seen())
    return render_template(
        "mistakes/explained.html",
        entry=entry,
        row=alone_row(shown, entry.last_chosen, review=review_of(shown.item, lesson)),
        lesson=lesson,
        done=request.args.get("done", 0, type=int),
        more=book_of(current_person().id, now()).due,
        rules=rules,
    )


def _own_or_404(mistake_id: int, *, lock: bool = False) -> Mistake:
    return own_mistake(mistake_id, current_person().id, lock=lock) or abort(404)


def _number(name: str) -> int:
    return request.form.get(name, 0, type=int)


def _given(item_id: int) -> list[Any]:
    try:
        return given_to(request.form, item_id)
    except ValueError:
        raise Refusal("这个答案和题目对不上，请刷新页面后再选一次。") from None

"""/community/meetings/…: what a community talks over, for everybody; a household's vote by code."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.meetings import actions, queries, rules
from sanshi_lms.community.meetings.models import Meeting
from sanshi_lms.community.meetings.rules import State
from sanshi_lms.core.access import current_person, may, public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "meetings", __name__, url_prefix="/community/meetings", template_folder="templates"
)
_WRONG_CODES = "20 per hour; 60 per day"


@blueprint.get("/")
@public
def meetings() -> str:
    """Show what communities talk over, and where a household votes."""
    words = request.args.get("q", "").strip()[:30]
    return render_template(
        "meetings/meetings.html",
        page=paginate(queries.public_query(words), 20),
        page_url=lambda n: url_for("meetings.meetings", q=words or None, page=n),
        words=words,
        arranges=may(queries.MANAGE) or may("needs.handle"),
    )


@blueprint.get("/<int:meeting_id>")
@public
def meeting(meeting_id: int) -> str:
    """Show a meeting: agenda, poll once it is closed, decision, and what follows."""
    subject = queries.find_meeting(meeting_id, current_person()) or abort(404)
    person, moment = current_person(), now()
    own = person is not None and queries.find_own(meeting_id, person) is not None
    voting = rules.may_vote(State(subject.state), subject.closes_at, moment)
    closed = subject.closes_at is not None and moment >= subject.closes_at
    return render_template(
        "meetings/meeting.html",
        meeting=subject,
        own=own,
        voting=voting,
        votes=queries.votes(subject) if subject.question and closed else None,
        counted=queries.count_codes(meeting_id),
        today=local(moment).date(),
    )


@blueprint.get("/vote")
@public
@limiter.limit(_WRONG_CODES, deduct_when=lambda answer: answer.status_code == 404)
def vote() -> tuple[str, int] | str:
    """Show the vote that a code opens; without one, where to type it."""
    typed = request.args.get("code", "")[:30]
    row = queries.find_code(rules.read_vote_code(typed) or "") if typed else None
    if row is None:
        page = render_template("meetings/code.html", typed=typed)
        return (page, 404) if typed else page
    subject = db.session.get_one(Meeting, row.meeting_id)
    voting = rules.may_vote(State(subject.state), subject.closes_at, now())
    return render_template("meetings/vote.html", row=row, meeting=subject, voting=voting)


@blueprint.post("/vote")
@public
@limiter.limit(_WRONG_CODES, deduct_when=lambda answer: answer.status_code == 404)
@limiter.limit("200 per hour")
def vote_post() -> Response:
    """Keep a household's choice."""
    code = rules.read_vote_code(request.form.get("code", ""))
    row = queries.find_code(code or "") or abort(404)
    choice = row_number(request.form.get("choice", ""))
    with refusals_told():
        actions.vote(row, -1 if choice is None else choice, now())
        flash("已经投好。截止以前可以用同一个码再改。", "success")
    return redirect(url_for("meetings.vote", code=row.code))

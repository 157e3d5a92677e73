"""/community/meetings/desk, …/edit: where cadres prepare meetings, votes and what follows."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.meetings import actions, queries, rules
from sanshi_lms.community.meetings.forms import FollowUpForm, MeetingForm
from sanshi_lms.community.meetings.models import Meeting
from sanshi_lms.community.meetings.rules import State
from sanshi_lms.community.needs.queries import find_need
from sanshi_lms.community.queries import communities_of, communities_query
from sanshi_lms.core.access import current_person, may, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter
from sanshi_lms.core.table_files import table_xlsx
from sanshi_lms.core.table_pages import xlsx_response
from sanshi_lms.core.web import paginate

blueprint = Blueprint(
    "meetings_desk", __name__, url_prefix="/community/meetings", template_folder="templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("/desk")
@needs("needs.work")
def desk() -> str:
    """Show the meetings of one's communities."""
    return render_template(
        "meetings/desk.html",
        page=paginate(queries.own_query(current_person()), 20),
        page_url=lambda n: url_for("meetings_desk.desk", page=n),
    )


@blueprint.get("/new")
@needs("needs.work")
def new() -> str:
    """Show the form for one more meeting, filled in from a need if one is named."""
    form = _form()
    form.nonce.data = new_nonce()
    need_id = row_number(request.args.get("need"))
    need = find_need(need_id, current_person()) if need_id else None
    if need is not None:
        form.need_id.data, form.community.data = need.id, need.community_id
        form.title.data = f"{need.kind.name}：{need.title}"[: rules.TITLE_LENGTH]
    return render_template("meetings/edit.html", form=form, meeting=None)


@blueprint.post("/new")
@needs("needs.work")
def new_post() -> Answer:
    """Prepare a meeting."""
    form, nonce, me = _form(), read_nonce(request.form.get("nonce")), current_person()
    if nonce is None:
        nonce = form.nonce.data = new_nonce()
    if form.validate():
        need = find_need(form.need() or 0, me)
        here = need is not None and need.community_id == form.community.data
        values = {**form.values(), "need_id": need.id if need and here else None}
        try:
            added = actions.add_meeting(me, form.community.data, values, nonce, now())
        except Refusal as refusal:
            rollback()
            form.form_errors.append(refusal.message)
        else:
            flash("已存好，还没有公布。", "success")
            return redirect(url_for("meetings_desk.edit", meeting_id=added.id))
    return render_template("meetings/edit.html", form=form, meeting=None), 422


@blueprint.get("/<int:meeting_id>/edit")
@needs("needs.work")
def edit(meeting_id: int) -> str:
    """Show a meeting with its form, its codes, its steps, and what follows."""
    return _page(_own_or_404(meeting_id))


@blueprint.post("/<int:meeting_id>/edit")
@needs("needs.work")
def edit_post(meeting_id: int) -> Answer:
    """Change a meeting."""
    subject, form = _own_or_404(meeting_id), _form()
    if not form.validate():
        return _page(subject, form), 422
    try:
        actions.save_meeting(subject, form.values(), row_number(form.version.data or "") or 0)
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _page(_own_or_404(meeting_id), form), refusal.status
    flash("已保存。", "success")
    return _back(meeting_id)


@blueprint.post("/<int:meeting_id>/steps")
@needs("needs.work")
def step_post(meeting_id: int) -> Response:
    """Announce, decide, or call off."""
    subject, asked = _own_or_404(meeting_id), request.form
    words, seen = asked.get("words", "").strip(), row_number(asked.get("version", "")) or 0
    with refusals_told():
        actions.take_step(subject, asked.get("verb", ""), words, seen, now())
        flash(f"现在是：{subject.told[0]}。", "success")
    return _back(meeting_id)


@blueprint.post("/<int:meeting_id>/codes")
@needs("needs.work")
@limiter.limit("30 per hour")
def codes_post(meeting_id: int) -> Response:
    """Make codes to vote by, one a household."""
    with refusals_told():
        wanted = row_number(request.form.get("count", "").strip()) or 0
        actions.make_codes(_own_or_404(meeting_id), wanted)
        flash("投票码做好了，请下载以后按户发下去。", "success")
    return _back(meeting_id)


@blueprint.get("/<int:meeting_id>/codes.xlsx")
@needs("needs.work")
def codes(meeting_id: int) -> Response:
    """Send the codes to hand out; nothing in it says whose they are."""
    subject = _own_or_404(meeting_id)
    where = url_for("meetings.vote", _external=True)
    rows = [[rules.spoken(code), f"{where}?code={code}"] for code in queries.codes_of(meeting_id)]
    words = "一户一个，发给谁不要记下来。截止以前同一个码可以再改。"
    body = table_xlsx(("投票码", "网址"), rows, words)
    return xlsx_response(body, f"{subject.title}-投票码.xlsx")


@blueprint.post("/<int:meeting_id>/follow-ups")
@needs("needs.work")
def follow_up_post(meeting_id: int) -> Answer:
    """Add what follows from a decision."""
    subject, form, nonce = (
        _own_or_404(meeting_id),
        FollowUpForm(),
        read_nonce(request.form.get("nonce")),
    )
    if not form.validate() or nonce is None:
        return _page(subject, follow_form=form), 422
    with refusals_told():
        actions.add_follow_up(subject, form.text.data, form.who.data, form.due(), nonce)
        flash("已添加，公开的页面上也能看到。", "success")
    return _back(meeting_id)


@blueprint.post("/<int:meeting_id>/follow-ups/<int:follow_up_id>")
@needs("needs.work")
def finish_post(meeting_id: int, follow_up_id: int) -> Response:
    """Write what came of it."""
    subject = _own_or_404(meeting_id)
    row = next((one for one in subject.follow_ups if one.id == follow_up_id), None) or abort(404)
    with refusals_told():
        actions.finish_follow_up(row, request.form.get("result", "").strip(), now())
        flash("已记下。", "success")
    return _back(meeting_id)


def _form() -> MeetingForm:
    form, me = MeetingForm(), current_person()
    communities: list[Any] = communities_of(me.id)
    if may(queries.MANAGE):
        communities = list(db.session.scalars(communities_query("")))
    form.offer(communities)
    return form


def _own_or_404(meeting_id: int) -> Meeting:
    return queries.find_own(meeting_id, current_person()) or abort(404)


def _back(meeting_id: int) -> Response:
    return redirect(url_for("meetings_desk.edit", meeting_id=meeting_id))


def _page(
    subject: Meeting, form: MeetingForm | None = None, follow_form: FollowUpForm | None = None
) -> str:
    if form is None:
        form = _form()
        form.process(formdata=None)
        form.show(subject)
    follow = follow_form or FollowUpForm(formdata=None)
    follow.nonce.data = new_nonce()
    return render_template(
        "meetings/edit.html",
        form=form,
        meeting=subject,
        follow_form=follow,
        steps=rules.possible(State(subject.state)),
        counted=queries.count_codes(subject.id),
        today=local(now()).date(),
        editable=State(subject.state) in {State.DRAFT, State.OPEN},
    )

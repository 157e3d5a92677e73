"""/admin/community/stars/…: rounds of 星级三师, from the criteria to the result."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.stars import actions, objecting, queries, rules
from sanshi_lms.community.stars.forms import BeginForm, JudgeForm, RoundForm, lines_of
from sanshi_lms.community.stars.models import StarObjection, StarRound
from sanshi_lms.community.stars.rules import State
from sanshi_lms.core.access import current_person, needs
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number

blueprint = Blueprint(
    "stars_admin", __name__, url_prefix="/admin/community/stars", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
MOST_LISTED = 300


@blueprint.get("/")
@needs("community.manage")
def rounds() -> str:
    """Show all rounds and the form for one more."""
    form = BeginForm()
    form.year.data = local(now()).year
    return render_template("stars/rounds.html", rounds=queries.rounds(), form=form)


@blueprint.post("/")
@needs("community.manage")
def rounds_post() -> Answer:
    """Add a round with the sample criteria."""
    form = BeginForm()
    if form.validate():
        try:
            added = actions.add_round(form.plan(), now())
        except Refusal as refusal:
            rollback()
            form.title.errors = [refusal.message]
        else:
            flash("已新建。请先看各项和权重，再添加候选人和评委。", "success")
            return redirect(url_for("stars_admin.star_round", round_id=added.id))
    return render_template("stars/rounds.html", rounds=queries.rounds(), form=form), 422


@blueprint.get("/<int:round_id>")
@needs("community.manage")
def star_round(round_id: int) -> Answer:
    """Show a round: what it counts, who is in it, how the scoring stands, what can be done."""
    return _page(db.get_or_404(StarRound, round_id))


@blueprint.post("/<int:round_id>")
@needs("community.manage")
def star_round_post(round_id: int) -> Answer:
    """Keep what a round holds."""
    subject, form = db.get_or_404(StarRound, round_id), RoundForm()
    if not form.validate():
        return _page(subject, form), 422
    try:
        actions.save_round(subject, form.plan(), lines_of(request.form))
    except Refusal as refusal:
        rollback()
        form.form_errors.append(refusal.message)
        return _page(db.get_or_404(StarRound, round_id), form), 422
    flash("已保存。", "success")
    return _back(round_id)


@blueprint.post("/<int:round_id>/candidates")
@needs("community.manage")
def candidates_post(round_id: int) -> Response:
    """Add the chosen 三师, or everybody who closed a need in the period."""
    subject = db.get_or_404(StarRound, round_id)
    with refusals_told():
        if request.form.get("then") == "active":
            count = actions.add_active_candidates(subject)
        else:
            chosen = [n for text in request.form.getlist("pro") if (n := row_number(text))]
            count = actions.add_candidates(subject, chosen)
        flash(f"已添加 {count} 位候选人。", "success")
    return _back(round_id)


@blueprint.post("/<int:round_id>/candidates/<int:user_id>/remove")
@needs("community.manage")
def candidate_remove_post(round_id: int, user_id: int) -> Response:
    """Take a candidate out."""
    with refusals_told():
        actions.remove_candidate(db.get_or_404(StarRound, round_id), user_id)
        flash("已移出候选人名单。", "success")
    return _back(round_id)


@blueprint.post("/<int:round_id>/judges")
@needs("community.manage")
def judges_post(round_id: int) -> Response:
    """Add a member of the panel."""
    form = JudgeForm()
    with refusals_told():
        if not form.validate():
            raise Refusal("请填写评委的账号。")
        actions.add_judge(db.get_or_404(StarRound, round_id), form.username.data, now())
        flash("已添加评委。", "success")
    return _back(round_id)


@blueprint.post("/<int:round_id>/steps")
@needs("community.manage")
def step_post(round_id: int) -> Response:
    """Take a step of a round."""
    subject, asked = db.get_or_404(StarRound, round_id), request.form
    words, seen = asked.get("words", "").strip(), row_number(asked.get("version", "")) or 0
    with refusals_told():
        actions.take_step(subject, asked.get("verb", ""), words, seen, now())
        flash(f"现在是：{subject.told[0]}。", "success")
    return _back(round_id)


@blueprint.post("/<int:round_id>/objections/<int:objection_id>")
@needs("community.manage")
def objection_post(round_id: int, objection_id: int) -> Response:
    """Answer an objection."""
    row = db.get_or_404(StarObjection, objection_id)
    with refusals_told():
        if row.round_id != round_id:
            raise Refusal("没有这条异议。")
        answer = request.form.get("answer", "").strip()[: rules.WORDS_LENGTH]
        objecting.answer_objection(row, answer, current_person().id, now())
        flash("已答复，写在公示页上。", "success")
    return _back(round_id)


def _back(round_id: int) -> Response:
    return redirect(url_for("stars_admin.star_round", round_id=round_id))


def _page(subject: StarRound, form: RoundForm | None = None) -> str:
    state = State(subject.state)
    if form is None:
        form = RoundForm(formdata=None)
        form.show(subject)
    eligible: list[Any] = []
    if state == State.DRAFT:
        eligible = list(db.session.scalars(queries.eligible(subject.id).limit(MOST_LISTED)))
    return render_template(
        "stars/round.html",
        subject=subject,
        form=form,
        lines=_lines(subject),
        candidates=queries.candidates(subject.id),
        standings=queries.standings(subject),
        judges=queries.judges(subject.id),
        judge_form=JudgeForm(formdata=None),
        eligible=eligible,
        objections=queries.objections(subject.id),
        steps=rules.possible(state),
        sources=rules.SOURCES,
        draft=state == State.DRAFT,
    )


def _lines(subject: StarRound) -> list[dict[str, Any]]:
    """Return the criteria as the form shows them: as typed after a fault, with empty lines."""
    known = [
        {
            "source": one.source,
            "label": one.label,
            "weight": one.weight,
            "target": f"{one.target:g}",
        }
        for one in subject.criteria
    ]
    if request.method == "POST":
        known = [
            {name: request.form.get(f"{name}-{n}", "") for name in
             ("source", "label", "weight", "target")}
            for n in range(1, rules.MOST_CRITERIA + 1)
        ]  # fmt: skip
    empty = {"source": "", "label": "", "weight": "", "target": ""}
    spare = min(2, rules.MOST_CRITERIA - len(known))
    return [*known, *[empty] * spare]

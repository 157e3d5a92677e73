"""/community/experts/: the teams; /community/consultations/…: 会诊, advice, and its result."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.experts import actions, queries, rules
from sanshi_lms.community.experts.forms import PlanForm
from sanshi_lms.community.experts.models import Consultation
from sanshi_lms.community.experts.rules import AdviceState, State
from sanshi_lms.community.models import Community
from sanshi_lms.community.needs.queries import find_need
from sanshi_lms.community.queries import communities_of, communities_query
from sanshi_lms.community.stars.queries import stars_of
from sanshi_lms.core.access import current_person, may, needs, public
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.nonces import new_nonce, read_nonce
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.web import paginate

blueprint = Blueprint("experts", __name__, url_prefix="/community", template_folder="templates")
Answer = str | Response | tuple[str, int]


@blueprint.get("/experts/")
@public
def experts() -> str:
    """Show the teams; of their members who agreed to be found, or all to who works on needs."""
    members = queries.members()
    all_ = may("needs.work")
    shown = {
        team_id: [one for one in found if all_ or one.pro.listed]
        for team_id, found in members.items()
    }
    ids = [one.user_id for found in shown.values() for one in found]
    return render_template(
        "experts/experts.html",
        teams=queries.teams(),
        members=shown,
        stars=stars_of(ids),
        counts={team_id: len(found) for team_id, found in members.items()},
    )


@blueprint.get("/consultations/")
@needs("needs.work")
def consultations() -> str:
    """Show the consultations that one has to do with."""
    return render_template(
        "experts/consultations.html",
        page=paginate(queries.consultations_query(current_person()), 30),
        page_url=lambda n: url_for("experts.consultations", page=n),
        may_plan=_may_plan(),
    )


@blueprint.get("/consultations/new")
@needs("needs.work")
def new() -> Answer:
    """Show the form for a consultation, filled in from a need if one is named."""
    if not _may_plan():
        abort(403)
    form = _plan_form()
    form.nonce.data, form.held_on.data = new_nonce(), local(now()).date()
    need_id = row_number(request.args.get("need"))
    need = find_need(need_id, current_person()) if need_id else None
    if need_id and need is None:
        abort(404)
    if need is not None:
        form.need_id.data, form.community.data = need.id, need.community_id
        form.title.data, form.problem.data = f"{need.kind.name}：{need.title}"[:60], need.text
    return render_template("experts/plan.html", form=form)


@blueprint.post("/consultations/new")
@needs("needs.work")
def new_post() -> Answer:
    """Ask a team."""
    if not _may_plan():
        abort(403)
    form, nonce = _plan_form(), read_nonce(request.form.get("nonce"))
    if nonce is None:
        nonce = form.nonce.data = new_nonce()
    if form.validate():
        try:
            subject = actions.plan_consultation(current_person(), form.plan(), nonce, now())
        except Refusal as refusal:
            rollback()
            form.form_errors.append(refusal.message)
        else:
            flash("已约好，团队里的三师都收到了消息。", "success")
            return redirect(url_for("experts.consultation", consultation_id=subject.id))
    return render_template("experts/plan.html", form=form), 422


@blueprint.get("/consultations/<int:consultation_id>")
@needs("needs.work")
def consultation(consultation_id: int) -> str:
    """Show a consultation, its advice, and what became of each."""
    subject, me = _own_or_404(consultation_id), current_person()
    hands = queries.hands_of(subject, me)
    return render_template(
        "experts/consultation.html",
        subject=subject,
        members=queries.members().get(subject.team_id, []),
        steps=rules.possible(State(subject.state), hands),
        hands={hand.value for hand in hands},
        may_advise=rules.Hand.EXPERT in hands and State(subject.state) in rules.ADVISING,
        moves={
            state.value: [(to.value, rules.ADVICE_STATES[to][0]) for to in ends]
            for state, ends in rules.ADVICE_STEPS.items()
        },
        nonce=new_nonce(),
        need=find_need(subject.need_id, me) if subject.need_id else None,
        words_from=AdviceState.ADOPTED.value,
    )


@blueprint.post("/consultations/<int:consultation_id>/steps")
@needs("needs.work")
def step_post(consultation_id: int) -> Response:
    """Move a consultation on."""
    subject, asked = _own_or_404(consultation_id), request.form
    words, seen = asked.get("words", "").strip(), row_number(asked.get("version", "")) or 0
    with refusals_told():
        actions.take_step(subject, current_person(), asked.get("verb", ""), words, seen)
        flash(f"现在是：{subject.told[0]}。", "success")
    return _back(consultation_id)


@blueprint.post("/consultations/<int:consultation_id>/advice")
@needs("needs.work")
def advice_post(consultation_id: int) -> Response:
    """Write an advice."""
    subject, nonce = _own_or_404(consultation_id), read_nonce(request.form.get("nonce"))
    with refusals_told():
        if nonce is None:
            raise Refusal("请重新打开页面，再写一次。")
        text = request.form.get("text", "").replace("\r\n", "\n").strip()
        actions.advise(subject, current_person(), text, nonce, now())
        flash("已写好，社区会答复有没有采纳。", "success")
    return _back(consultation_id)


@blueprint.post("/consultations/<int:consultation_id>/advice/<int:advice_id>")
@needs("needs.work")
def move_post(consultation_id: int, advice_id: int) -> Response:
    """Write what became of an advice."""
    subject, asked = _own_or_404(consultation_id), request.form
    advice = next((one for one in subject.advice if one.id == advice_id), None)
    if advice is None:
        abort(404)
    words = asked.get("words", "").replace("\r\n", "\n").strip()
    with refusals_told():
        actions.move_advice(subject, advice, current_person(), asked.get("to", ""), words, now())
        flash(f"已记下：{advice.told[0]}。", "success")
    return _back(consultation_id)


def _may_plan() -> bool:
    return may(queries.MANAGE) or may("needs.handle")


def _plan_form() -> PlanForm:
    form, me = PlanForm(), current_person()
    communities: list[Any] = communities_of(me.id)
    if may(queries.MANAGE):
        communities = list(db.session.scalars(communities_query("").order_by(None).order_by(
            Community.district, Community.street, Community.name)))  # fmt: skip
    form.offer(queries.teams(), communities)
    return form


def _own_or_404(consultation_id: int) -> Consultation:
    return queries.find_consultation(consultation_id, current_person()) or abort(404)


def _back(consultation_id: int) -> Response:
    return redirect(url_for("experts.consultation", consultation_id=consultation_id))

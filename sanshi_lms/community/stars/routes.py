"""/community/stars/…: results and notices that everybody reads; where the panel scores."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.needs.forms import issue_token, read_token
from sanshi_lms.community.needs.rules import too_fast
from sanshi_lms.community.stars import objecting, panel, queries, rules
from sanshi_lms.community.stars.forms import ObjectionForm
from sanshi_lms.community.stars.models import StarJudge, StarRound
from sanshi_lms.community.stars.rules import State
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter

blueprint = Blueprint("stars", __name__, url_prefix="/community/stars", template_folder="templates")
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@public
def stars() -> str:
    """Show the rounds whose result is public, with who was named."""
    found = queries.public_rounds()
    named = {one.id: queries.candidates(one.id, starred=True) for one in found}
    return render_template("stars/stars.html", rounds=found, named=named)


@blueprint.get("/<int:round_id>")
@public
def result(round_id: int) -> Answer:
    """Show a result: who has how many stars and by what; while it is noticed, how to object."""
    subject = queries.find_public(round_id) or abort(404)
    form = _objection_form(subject)
    form.token.data = issue_token(now())
    return _result_page(subject, form)


@blueprint.post("/<int:round_id>")
@public
@limiter.limit("10 per hour; 30 per day", deduct_when=lambda answer: answer.status_code == 302)
def result_post(round_id: int) -> Answer:
    """Take in an objection, once, however often the button was tapped."""
    subject = queries.find_public(round_id) or abort(404)
    form, moment = _objection_form(subject), now()
    mark = read_token(form.token.data or "", moment)
    if mark is None:
        form.form_errors.append("页面放得太久了，请再按一次按钮，您写的都还在。")
        form.token.data = issue_token(moment)
    elif too_fast(mark.began, moment):
        form.form_errors.append("提交得太快了，请过几秒再按一次。")
    elif form.validate():
        try:
            objecting.object_to(subject, mark.nonce, form.candidate.data or None, form.text.data,
                              form.contact.data, moment)  # fmt: skip
        except Refusal as refusal:
            rollback()
            form.form_errors.append(refusal.message)
        else:
            flash("已经收到您的异议，公示结束以前会答复，写在这一页上。", "success")
            return redirect(url_for("stars.result", round_id=round_id))
    return _result_page(queries.find_public(round_id) or abort(404), form), 422


@blueprint.get("/<int:round_id>/judge")
@signed_in
def judge(round_id: int) -> Answer:
    """Show a member of the panel whom they have to score, with the evidence."""
    return _judge_page(_judged_round(round_id))


@blueprint.post("/<int:round_id>/judge/<int:user_id>")
@signed_in
def judge_post(round_id: int, user_id: int) -> Answer:
    """Keep what a judge gives a candidate, or that they stand back."""
    subject, me = _judged_round(round_id), current_person()
    with refusals_told():
        if request.form.get("then") == "back":
            panel.stand_back(subject, me, user_id, now())
            flash("已登记回避，这位候选人由别的评委打分。", "success")
        else:
            items = [one.id for one in subject.criteria if one.source == "panel"]
            read = {n: row_number(request.form.get(f"mark-{n}", "").strip()) for n in items}
            given = {n: -1 if value is None else value for n, value in read.items()}
            panel.give_marks(subject, me, user_id, given, now())
            flash("已保存。", "success")
    return redirect(url_for("stars.judge", round_id=round_id) + f"#p{user_id}")


def _judged_round(round_id: int) -> StarRound:
    subject = db.session.get(StarRound, round_id)
    mine = db.session.get(StarJudge, (round_id, current_person().id))
    if subject is None or mine is None or subject.state == State.DRAFT:
        abort(404)
    return subject


def _judge_page(subject: StarRound) -> str:
    me, given = current_person(), queries.marks(subject.id)
    mine = {
        (one.candidate_id, one.criterion_id): one.points for one in given if one.judge_id == me.id
    }
    backs = queries.declared(given)
    rows = [
        (one, rules.conflict(queries.party(me), queries.party(one.pro.person), backs))
        for one in sorted(queries.candidates(subject.id), key=lambda one: one.user_id)
    ]
    return render_template(
        "stars/judge.html",
        subject=subject,
        rows=rows,
        mine=mine,
        panel=[one for one in subject.criteria if one.source == "panel"],
        open_now=subject.state == State.SCORING,
        sources=rules.SOURCES,
    )


def _objection_form(subject: StarRound) -> ObjectionForm:
    form = ObjectionForm()
    named = queries.candidates(subject.id, starred=True)
    form.offer([(one.user_id, one.pro.person.display_name) for one in named])
    return form


def _result_page(subject: StarRound, form: ObjectionForm) -> str:
    noticed = subject.state == State.NOTICE
    over = subject.notice_until is None or now() >= subject.notice_until
    return render_template(
        "stars/result.html",
        subject=subject,
        named=queries.candidates(subject.id, starred=True),
        sources=rules.SOURCES,
        form=form if form.errors or (noticed and not over) else None,
        answered=[one for one in queries.objections(subject.id) if one.answered_at],
    )

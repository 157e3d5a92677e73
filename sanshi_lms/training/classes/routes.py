"""/training/…: my classes, one class as its members see it, joining by the QR code."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.credentials import latest_certificate
from sanshi_lms.training.classes import queries
from sanshi_lms.training.classes.forms import JoinForm
from sanshi_lms.training.classes.graduating import certificate_ref
from sanshi_lms.training.classes.models import Member, TrainingClass
from sanshi_lms.training.classes.roster import join as join_class
from sanshi_lms.training.classes.roster import leave
from sanshi_lms.training.classes.timetable import next_thing, timetable
from sanshi_lms.training.scope import runs, runs_any
from sanshi_lms.training.sessions.queries import attended_by, coming_sessions, open_sessions

blueprint = Blueprint("training", __name__, url_prefix="/training", template_folder="templates")
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@signed_in
def my_training() -> Answer:
    """Show a person's classes, what comes next, and what they may join."""
    me, moment = current_person(), now()
    mine = queries.memberships(me.id)
    cards = []
    for subject, member in mine:
        standing = (
            queries.standings(subject, [member])[0] if member.state in {"in", "done"} else None
        )
        place = queries.place_in_queue(member) if member.state == "waiting" else 0
        cards.append((subject, member, standing, place))
    return render_template(
        "classes/my_training.html",
        cards=cards,
        coming=coming_sessions(me.id, moment),
        open_sessions=open_sessions(moment),
        open_classes=queries.open_classes(me.id),
        runs_any=runs_any(me),
    )


@blueprint.get("/classes/<int:class_id>")
@signed_in
def my_class(class_id: int) -> Answer:
    """Show a class to its member: next thing, rule meter, timetable, board."""
    me = current_person()
    subject = queries.class_for_member(class_id, me) or abort(404)
    member = queries.member_of(class_id, me.id)
    inside = member is not None and member.state in {"in", "done"}
    staff = runs(class_id, me)
    values: dict[str, Any] = {"standing": None, "rows": [], "next": None, "certificate": None}
    if inside or staff:
        values = _inside(subject, member if inside else None, me.id)
    plan = queries.plan_of(subject.courses)
    return render_template(
        "classes/my_class.html",
        subject=subject,
        member=member,
        inside=inside,
        staff=staff,
        rule=subject.rule.sentence(plan),
        place=queries.place_in_queue(member) if member and member.state == "waiting" else 0,
        tutors=queries.tutors_of(class_id),
        posts=queries.posts_of(class_id) if inside or staff else [],
        **values,
    )


@blueprint.post("/classes/<int:class_id>/leave")
@signed_in
def leave_post(class_id: int) -> Answer:
    """Leave a class, or take back an application."""
    me = current_person()
    subject = queries.class_for_member(class_id, me) or abort(404)
    try:
        leave(subject, me.id, "本人退出", now())
    except Refusal as refusal:
        rollback()
        flash(refusal.message, "error")
        return redirect(url_for("training.my_class", class_id=class_id))
    flash("已退出。想再参加，可以重新报名。", "success")
    return redirect(url_for("training.my_training"))


@blueprint.get("/join/<class_code>")
@public
@limiter.limit("60 per minute", deduct_when=lambda answer: answer.status_code == 404)
def join(class_code: str) -> Answer:
    """Show what a class is and let people join who scanned its code."""
    subject = queries.class_by_code(class_code) or abort(404)
    return _join_page(subject, JoinForm())


@blueprint.post("/join/<class_code>")
@signed_in
def join_post(class_code: str) -> Answer:
    """Join the class."""
    subject, form = queries.class_by_code(class_code) or abort(404), JoinForm()
    if not form.validate():
        return _join_page(subject, form), 422
    try:
        member = join_class(subject, current_person().id, form.said.data, now())
    except Refusal as refusal:
        rollback()
        form.said.errors = [refusal.message]
        return _join_page(queries.class_by_code(class_code) or abort(404), form), 422
    told = {
        "applied": "报名已提交，老师审批以后会通知您。",
        "waiting": "名额满了，您已进入候补，有空位会自动补上。",
    }.get(member.state, "您已经在班里，可以开始学习。")
    flash(told, "success")
    return redirect(url_for("training.my_class", class_id=subject.id))


def _join_page(subject: TrainingClass, form: JoinForm) -> str:
    me = current_person()
    plan = queries.plan_of(subject.courses)
    counts = queries.count_by_state([subject.id])[subject.id]
    taken = counts.get("in", 0) + counts.get("done", 0)
    return render_template(
        "classes/join.html",
        subject=subject,
        form=form,
        plan=plan,
        rule=subject.rule.sentence(plan),
        free=max(0, subject.capacity - taken) if subject.capacity else None,
        waiting=counts.get("waiting", 0),
        member=queries.member_of(subject.id, me.id) if me else None,
    )


def _inside(subject: TrainingClass, member: Member | None, user_id: int) -> dict[str, Any]:
    moment: datetime = now()
    record = queries.records_of(subject, [user_id])[user_id]
    rows = timetable(subject, record, user_id, local(moment).date())
    sessions = [row.session.id for row in rows if row.session]
    came = attended_by(user_id, sessions)
    standing = queries.standings(subject, [member])[0] if member else None
    return {
        "standing": standing,
        "rows": rows,
        "came": came,
        "next": next_thing(rows, came, moment) if member and member.state == "in" else None,
        "certificate": latest_certificate(certificate_ref(subject.id, user_id)),
    }

"""/training/desk/sessions/…: planning a session, the code on the wall, the list, the sheet."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, needs, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.drawing import qr_svg
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.web import paginate, public_address
from sanshi_lms.training.classes.queries import class_for_staff
from sanshi_lms.training.scope import MANAGE
from sanshi_lms.training.sessions import queries, rules, tokens
from sanshi_lms.training.sessions.actions import (
    add_session,
    cancel_session,
    change_session,
    enter_sheet,
    set_attendance,
)
from sanshi_lms.training.sessions.forms import SessionForm
from sanshi_lms.training.sessions.models import OfflineSession
from sanshi_lms.training.sessions.sheets import rows_of_text, text_of_file
from sanshi_lms.training.sessions.walkins import chosen, walk_ins

blueprint = Blueprint(
    "training_sessions_desk", __name__, url_prefix="/training/desk", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
ROWS_SHOWN = 50


@blueprint.get("/sessions")
@needs(MANAGE)
def sessions() -> Answer:
    """Show the sessions that belong to no class."""
    page = paginate(queries.all_open_sessions())
    return render_template("sessions/sessions.html", page=page)


@blueprint.get("/sessions/new")
@needs(MANAGE)
def new_open() -> Answer:
    """Show the form for a session that is open to everybody."""
    return render_template("sessions/new.html", form=SessionForm(), training_class=None)


@blueprint.post("/sessions/new")
@needs(MANAGE)
def new_open_post() -> Answer:
    """Add a session that is open to everybody."""
    form = SessionForm()
    if not form.validate():
        return render_template("sessions/new.html", form=form, training_class=None), 422
    made = add_session(None, form.values(), form.key, now())
    flash("活动建好了，大家可以报名。", "success")
    return redirect(url_for("training_sessions_desk.session", session_id=made.id))


@blueprint.get("/classes/<int:class_id>/sessions/new")
@signed_in
def new(class_id: int) -> Answer:
    """Show the form for a session of a class."""
    subject = class_for_staff(class_id, current_person()) or abort(404)
    return render_template("sessions/new.html", form=SessionForm(), training_class=subject)


@blueprint.post("/classes/<int:class_id>/sessions/new")
@signed_in
def new_post(class_id: int) -> Answer:
    """Add a session to a class."""
    subject, form = class_for_staff(class_id, current_person()) or abort(404), SessionForm()
    if not form.validate():
        return render_template("sessions/new.html", form=form, training_class=subject), 422
    made = add_session(class_id, form.values(), form.key, now())
    flash("线下活动已加到班级日程里。", "success")
    return redirect(url_for("training_sessions_desk.session", session_id=made.id))


@blueprint.get("/sessions/<int:session_id>")
@signed_in
def session(session_id: int) -> Answer:
    """Show a session to whoever runs it: who may come and who came."""
    subject = _or_404(session_id)
    return render_template(
        "sessions/desk_session.html",
        subject=subject,
        people=queries.expected(subject),
        present=queries.attendances_of(session_id),
        waiting=queries.signups(session_id, ("waiting",)),
        signed={row.user_id for row in queries.signups(session_id, ("in",))},
        how_zh=rules.how_zh,
    )


@blueprint.get("/sessions/<int:session_id>/about")
@signed_in
def about(session_id: int) -> Answer:
    """Show the form of a session."""
    subject = _or_404(session_id)
    form = SessionForm(obj=subject)
    form.show(subject)
    return render_template("sessions/about.html", form=form, subject=subject)


@blueprint.post("/sessions/<int:session_id>/about")
@signed_in
def about_post(session_id: int) -> Answer:
    """Change a session."""
    subject, form = _or_404(session_id), SessionForm()
    if form.validate():
        try:
            change_session(subject, form.values(), now())
        except Refusal as refusal:
            form.seats.errors = [refusal.message]
    if form.errors:
        rollback()
        page = render_template("sessions/about.html", form=form, subject=_or_404(session_id))
        return page, 422
    flash("已保存。时间或地点有变化的话，已经通知相关的人。", "success")
    return redirect(url_for("training_sessions_desk.session", session_id=session_id))


@blueprint.post("/sessions/<int:session_id>/cancel")
@signed_in
def cancel_post(session_id: int) -> Answer:
    """Call a session off."""
    with refusals_told():
        cancel_session(_or_404(session_id))
        flash("活动已取消，已经通知相关的人。", "success")
    return redirect(url_for("training_sessions_desk.session", session_id=session_id))


@blueprint.get("/sessions/<int:session_id>/wall")
@signed_in
def wall(session_id: int) -> Answer:
    """Show the changing code, large, for a screen in the room."""
    subject = _or_404(session_id)
    return render_template("sessions/wall.html", subject=subject, **_shown(subject))


@blueprint.get("/sessions/<int:session_id>/wall.json")
@signed_in
def wall_code(session_id: int) -> Response:
    """Answer {svg, url, count, seconds}: the present code and for how long it is the present."""
    shown = _shown(_or_404(session_id))
    return jsonify(
        svg=str(shown["code_image"]),
        url=shown["url"],
        count=shown["count"],
        seconds=shown["seconds"],
    )


@blueprint.post("/sessions/<int:session_id>/list")
@signed_in
def list_post(session_id: int) -> Answer:
    """Take over the ticks of the list. Only what was changed on the page is changed."""
    subject = _or_404(session_id)
    shown, ticked = (set(request.form.getlist(name, type=int)) for name in ("shown", "here"))
    were = set(request.form.getlist("was", type=int))
    changed = {one for one in shown if (one in ticked) != (one in were)}
    fresh, gone = set_attendance(subject, changed, ticked, current_person().id, now())
    told = [f"登记到场 {fresh} 人" if fresh else "", f"取消 {gone} 人" if gone else ""]
    flash("，".join(filter(None, told)) + "。" if fresh or gone else "没有变化。", "success")
    return redirect(url_for("training_sessions_desk.session", session_id=session_id))


@blueprint.get("/sessions/<int:session_id>/sheet")
@signed_in
def sheet(session_id: int) -> Answer:
    """Show where a paper sheet can be pasted or a table be chosen."""
    subject = _or_404(session_id)
    return render_template("sessions/sheet.html", subject=subject, text="", found=None, names={})


@blueprint.post("/sessions/<int:session_id>/sheet")
@signed_in
def sheet_post(session_id: int) -> Answer:
    """Look at a sheet; enter it when that was seen and agreed to."""
    subject = _or_404(session_id)
    text = request.form.get("text", "")
    try:
        file = request.files.get("file")
        if file is not None and file.filename:
            text = text_of_file(file.filename, file.read())
        rows = rows_of_text(text)
    except Refusal as refusal:
        page = render_template(
            "sessions/sheet.html", subject=subject, text="", found=None, problem=refusal.message,
            names={},
        )  # fmt: skip
        return page, 422
    people = queries.expected(subject)
    listed = [rules.Listed(one.id, one.display_name, one.username) for one in people]
    present = dict.fromkeys(queries.attendances_of(session_id), "")
    found = rules.read_sheet(rows, listed, present)
    named = {one for _, one in found.found}
    strangers = walk_ins(rows, found, named | set(present))
    agreed = named | chosen(strangers, request.form) if request.form.get("agreed") else set()
    if agreed:
        count = enter_sheet(subject, agreed, current_person().id, now())
        flash(f"已按签到表登记 {count} 人。", "success")
        return redirect(url_for("training_sessions_desk.session", session_id=session_id))
    page = render_template(
        "sessions/sheet.html",
        subject=subject,
        text=text,
        found=found,
        names={one.user_id: one.name for one in listed},
        walk_ins=strangers,
        shown=ROWS_SHOWN,
    )
    understood = found.found or found.known or any(one.candidates for one in strangers)
    return page if understood else (page, 422)


def _or_404(session_id: int) -> OfflineSession:
    return queries.session_for_staff(session_id, current_person()) or abort(404)


def _shown(subject: OfflineSession) -> dict[str, object]:
    moment = now()
    second = tokens.second_of(moment)
    code = tokens.present_code(subject.id, moment)
    path = url_for("training_sessions.scan", session_id=subject.id, scan_code=code)
    url = public_address(path)
    return {
        "code_image": qr_svg(url),
        "url": url,
        "count": len(queries.attendances_of(subject.id)),
        "seconds": rules.WINDOW - second % rules.WINDOW,
    }

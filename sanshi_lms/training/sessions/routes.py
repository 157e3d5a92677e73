"""/training/sessions/…, /training/scan/…, /training/check-in/…: what people on the spot use."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.account import User
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told
from sanshi_lms.core.security import limiter
from sanshi_lms.core.web import public_address
from sanshi_lms.training.scope import runs
from sanshi_lms.training.sessions import queries, rules, tokens
from sanshi_lms.training.sessions.actions import check_in as take_check_in
from sanshi_lms.training.sessions.actions import sign_up, take_back_sign_up
from sanshi_lms.training.sessions.calendar import ICS, ics_of
from sanshi_lms.training.sessions.models import OfflineSession

blueprint = Blueprint(
    "training_sessions", __name__, url_prefix="/training", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
COOKIE = "sanshi_scan"


@blueprint.get("/sessions/<int:session_id>")
@public
def session(session_id: int) -> Answer:
    """Show when and where a session is, and let people sign up."""
    me = current_person()
    subject = _shown_to(me, session_id)
    signup = queries.signup_of(session_id, me.id) if me else None
    taken = queries.count_signups(session_id, "in")
    return render_template(
        "sessions/session.html",
        subject=subject,
        signup=signup,
        free=max(0, subject.seats - taken) if subject.seats else None,
        came=bool(me and queries.attended_by(me.id, [session_id])),
        staff=bool(me and runs(subject.class_id, me)),
        begun=now() >= subject.starts_at,
    )


@blueprint.get("/sessions/<int:session_id>/session.ics")
@public
def calendar(session_id: int) -> Answer:
    """Send the session as a calendar file."""
    me = current_person()
    subject = _shown_to(me, session_id)
    url = public_address(url_for("training_sessions.session", session_id=session_id))
    host = urlsplit(url).hostname or "sanshi"
    response = Response(ics_of(subject, host, url, now()), content_type=ICS)
    name = f"training-{session_id}.ics"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/sessions/<int:session_id>/sign-up")
@signed_in
def sign_up_post(session_id: int) -> Answer:
    """Take a seat, or a place on the waiting list."""
    subject = _mine(session_id)
    with refusals_told():
        mine = sign_up(subject, current_person().id, now())
        told = "报上名了。" if mine.state == "in" else "座位满了，您已进入候补，有空位会通知您。"
        flash(told, "success")
    return redirect(url_for("training_sessions.session", session_id=session_id))


@blueprint.post("/sessions/<int:session_id>/take-back")
@signed_in
def take_back_post(session_id: int) -> Answer:
    """Give the seat back."""
    subject = _mine(session_id)
    with refusals_told():
        take_back_sign_up(subject, current_person().id, now())
        flash("已取消报名。", "success")
    return redirect(url_for("training_sessions.session", session_id=session_id))


@blueprint.get("/scan/<int:session_id>/<scan_code>")
@public
@limiter.limit("120 per minute", deduct_when=lambda answer: answer.status_code == 404)
def scan(session_id: int, scan_code: str) -> Answer:
    """Turn a scanned code into a token that waits while somebody signs in.

    Nobody needs to be signed in here: the scan is proved first, so that no code grows old while
    a password is typed.
    """
    moment = now()
    subject = db.session.get(OfflineSession, session_id)
    good = rules.code_holds(tokens.secret(), session_id, scan_code, tokens.second_of(moment))
    if subject is None or not good:
        return render_template("sessions/stale_code.html"), 404
    token, nonce = tokens.issue(session_id, moment)
    answer = make_response(redirect(url_for("training_sessions.check_in", checkin_token=token)))
    # A cookie of its own: signing in empties the session, and this must outlive it.
    answer.set_cookie(
        COOKIE,
        nonce,
        max_age=rules.OPENS_BEFORE * 4,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/training",
    )
    return answer


@blueprint.get("/check-in/<checkin_token>")
@public
def check_in(checkin_token: str) -> Answer:
    """Show what is checked in to, or ask to sign in first."""
    scanned, subject = _scanned(checkin_token)
    me, second = current_person(), tokens.second_of(now())
    starts = tokens.second_of(subject.starts_at)
    phase = rules.phase(starts, tokens.second_of(subject.ends_at), second)
    return render_template(
        "sessions/check_in.html",
        subject=subject,
        token=checkin_token,
        phase=phase.value,
        fresh=rules.token_good(scanned.second, starts, second),
        opens_in=max(0, starts - rules.OPENS_BEFORE - second),
        done=bool(me and queries.attended_by(me.id, [subject.id])),
        same_browser=request.cookies.get(COOKIE) == scanned.nonce,
    )


@blueprint.post("/check-in/<checkin_token>")
@signed_in
def check_in_post(checkin_token: str) -> Answer:
    """Check in."""
    scanned, subject = _scanned(checkin_token)
    if request.cookies.get(COOKIE) != scanned.nonce:
        raise Refusal("请用自己的手机扫墙上的二维码签到，别人转发的链接不能签到。", 403)
    take_check_in(subject, scanned, current_person().id, now())
    return redirect(url_for("training_sessions.check_in", checkin_token=checkin_token))


def _scanned(token: str) -> tuple[tokens.Scan, OfflineSession]:
    scanned = tokens.read(token)
    subject = db.session.get(OfflineSession, scanned.session_id) if scanned else None
    if scanned is None or subject is None:
        raise Refusal("这个签到链接不完整，请再扫一次墙上的二维码。", 404)
    return scanned, subject


def _mine(session_id: int) -> OfflineSession:
    return queries.session_for(session_id, current_person()) or abort(404)


def _shown_to(me: User | None, session_id: int) -> OfflineSession:
    """Return the session; a visitor signs in first, and finds out whether it is theirs."""
    subject = queries.session_for(session_id, me)
    if subject is None and me is None:
        abort(redirect(url_for("account.sign_in", next=request.path)))
    return subject or abort(404)

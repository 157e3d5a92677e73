"""/account/second-step and /account/sign-in/code: setting it up, and the door itself."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.models import User
from sanshi_lms.account.proof import asks_who, half, here, let_in
from sanshi_lms.account.rules import read_sign_in
from sanshi_lms.account.second_step import actions
from sanshi_lms.account.sign_in_events.actions import record_failure
from sanshi_lms.account.ways import way_back, way_on
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, keep_though_refused
from sanshi_lms.core.drawing import qr_svg
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.metrics import sign_in_tried
from sanshi_lms.core.security import limiter
from sanshi_lms.core.settings import settings

blueprint = Blueprint("second_step", __name__, url_prefix="/account", template_folder="templates")
Answer = str | Response | tuple[str, int]
TOO_OFTEN = (
    "验证码试错的次数太多了。请过 15 分钟再试；手机丢了可以用备用码，或者请管理员关闭两步验证。"
)


@blueprint.get("/sign-in/code")
@public
def code() -> Answer:
    """Ask for the code of the second step."""
    if half() is None:
        return redirect(url_for("account.sign_in", next=way_back()))
    return render_template("account/code.html", next=way_back(), message="")


@blueprint.post("/sign-in/code")
@public
@limiter.limit(
    "10 per 15 minutes; 40 per day",
    key_func=lambda: f"second step of {(half() or {}).get('who', 'nobody')}",
    deduct_when=lambda answer: answer.status_code == 422,
    error_message=TOO_OFTEN,
)
def code_post() -> Answer:
    """Open the door, or say that the code was wrong."""
    waiting = half()
    person = _waiting(str(waiting["who"])) if waiting else None
    if waiting is None or person is None:
        flash("时间过去太久了，请重新登录。", "warning")
        return redirect(url_for("account.sign_in", next=way_back()))
    if not actions.opens(person.id, request.form.get("code", ""), now()):
        place, way = here(), str(waiting.get("way", "password"))
        sign_in_tried("second_wrong")
        keep_though_refused(lambda: record_failure(person, "", way, "wrong_code", place))
        page = render_template("account/code.html", next=way_back(), message=actions.WRONG)
        return page, 422
    let_in(person, remember=bool(waiting["remember"]), way=str(waiting.get("way", "password")))
    sign_in_tried("in")
    left = actions.codes_left(person.id)
    if left < 3:
        flash(f"备用码只剩 {left} 个，请到“个人资料”里的“两步验证”换一组新的。", "warning")
    return redirect(way_on(person))


@blueprint.get("/second-step")
@signed_in
def second_step() -> Answer:
    """Show whether it is on, or how to set it up."""
    return _page()


@blueprint.post("/second-step/begin")
@signed_in
@asks_who
def begin() -> Answer:
    """Make a secret to set up."""
    actions.begin(_me())
    return redirect(url_for("second_step.second_step"))


@blueprint.post("/second-step/confirm")
@signed_in
@limiter.limit("20 per hour")
def confirm() -> Answer:
    """Put it in force; the codes to keep are in this answer and nowhere else."""
    try:
        kept = actions.confirm(_me(), request.form.get("code", ""), now())
    except Refusal as refusal:
        return _page(refusal.message), 422
    return _codes(kept)


@blueprint.post("/second-step/codes")
@signed_in
@asks_who
@limiter.limit("10 per hour")
def codes() -> Answer:
    """Give new codes to keep."""
    if not actions.is_on(current_person().id):
        return redirect(url_for("second_step.second_step"))
    return _codes(actions.renew_codes(_me()))


@blueprint.post("/second-step/off")
@signed_in
@asks_who
def off() -> Answer:
    """Sign in with the password alone again."""
    if settings().require_second_step and _me().may("desk.view"):
        raise Refusal("管理台规定要用两步验证，不能关闭。换了手机，请联系管理员重设。")
    actions.turn_off(_me())
    flash("两步验证已关闭。", "success")
    return redirect(url_for("second_step.second_step"))


def _page(message: str = "") -> str:
    me = _me()
    secret = actions.waiting_secret(me.id)
    return render_template(
        "account/second_step.html",
        on=actions.is_on(me.id),
        left=actions.codes_left(me.id),
        secret=secret,
        drawn=qr_svg(actions.setup_address(me, secret)) if secret else None,
        message=message,
    )


def _codes(kept: list[str]) -> Response:
    answer = make_response(render_template("account/recovery_codes.html", kept=kept))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _waiting(cookie: str) -> User | None:
    """Return who waits between the steps, unless the account was changed meanwhile."""
    signed = read_sign_in(cookie)
    person = db.session.get(User, signed[0]) if signed else None
    whole = person is not None and signed is not None and person.session_mark == signed[1]
    return person if whole and person is not None and person.active else None


def _me() -> User:
    return db.session.get_one(User, current_person().id)

"""/account/…: signing in and out, registering, one's own particulars."""

from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from sanshi_lms.account.actions import (
    password_matches,
    set_password,
    update_profile,
)
from sanshi_lms.account.actions import register as open_account
from sanshi_lms.account.devices.actions import end
from sanshi_lms.account.devices.queries import find_signed_in
from sanshi_lms.account.devices.seen import seen
from sanshi_lms.account.forms import PasswordForm, ProfileForm, RegisterForm, SignInForm
from sanshi_lms.account.models import User
from sanshi_lms.account.outside.queries import has_password, identities_of
from sanshi_lms.account.outside.ways import buttons
from sanshi_lms.account.proof import here, keep_half, let_in, note_proof
from sanshi_lms.account.queries import find_person
from sanshi_lms.account.rules import read_sign_in
from sanshi_lms.account.second_step import actions as second_step
from sanshi_lms.account.sign_in_events.actions import record, record_failure
from sanshi_lms.account.slowing.actions import count_failure
from sanshi_lms.account.slowing.known import places
from sanshi_lms.account.slowing.queries import minutes_to_wait
from sanshi_lms.account.units.queries import unit_paths
from sanshi_lms.account.ways import way_back, way_on
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, keep_though_refused, release_connection
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.metrics import sign_in_tried
from sanshi_lms.core.options import is_on
from sanshi_lms.core.security import limiter

CLOSED = "现在不开放自己注册。需要账号，请联系您的单位或网站管理员。"
blueprint = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")
Answer = str | Response | tuple[str, int]
WAIT = (
    "这个账号刚才试错的次数太多，请等 {minutes} 分钟再试。"
    "着急的话，请管理员发一个激活码，用“激活账号”重新设密码，马上就能登录。"
)


def load_person(cookie: str) -> User | None:
    """Return the person of a sign-in cookie, unless it was signed out or has ended."""
    signed, at = read_sign_in(cookie), now()
    found = find_signed_in(*signed, at) if signed else None
    if signed is None or found is None:
        return None
    person, last = found
    seen().note(signed, last, at)
    return person


@blueprint.get("/sign-in")
@public
def sign_in() -> Answer:
    """Show the sign-in form."""
    if current_person():
        return redirect(way_back())
    return render_template("account/sign_in.html", form=SignInForm(), next=way_back())


@blueprint.post("/sign-in")
@public
@limiter.limit(
    "10 per minute; 60 per hour",
    deduct_when=lambda answer: answer.status_code in {422, 429},
    error_message="密码试错的次数太多了。请过一会儿再试，最多一小时；忘了密码请联系管理员重设。",
)
def sign_in_post() -> Answer:
    """Sign in; ten wrong tries a minute from one address are enough, and see `slowing`."""
    g.read_only = True  # hashing takes long: until it is done, nobody waits for us
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    typed, where, person = form.username.data, here(), find_person(form.username.data)
    minutes = minutes_to_wait(typed, places(person), where.at)
    if minutes:
        _keep_failure(person, typed, "slowed")
        form.password.errors = [WAIT.format(minutes=minutes)]
        return _sign_in_page(form), 429
    if not password_matches(person, form.password.data) or not person:
        _keep_failure(person, typed, "wrong_password" if person else "unknown")
        form.password.errors = ["账号或密码不对，请检查后再试。"]
        return _sign_in_page(form), 422
    if not person.active:
        _keep_failure(person, typed, "inactive")
        raise Refusal("这个账号已停用，请联系管理员。", 403)
    if second_step.is_on(person.id):
        sign_in_tried("second_step")
        keep_half(person, remember=bool(form.remember.data))
        return redirect(url_for("second_step.code", next=way_back()))
    release_connection()
    g.read_only = False
    let_in(person, remember=bool(form.remember.data))
    sign_in_tried("in")
    return redirect(way_on(person))


@blueprint.get("/register")
@public
def register() -> Answer:
    """Show the registration form."""
    if current_person():
        return redirect(way_back())
    if not is_on("registration"):
        raise Refusal(CLOSED, HTTPStatus.FORBIDDEN)
    return render_template("account/register.html", form=RegisterForm(), next=way_back())


@blueprint.post("/register")
@public
@limiter.limit("30 per hour", deduct_when=lambda answer: answer.status_code == 302)
def register_post() -> Answer:
    """Open an account and sign its owner in."""
    if not is_on("registration"):
        raise Refusal(CLOSED, HTTPStatus.FORBIDDEN)
    form = RegisterForm()
    if form.validate():
        try:
            person = open_account(
                form.username.data,
                form.display_name.data,
                form.organisation.data,
                form.role.data,
                form.password.data,
            )
        except Refusal as refusal:
            form.username.errors = [refusal.message]
        else:
            let_in(person, way="register")
            flash("注册成功，欢迎来学习。", "success")
            return redirect(way_on(person))
    return render_template("account/register.html", form=form, next=way_back()), 422


@blueprint.post("/sign-out")
@public
def sign_out() -> Answer:
    """Sign out on this device."""
    me = current_person()
    if me is not None:
        end(me, me.sign_in_key)
        record(me, "out", "", here())
    logout_user()
    session.clear()
    flash("已退出登录。", "success")
    return redirect(url_for("site.home"))


@blueprint.get("/profile")
@signed_in
def profile() -> Answer:
    """Show one's own particulars."""
    return _profile_page(ProfileForm(obj=current_person()), PasswordForm())


@blueprint.post("/profile")
@signed_in
def profile_post() -> Answer:
    """Save one's own particulars."""
    form = ProfileForm()
    if not form.validate():
        return _profile_page(form, PasswordForm()), 422
    update_profile(_me(), form.display_name.data, form.organisation.data)
    flash("已保存。", "success")
    return redirect(url_for("account.profile"))


@blueprint.post("/password")
@signed_in
@limiter.limit("10 per minute")
def password_post() -> Answer:
    """Change one's own password; other devices are signed out."""
    form = PasswordForm()
    form.username, form.display_name = _me().username, _me().display_name
    if form.validate() and not password_matches(_me(), form.present.data):
        form.present.errors = ["现在的密码不对。"]
    if form.errors:
        return _profile_page(ProfileForm(formdata=None, obj=_me()), form), 422
    set_password(_me(), form.password.data)
    record(_me(), "password", "", here())
    let_in(_me(), way="")
    flash("密码已修改，其他设备需要重新登录。", "success")
    return redirect(url_for("account.profile"))


@blueprint.get("/prove")
@signed_in
def prove() -> Answer:
    """Ask for the password again before something grave."""
    return _prove_page()


@blueprint.post("/prove")
@signed_in
@limiter.limit(
    "10 per 15 minutes",
    key_func=lambda: f"prove {current_person().id}",
    deduct_when=lambda answer: answer.status_code == 422,
    error_message="密码试错的次数太多了，请过 15 分钟再试。",
)
def prove_post() -> Answer:
    """Take the proof and go back to where it was asked for."""
    g.read_only = True
    if not password_matches(_me(), request.form.get("password", "")[:200]):
        _keep_failure(_me(), "", "wrong_password", "prove")
        return _prove_page("密码不对，请再试。"), 422
    note_proof()
    return redirect(way_back())


def _profile_page(form: ProfileForm, password_form: PasswordForm) -> str:
    me = current_person()
    unit_id = me.unit_id
    path = unit_paths().get(unit_id, "") if unit_id else ""
    return render_template(
        "account/profile.html",
        form=form,
        password_form=password_form,
        unit_path=path,
        has_password=has_password(me),
        identities=identities_of(me.id),
    )


def _prove_page(message: str = "") -> str:
    linked = {one.way for one in identities_of(current_person().id)}
    return render_template(
        "account/prove.html",
        next=way_back(),
        message=message,
        has_password=has_password(current_person()),
        ways=[one for one in buttons() if one.way in linked],
    )


def _sign_in_page(form: SignInForm) -> str:
    return render_template("account/sign_in.html", form=form, next=way_back())


def _keep_failure(person: User | None, typed: str, reason: str, way: str = "password") -> None:
    """Record a failure, and count it where guessing is slowed down."""
    found, counts = places(person), reason in {"wrong_password", "unknown"} and way != "prove"
    if way != "prove":
        sign_in_tried("closed" if reason == "inactive" else "wrong")

    def write() -> None:
        record_failure(person, typed, way, reason, here())
        if counts:
            count_failure(typed, found, now())

    keep_though_refused(write)


def _me() -> User:
    return db.session.get_one(User, current_person().id)

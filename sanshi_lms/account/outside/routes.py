"""/account/outside/…: to an account of elsewhere and back, linking it, ending the link.

What comes back by an address alone changes nothing: who arrived is kept in the session, and a form
of ours goes on from there. So a GET never writes, and nobody is signed in by a link of somebody's.
"""

import hmac
import time
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.consent import must_ask
from sanshi_lms.account.models import User
from sanshi_lms.account.outside import actions
from sanshi_lms.account.outside.errors import NotArrived
from sanshi_lms.account.outside.forms import NewPersonForm
from sanshi_lms.account.outside.models import Identity
from sanshi_lms.account.outside.queries import find_identity
from sanshi_lms.account.outside.rules import WAIT_SECONDS, Arrived, read_arrived
from sanshi_lms.account.outside.ways import WAYS, name_of
from sanshi_lms.account.proof import (
    ARRIVED,
    FRESH_SECONDS,
    asks_who,
    here,
    keep_half,
    let_in,
    note_proof,
)
from sanshi_lms.account.second_step import actions as second_step
from sanshi_lms.account.sign_in_events.actions import record, record_failure
from sanshi_lms.account.ways import way_back
from sanshi_lms.core.access import current_person, public, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, keep_though_refused
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.core.security import limiter
from sanshi_lms.core.settings import settings
from sanshi_lms.core.web import public_address

blueprint = Blueprint(
    "outside", __name__, url_prefix="/account/outside", template_folder="templates"
)
Answer = str | Response | tuple[str, int]
_OUT = "out_to_another_house"
STALE = "时间过去太久了，或者是在另一个浏览器里打开的，请再点一次登录按钮。"


@blueprint.get("/<any(oidc,wechat):way>")
@public
@limiter.limit("300 per minute")
def begin(way: str) -> Answer:
    """Go to where the account is; whoever is signed in already wants to link it or to prove it."""
    house = _house(way)
    prove = request.args.get("prove") == "1" and current_person() is not None
    try:
        address, kept = house.begin(_back_address(way), prove=prove)
    except NotArrived as problem:
        return _turn_back(problem.sentence)
    session[_OUT] = {**kept, "way": way, "next": way_back(), "at": time.time(), "prove": prove}
    return redirect(address)


@blueprint.get("/<any(oidc,wechat):way>/back")
@public
@limiter.limit("300 per minute")  # a class behind one address signs in within minutes
def back(way: str) -> Answer:
    """Keep who came back, once state, code and signature hold; a page of ours goes on."""
    house, kept = _house(way), session.pop(_OUT, None)
    session.pop(ARRIVED, None)
    if not _is_expected(kept, way):
        return _turn_back(STALE)
    try:
        arrived = house.arrive(request.args, kept, _back_address(way), time.time())
    except NotArrived as problem:
        return _turn_back(problem.sentence)
    session[ARRIVED] = arrived.kept()
    return redirect(url_for("outside.arrived"))


@blueprint.get("/arrived")
@public
def arrived() -> Answer:
    """Say who arrived, and go on with one click: in, linked, or with a new account."""
    found = _arrived()
    if found is None:
        return _turn_back(STALE)
    return _page(found)


@blueprint.post("/enter")
@public
def enter() -> Answer:
    """Sign in who arrived, or take it as the proof that a grave act asks for."""
    found = _needed()
    known = find_identity(found)
    if known is None:
        return redirect(url_for("outside.arrived"))
    person = db.session.get_one(User, known.user_id)
    me = current_person()
    if me is not None:
        return _prove(found, known)
    if not person.active:
        place = here()
        keep_though_refused(lambda: record_failure(person, "", found.way, "inactive", place))
        raise Refusal("这个账号已停用，请联系管理员。", 403)
    actions.keep_newest_key(known, found)
    session.pop(ARRIVED)
    if second_step.is_on(person.id):
        keep_half(person, remember=False, way=found.way)
        return redirect(url_for("second_step.code", next=found.next))
    let_in(person, way=found.way)
    return _on(person, found)


@blueprint.post("/link")
@signed_in
@asks_who
def link_post() -> Answer:
    """Link who arrived to the person who is signed in."""
    found, me = _needed(), _me()
    actions.link(me, found, name_of(found.way), now())
    record(me, "linked", found.way, here())
    session.pop(ARRIVED)
    flash(f"绑定好了，以后用{name_of(found.way)}也能登录。", "success")
    return _on(me, found)


@blueprint.post("/new")
@public
@limiter.limit("30 per hour", deduct_when=lambda answer: answer.status_code == 302)
def new_post() -> Answer:
    """Open an account for who arrived, where the installation lets people do so."""
    found, form = _needed(), NewPersonForm()
    if current_person() is not None or not _may_open(found) or find_identity(found):
        return redirect(url_for("outside.arrived"))
    if not form.validate():
        return _page(found, form), 422
    person = actions.open_account(
        found, form.display_name.data, form.organisation.data, form.role.data, now()
    )
    session.pop(ARRIVED)
    let_in(person, way="register")
    flash("账号开好了，欢迎来学习。", "success")
    return redirect(found.next)


@blueprint.post("/forget")
@public
def forget_post() -> Answer:
    """Go on without what arrived."""
    found = _arrived()
    session.pop(ARRIVED, None)
    return redirect(found.next if found else url_for("site.home"))


@blueprint.post("/remove")
@signed_in
@asks_who
def remove_post() -> Answer:
    """End a link."""
    me, number = _me(), row_number(request.form.get("identity", ""))
    identity = db.session.get(Identity, number) if number is not None else None
    way = identity.way if identity is not None and identity.user_id == me.id else ""
    actions.unlink(me, number or 0, name_of(way), now())
    record(me, "unlinked", way, here())
    flash("已解除绑定。", "success")
    return redirect(url_for("account.profile"))


def _prove(found: Arrived, known: Identity) -> Answer:
    """Take it as a proof that the one who is signed in has just shown elsewhere who they are."""
    session.pop(ARRIVED)
    recent = -60 <= time.time() - found.proved_at < FRESH_SECONDS  # their clock may be ahead
    if known.user_id != current_person().id:
        flash("这个外部账号绑定的是另一个人，没有换账号。要换账号，请先退出登录。", "error")
    elif recent:
        note_proof()
    else:
        flash(f"{name_of(found.way)}没有说明您刚刚确认过身份，请用密码确认。", "error")
    return redirect(found.next)


def _page(found: Arrived, form: NewPersonForm | None = None) -> str:
    if form is None:
        form = NewPersonForm(formdata=None)
        form.display_name.data = found.name
    known = find_identity(found)
    me = current_person()
    return render_template(
        "account/arrived.html",
        name=name_of(found.way),
        label=found.label,
        known=known is not None,
        mine=known is not None and me is not None and known.user_id == me.id,
        may_open=_may_open(found),
        form=form,
    )


def _may_open(found: Arrived) -> bool:
    return found.way == "oidc" and settings().oidc_new_people


def _is_expected(kept: Any, way: str) -> bool:
    """Tell whether somebody comes back who went out from this session, lately, to this house."""
    if not isinstance(kept, dict) or kept.get("way") != way:
        return False
    state = request.args.get("state", "")
    same = hmac.compare_digest(state.encode(), str(kept.get("state", "")).encode())
    return bool(state) and same and 0 <= time.time() - float(kept["at"]) <= WAIT_SECONDS


def _house(way: str) -> Any:
    house = WAYS[way]
    return house if house.is_configured() else abort(404)


def _back_address(way: str) -> str:
    return public_address(url_for("outside.back", way=way))


def _arrived() -> Arrived | None:
    return read_arrived(session.get(ARRIVED), time.time())


def _needed() -> Arrived:
    found = _arrived()
    if found is None:
        session.pop(ARRIVED, None)
        raise Refusal(STALE, 400)
    return found


def _turn_back(sentence: str) -> Response:
    session.pop(ARRIVED, None)
    flash(sentence, "error")
    to = "account.sign_in" if current_person() is None else "account.profile"
    return redirect(url_for(to))


def _on(person: User, found: Arrived) -> Response:
    if must_ask(person):
        return redirect(url_for("own_data.consent", next=found.next))
    return redirect(found.next)


def _me() -> User:
    return db.session.get_one(User, current_person().id)

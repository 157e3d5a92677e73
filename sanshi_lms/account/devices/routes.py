"""/account/devices: where one is signed in, and signing out there."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account.devices import actions
from sanshi_lms.account.devices.queries import devices_of
from sanshi_lms.account.devices.rules import LONGEST, masked_address
from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.queries import events_of
from sanshi_lms.account.sign_in_events.rules import KINDS, REASONS, SHOWN, WAYS
from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings

blueprint = Blueprint(
    "devices", __name__, url_prefix="/account/devices", template_folder="templates"
)
blueprint.add_app_template_filter(masked_address, "masked_address")


@blueprint.get("")
@signed_in
def devices() -> str:
    """List the devices where the person is signed in."""
    me = current_person()
    return render_template(
        "account/devices.html",
        devices=devices_of(me, now()),
        here=me.sign_in_key,
        idle_days=settings().session_idle_days,
        longest_days=LONGEST.days,
        events=events_of(me.id, now()),
        kinds=KINDS,
        ways=WAYS,
        reasons=REASONS,
        shown_days=SHOWN.days,
    )


@blueprint.post("/sign-out")
@signed_in
def sign_out_device() -> Response:
    """Sign out on one other device."""
    actions.end_elsewhere(_me(), request.form.get("key", "")[:32])
    flash("那台设备已经退出登录。", "success")
    return redirect(url_for("devices.devices"))


@blueprint.post("/sign-out-others")
@signed_in
def sign_out_others() -> Response:
    """Sign out every other device."""
    actions.sign_out_everywhere(_me(), but=current_person().sign_in_key)
    flash("其他设备都已退出登录。", "success")
    return redirect(url_for("devices.devices"))


def _me() -> User:
    return db.session.get_one(User, current_person().id)

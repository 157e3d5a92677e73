"""/notices/channels…: how a person wants to be told."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import rollback
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.security import limiter
from sanshi_lms.notices.outbox.actions import (
    WrongCode,
    confirm_address,
    count_guess,
    forget_address,
    save_address,
    want,
)
from sanshi_lms.notices.outbox.channels import Channel, find_channel, open_channels
from sanshi_lms.notices.outbox.forms import AddressForm, CodeForm
from sanshi_lms.notices.outbox.queries import addresses_of, policy
from sanshi_lms.notices.outbox.wechat_routes import can_bind

blueprint = Blueprint(
    "notices_channels", __name__, url_prefix="/notices/channels", template_folder="../templates"
)
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@signed_in
def channels() -> Answer:
    """Show how one is told, and what else there is."""
    return _page()


@blueprint.post("/<name>/address")
@signed_in
@limiter.limit("6 per hour", deduct_when=lambda answer: answer.status_code == 302)
def address_post(name: str) -> Answer:
    """Keep an address and send digits there."""
    channel, form = _typed_channel(name), AddressForm()
    if form.validate():
        try:
            save_address(channel, current_person().id, form.address.data, now())
        except Refusal as refusal:
            form.address.errors = [refusal.message]
    if form.errors:
        rollback()
        return _page({name: form}), 422
    flash(f"验证码已发到 {form.address.data}，请查收后填在下面。", "success")
    return redirect(url_for("notices_channels.channels"))


@blueprint.post("/<name>/code")
@signed_in
@limiter.limit("20 per hour")
def code_post(name: str) -> Answer:
    """Confirm an address by the digits that came there."""
    channel, form = _typed_channel(name), CodeForm()
    if not form.validate():
        return _page(codes={name: form}), 422
    try:
        confirm_address(current_person().id, name, form.code.data, now())
    except WrongCode as wrong:
        count_guess(current_person().id, name)
        flash(wrong.message, "error")
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(f"已确认，以后的通知也会用{channel.label}告诉您。", "success")
    return redirect(url_for("notices_channels.channels"))


@blueprint.post("/<name>/wanted")
@signed_in
def wanted_post(name: str) -> Answer:
    """Switch a channel on or off."""
    channel = find_channel(name) or abort(404)
    on = request.form.get("on") == "1"
    want(current_person().id, channel.name, wanted=on)
    flash(f"已{'打开' if on else '关闭'}{channel.label}通知。", "success")
    return redirect(url_for("notices_channels.channels"))


@blueprint.post("/<name>/forget")
@signed_in
def forget_post(name: str) -> Answer:
    """Delete one's address."""
    channel = find_channel(name) or abort(404)
    forget_address(current_person().id, channel.name)
    flash(f"已删除{channel.label}的地址。", "success")
    return redirect(url_for("notices_channels.channels"))


def _typed_channel(name: str) -> Channel:
    channel = find_channel(name)
    if channel is None or not channel.address_label:
        abort(404)
    return channel


def _page(
    forms: dict[str, AddressForm] | None = None, codes: dict[str, CodeForm] | None = None
) -> str:
    known = addresses_of(current_person().id)
    rows: list[dict[str, Any]] = [
        {
            "channel": channel,
            "known": known.get(channel.name),
            "form": (forms or {}).get(channel.name) or AddressForm(formdata=None),
            "code": (codes or {}).get(channel.name) or CodeForm(formdata=None),
        }
        for channel in open_channels()
    ]
    for row in rows:
        row["code"].code.id = f"{row['channel'].name}-code"  # two may wait on one page
    return render_template("notices/channels.html", rows=rows, policy=policy(), can_bind=can_bind())

"""/notices/channels/wechat/…: a person lets us write to their WeChat.

WeChat says who they are to our official account (snsapi_base, no particulars); they confirm it
here by a form, because what comes back by an address alone must not change anything.
"""

import secrets
from urllib.parse import urlencode

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from sanshi_lms.core.access import current_person, signed_in
from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import settings
from sanshi_lms.notices.outbox.actions import bind_account
from sanshi_lms.notices.outbox.channels import NotSent, address_of_page, call, find_channel

blueprint = Blueprint(
    "notices_wechat",
    __name__,
    url_prefix="/notices/channels/wechat",
    template_folder="../templates",
)
# https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
_STATE, _OPENID = "wechat_state", "wechat_openid"


def can_bind() -> bool:
    """Tell whether this page was opened inside WeChat and WeChat can find its way back to us."""
    return bool(settings().public_url) and "MicroMessenger" in request.user_agent.string


@blueprint.get("/bind")
@signed_in
def bind() -> Response:
    """Go to WeChat, which sends the person back with a code."""
    if find_channel("wechat") is None or not settings().public_url:
        abort(404)
    session[_STATE] = secrets.token_urlsafe(16)
    asked = {
        "appid": settings().wechat_app_id,
        "redirect_uri": address_of_page(url_for("notices_wechat.back")),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": session[_STATE],
    }
    return redirect(f"{AUTHORIZE}?{urlencode(asked)}#wechat_redirect")


@blueprint.get("/back")
@signed_in
def back() -> str:
    """Show who came back, with the button that confirms it."""
    if find_channel("wechat") is None:
        abort(404)
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not code or not state or state != session.pop(_STATE, None):
        raise Refusal("绑定没有完成，请回到“通知方式”再点一次。", 400)
    session[_OPENID] = _openid(code)
    return render_template("notices/wechat_back.html")


@blueprint.post("/confirm")
@signed_in
def confirm_post() -> Response:
    """Begin to use the WeChat account that came back."""
    channel, openid = find_channel("wechat"), session.pop(_OPENID, None)
    if channel is None:
        abort(404)
    if not isinstance(openid, str) or channel.address_problem(openid):
        raise Refusal("绑定没有完成，请回到“通知方式”再点一次。")
    bind_account(current_person().id, "wechat", openid, now())
    flash("已绑定，以后的通知也会发到您的微信。", "success")
    return redirect(url_for("notices_channels.channels"))


def _openid(code: str) -> str:
    asked = {
        "appid": settings().wechat_app_id,
        "secret": settings().wechat_app_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    url = f"{settings().wechat_api}/sns/oauth2/access_token?{urlencode(asked)}"
    try:
        found = call("GET", url, "微信").get("openid")
    except NotSent as not_sent:
        raise Refusal("现在连不上微信，请过一会儿再试。", 503) from not_sent
    if not isinstance(found, str):
        raise Refusal("微信没有认出您，请回到“通知方式”再点一次。", 400)
    return found

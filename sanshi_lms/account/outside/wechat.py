"""WeChat: a QR code on a computer (网站应用), and without one inside WeChat's own browser (公众号).

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from sanshi_lms.account.outside.errors import BY_PASSWORD, NotArrived, refused
from sanshi_lms.account.outside.rules import Arrived, is_good_key
from sanshi_lms.core import wechat
from sanshi_lms.core.settings import settings
from sanshi_lms.core.wechat import Account, WeChatError

WAY = "wechat"
QR_CODE = "https://open.weixin.qq.com/connect/qrconnect"
INSIDE = "https://open.weixin.qq.com/connect/oauth2/authorize"
UNION = "wechat:union"


def name() -> str:
    """Return what the button says."""
    return "微信"


def is_configured() -> bool:
    """Tell whether this browser can sign in by WeChat."""
    return bool(settings().public_url) and _account() is not None


def begin(back: str, *, prove: bool) -> tuple[str, dict[str, Any]]:
    """Return WeChat's address to go to, and what must be kept until somebody comes back.

    Nothing can be asked for `prove`: to scan and to agree on the phone is a proof, and inside
    WeChat there is none.
    """
    del prove
    account, inside, state = _account(), _is_inside(), secrets.token_urlsafe(24)
    if account is None:
        raise refused(name())
    asked = {
        "appid": account.app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": _scope(inside=inside),
        "state": state,
    }
    address = f"{INSIDE if inside else QR_CODE}?{urlencode(asked)}#wechat_redirect"
    return address, {"state": state, "app_id": account.app_id}


def arrive(asked: Mapping[str, str], kept: Mapping[str, Any], back: str, at: float) -> Arrived:
    """Return who came back with a code. Raises NotArrived."""
    del back
    account = _account()
    if account is None or account.app_id != kept.get("app_id"):
        raise NotArrived(f"请在刚才的浏览器里完成微信登录；{BY_PASSWORD}")
    if not asked.get("code"):  # WeChat sends nobody back who did not agree, but for the state
        raise NotArrived(f"您没有同意用微信登录；{BY_PASSWORD}")
    try:
        found = wechat.who_came(account, asked["code"])
    except WeChatError as error:
        raise NotArrived(f"{error.sentence}{BY_PASSWORD}") from error
    if found.get("is_snapshotuser"):
        raise NotArrived(f"请先点页面右下角的“使用完整服务”，再用微信登录；{BY_PASSWORD}")
    own = (f"wechat:{account.app_id}", str(found.get("openid") or ""))
    union = (UNION, str(found.get("unionid") or ""))
    keys = [union, own] if union[1] else [own]
    if not all(is_good_key(*key) for key in keys):
        raise refused(name())
    proved = 0.0 if _is_inside() else at
    return Arrived(WAY, *keys[0], "", str(kept["next"]), at, proved, tuple(keys[1:]))


def _account() -> Account | None:
    """Return the account for this browser: the official one inside WeChat, else the site's."""
    if _is_inside():
        return wechat.own_account()
    chosen = settings()
    if chosen.wechat_web_app_id is None or chosen.wechat_web_app_secret is None:
        return None
    return Account(chosen.wechat_web_app_id, chosen.wechat_web_app_secret)


def _scope(*, inside: bool) -> str:
    """Return what is asked for: where both accounts exist, what tells that two are one person."""
    if not inside:
        return "snsapi_login"
    return "snsapi_userinfo" if settings().wechat_web_app_id else "snsapi_base"


def _is_inside() -> bool:
    agent = request.user_agent.string
    return "MicroMessenger" in agent and "wxwork" not in agent

"""WeChat template messages of an official account (服务号): WECHAT_APP_ID and what belongs to it.

The address is a person's openid at this account. The template's fields are first, keyword1 and
remark, as in the platform's templates for tasks.
"""

import re
import time
from typing import Any
from urllib.parse import urlencode

from flask import current_app

from sanshi_lms.core.settings import settings
from sanshi_lms.notices.outbox.channels import Message, NotSent, call

_OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
_KEY = "notices.wechat_token"
_STALE_TOKEN = {40001, 40014, 42001}
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
_HOPELESS = {
    40003: "这个微信号没有关注公众号，或者标识不对",
    43004: "对方没有关注公众号",
    43019: "对方把公众号拉黑了",
    40037: "模板编号不对，请检查 WECHAT_TEMPLATE_ID",
}


class WeChat:
    """The channel "wechat"."""

    name = "wechat"
    label = "微信"
    how = "WECHAT_APP_ID、WECHAT_APP_SECRET、WECHAT_TEMPLATE_ID"
    address_label = ""

    def configured(self) -> bool:
        """Tell whether an account and a template are named."""
        return bool(settings().wechat_app_id)

    def address_problem(self, address: str) -> str | None:
        """Return what is wrong with an openid."""
        return None if _OPENID.fullmatch(address) else "微信标识不对，请在微信里重新绑定。"

    def send(self, message: Message, address: str) -> None:
        """Ask the platform to tell its user."""
        answer = _post(message, address, _token())
        if answer.get("errcode") in _STALE_TOKEN:
            current_app.extensions.pop(_KEY, None)
            answer = _post(message, address, _token())
        code = answer.get("errcode", 0)
        if code in _HOPELESS:
            raise NotSent(f"微信没有发出：{_HOPELESS[code]}。", retry=False)
        if code:
            raise NotSent(f"微信没有接受，回答是 {code}，系统会自动再试。")


def _post(message: Message, openid: str, token: str) -> Any:
    values = {
        "touser": openid,
        "template_id": settings().wechat_template_id,
        "url": message.url,
        # The platform drops a repetition of the same number.
        "client_msg_id": f"sanshi-{message.number}",
        "data": {
            "first": {"value": message.title},
            "keyword1": {"value": message.title},
            "remark": {"value": message.text},
        },
    }
    url = f"{settings().wechat_api}/cgi-bin/message/template/send?access_token={token}"
    return call("POST", url, "微信", json=values)


def _token() -> str:
    """Return the account's access token, kept until shortly before it ends."""
    kept: tuple[str, float] | None = current_app.extensions.get(_KEY)
    if kept and kept[1] > time.monotonic():
        return kept[0]
    asked = {
        "grant_type": "client_credential",
        "appid": settings().wechat_app_id,
        "secret": settings().wechat_app_secret,
    }
    answer = call("GET", f"{settings().wechat_api}/cgi-bin/token?{urlencode(asked)}", "微信")
    token = answer.get("access_token")
    if not isinstance(token, str):
        code = answer.get("errcode")
        raise NotSent(f"微信不给通行证（{code}），请检查 WECHAT_APP_ID 和 WECHAT_APP_SECRET。")
    life = answer.get("expires_in")
    seconds = float(life) if isinstance(life, int) else 7200.0
    current_app.extensions[_KEY] = (token, time.monotonic() + max(seconds - 300, 60))
    return token

"""WeChat template messages of an official account (服务号): WECHAT_APP_ID and what belongs to it.

The address is a person's openid at this account. The template's fields are first, keyword1 and
remark, as in the platform's templates for tasks.
"""

import re

from sanshi_lms.core import wechat
from sanshi_lms.core.settings import settings
from sanshi_lms.core.wechat import WeChatError
from sanshi_lms.notices.outbox.channels import Message, NotSent

_OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
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
        return bool(settings().wechat_app_id and settings().wechat_template_id)

    def address_problem(self, address: str) -> str | None:
        """Return what is wrong with an openid."""
        return None if _OPENID.fullmatch(address) else "微信标识不对，请在微信里重新绑定。"

    def send(self, message: Message, address: str) -> None:
        """Ask the platform to tell its user."""
        account = wechat.own_account()
        if account is None:
            raise NotSent("没有设置公众号，请先设置 WECHAT_APP_ID。", retry=False)
        try:
            wechat.api(account, "/cgi-bin/message/template/send", json=_told(message, address))
        except WeChatError as error:
            if error.code in _HOPELESS:
                raise NotSent(f"微信没有发出：{_HOPELESS[error.code]}。", retry=False) from error
            raise NotSent(error.sentence, down=error.down) from error


def _told(message: Message, openid: str) -> dict[str, object]:
    return {
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

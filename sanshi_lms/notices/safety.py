"""Tells people what touched the safety of their account: a new password, link or kind of device."""

from datetime import datetime

from sanshi_lms.account import User, account_touched
from sanshi_lms.core.clock import local
from sanshi_lms.notices.actions import notify
from sanshi_lms.notices.rules import add_topic

TOPIC = "account.safety"
_DEVICES, _PROFILE = "/account/devices", "/account/profile"
_IF_NOT_YOU = "如果不是您本人，请马上修改密码，并到“登录过的设备”退出所有设备。"
_SAYINGS = {
    "password": ("您的密码改了", "您的账号在 {when} 设了新密码。", _DEVICES),
    "linked": ("您的账号绑定了{words}", "以后用{words}也能登录这个账号（{when} 绑定）。", _PROFILE),
    "unlinked": ("您的账号解除了{words}", "{when} 起，用{words}不能再登录这个账号。", _PROFILE),
    "device": ("您的账号在新设备上登录了", "{when}，用“{words}”登录，以前没有用过。", _DEVICES),
}


def setup() -> None:
    """Listen to the room account."""
    add_topic(TOPIC, "账号安全")
    account_touched.connect(_tell)


def _tell(person: User, *, what: str, words: str, at: datetime) -> None:
    title, text, path = _SAYINGS[what]
    when = f"{local(at):%-m月%-d日 %H:%M}"
    told = text.format(when=when, words=words) + _IF_NOT_YOU
    key = f"{TOPIC}:{what}:{at.timestamp():.6f}"
    notify([person.id], TOPIC, title.format(words=words), told, path, key, at)

"""Rules of the record of signing in: its words, how failures are bundled, how long it is kept."""

import ipaddress
from datetime import datetime, timedelta

KEPT = timedelta(days=190)
"""Six months are at most 184 days (Cybersecurity law, article 21)."""
SHOWN = timedelta(days=30)
MOST_STRANGERS = 2000
"""Rows an hour for account names that nobody has; what is more becomes one row."""
TOLD_LENGTH = 40

KINDS = {
    "in": "登录成功",
    "failed": "登录失败",
    "out": "退出登录",
    "linked": "绑定外部账号",
    "unlinked": "解除绑定",
    "password": "设了新密码",
}
WAYS = {
    "password": "密码",
    "oidc": "统一账号",
    "wechat": "微信",
    "code": "激活码",
    "register": "注册",
    "prove": "再次确认密码",
    "": "",
}
REASONS = {
    "wrong_password": "密码不对",
    "wrong_code": "验证码不对",
    "unknown": "没有这个账号",
    "inactive": "账号已停用",
    "slowed": "试错太多，要等一会儿",
    "": "",
}


def network_of(address: str | None) -> str:
    """Return the network that one household or office has: an IPv4 address, or the /64 of an IPv6.

    Whoever has an IPv6 address has 2^64 of them; counting each by itself would count nothing.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def bundle_of(at: datetime, user_id: int | None, reason: str, network: str) -> str:
    """Return the name under which failures of one hour are one row."""
    return f"{at:%Y%m%d%H}:{user_id or 0}:{reason}:{network}"


def masked_account(typed: str) -> str:
    """Return an account name that its owner recognises: 138****0001, l***.

    People type their password into the wrong field; it must not stand in a record.
    """
    name = typed.strip()
    if len(name) == 11 and name.isascii() and name.isdigit():
        return f"{name[:3]}****{name[-4:]}"
    return f"{name[:1]}***"

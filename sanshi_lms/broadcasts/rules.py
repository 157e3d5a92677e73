"""Rules of broadcasts: what a link may be, and where in time somebody stands."""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_TITLE = 100
LONGEST_URL = 500
LONGEST_ABOUT = 1000
LONGEST = timedelta(hours=12)
DOORS_OPEN = timedelta(hours=1)
"""How long before the beginning the link is shown."""


class Phase(StrEnum):
    """Where in time a broadcast stands."""

    BEFORE = "before"
    DOORS = "doors"
    ON = "on"
    OVER = "over"


def phase(starts_at: datetime, ends_at: datetime, at: datetime) -> Phase:
    """Return where `at` lies: the link is shown from DOORS until the end."""
    if at >= ends_at:
        return Phase.OVER
    if at >= starts_at:
        return Phase.ON
    return Phase.DOORS if at >= starts_at - DOORS_OPEN else Phase.BEFORE


def link_problem(url: str) -> str | None:
    """Return what is wrong with the address of a broadcast, and what to do; None when sound."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme != "https" or not host or "." not in host:
        return "请填写完整的网址，以 https:// 开头，例如 https://meeting.example.cn/123。"
    if parts.username or parts.password or any(sign.isspace() or sign == "\\" for sign in url):
        return "这个网址里有不该有的内容，请从直播平台重新复制一次。"
    return None


def length_problem(starts_at: datetime, ends_at: datetime) -> str | None:
    """Return what is wrong with the hours of a broadcast; None when sound."""
    if ends_at <= starts_at:
        return "结束时间要晚于开始时间。"
    if ends_at - starts_at > LONGEST:
        return "一场直播最长 12 小时，更长的请分成几场。"
    return None

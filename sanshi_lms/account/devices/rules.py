"""Rules of sign-ins: how long they last, and how device and address are told to their owner."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(days=180)
SEEN_EVERY = timedelta(minutes=5)
"""When a device was last here need not be known more exactly."""
DEVICE_LENGTH = 40
# Of two marks in a user agent the first one here is right: every phone's browser claims to be
# several others, and WeChat's window names the browser it is made of.
_MACHINES = (
    ("OpenHarmony", "鸿蒙手机或平板"),
    ("HarmonyOS", "鸿蒙手机或平板"),
    ("iPad", "iPad 平板"),
    ("iPhone", "苹果手机"),
    ("Android", "安卓手机或平板"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("CrOS", "Chromebook 电脑"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS = (
    ("wxwork/", "企业微信"),
    ("MicroMessenger/", "微信"),
    ("DingTalk/", "钉钉"),
    ("QQ/", "QQ"),
    ("MQQBrowser/", "QQ 浏览器"),
    ("QQBrowser/", "QQ 浏览器"),
    ("UCBrowser/", "UC 浏览器"),
    ("HuaweiBrowser/", "华为浏览器"),
    ("MiuiBrowser/", "小米浏览器"),
    ("360SE", "360 浏览器"),
    ("QIHU", "360 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("OPR/", "Opera 浏览器"),
    ("Firefox/", "火狐浏览器"),
    ("FxiOS/", "火狐浏览器"),
    ("CriOS/", "谷歌浏览器"),
    ("Chrome/", "谷歌浏览器"),
    ("Safari/", "Safari 浏览器"),
)


@dataclass(frozen=True)
class Bounds:
    """A sign-in lives that began after one moment and was seen after another."""

    began_after: datetime
    seen_after: datetime

    def hold(self, began_at: datetime, seen_at: datetime) -> bool:
        """Tell whether a sign-in with these moments lives."""
        return began_at > self.began_after and seen_at > self.seen_after


def bounds(at: datetime, idle_days: int) -> Bounds:
    """Return what lives at a moment; `idle_days` 0 ends nothing for being unused."""
    longest = at - LONGEST
    return Bounds(longest, at - timedelta(days=idle_days) if idle_days else longest)


def device_words(user_agent: str) -> str:
    """Return what a browser says of itself in the words of its owner: 苹果手机 · 微信."""
    machine = next((words for sign, words in _MACHINES if sign in user_agent), "")
    browser = next((words for sign, words in _BROWSERS if sign in user_agent), "")
    return " · ".join(filter(None, (machine, browser))) or "没有认出的设备"


def masked_address(address: str | None) -> str:
    """Return an address whose owner knows the network and nobody finds the house: 113.204.*.*."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "未知"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv4Address):
        return ".".join(str(found).split(".")[:2]) + ".*.*"
    return ":".join(part.lstrip("0") or "0" for part in found.exploded.split(":")[:3]) + ":*"

"""The rules of viewing: what is believed of a player's figures, and the words for trouble. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

KEPT = timedelta(days=30)
SHOWN_DAYS = 30
MAX_AGENT = 300
MAX_DETAIL = 2000
MAX_BODY = 8192
# Upper edges in milliseconds; the last takes everything slower.
FIRST_FRAME_EDGES = (100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 8000, 13_000, 120_000)
_LONGEST_SECONDS = 1900  # a player reports every minute, a hidden page a little later
_MOST_STALLS = 60
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mistaken for another
CODE_LENGTH = 6
CODE_SIGNS = _SIGNS
PATHS = {"hls.js": "网页程序播放", "native": "手机自带播放", "plain": "普通文件", "": "还没开始"}


@dataclass(frozen=True)
class Figures:
    """What one report adds to the day of a video."""

    plays: int = 0
    seconds: int = 0
    stalls: int = 0
    stalled_ms: int = 0
    failures: int = 0
    first_frame_ms: int | None = None

    @property
    def empty(self) -> bool:
        return not (self.plays or self.seconds or self.stalls or self.failures)


def believed(sent: object) -> Figures | None:
    """Return what a stranger's report may add, within bounds; None when it says nothing."""
    if not isinstance(sent, dict):
        return None
    plays = _whole(sent.get("plays"), 1)
    first = _whole(sent.get("first_frame_ms"), FIRST_FRAME_EDGES[-1])
    figures = Figures(
        plays=plays,
        seconds=_whole(sent.get("seconds"), _LONGEST_SECONDS),
        stalls=_whole(sent.get("stalls"), _MOST_STALLS),
        stalled_ms=_whole(sent.get("stalled_ms"), _LONGEST_SECONDS * 1000),
        failures=_whole(sent.get("failures"), 1),
        first_frame_ms=first if plays and first else None,
    )
    return None if figures.empty else figures


def _whole(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    return max(0, min(round(value), most))


def edge_of(milliseconds: int) -> int:
    """Return the upper edge of the class that a first-frame time falls into."""
    return next((e for e in FIRST_FRAME_EDGES if milliseconds <= e), FIRST_FRAME_EDGES[-1])


def median_ms(counts: Mapping[int, int]) -> float | None:
    """Return the median of times counted by upper edge, straight between the edges of its class."""
    half = sum(counts.values()) / 2
    if not half:
        return None
    below, passed = 0, 0
    for edge in FIRST_FRAME_EDGES:
        count = counts.get(edge, 0)
        if count and passed + count >= half:
            return below + (edge - below) * (half - passed) / count
        below, passed = edge, passed + count
    return float(FIRST_FRAME_EDGES[-1])


def figures_sentence(total: Figures, median: float | None, days: int = SHOWN_DAYS) -> str:
    """Return how a video played, as an administrator reads it."""
    if not total.plays and not total.failures:
        return f"近 {days} 天还没有人播放。"
    parts = [f"近 {days} 天播放 {total.plays} 次"]
    hours = total.seconds / 3600
    if hours >= 0.5:
        parts.append(f"卡顿 {total.stalls / hours:.1f} 次/小时")
    elif total.stalls:
        parts.append(f"共卡顿 {total.stalls} 次")
    else:
        parts.append("没有卡顿")
    if median is not None:
        parts.append(f"首帧中位 {median / 1000:.1f} 秒")
    if total.failures:
        parts.append(f"没放出来 {total.failures} 次")
    return "，".join(parts) + "。"


@dataclass(frozen=True)
class Cause:
    """Why a video did not play: `title` for the list, `advice` for who helps."""

    title: str
    advice: str


CAUSES = {
    "network": Cause(
        "网络不通", "对方的手机当时连不上本站。请对方换个网络（例如关掉 Wi-Fi 用流量）再试。"
    ),
    "slow": Cause("网络太慢", "请对方打开“省流”，或者选“只听声音”。"),
    "ended": Cause("页面放得太久", "播放地址已过期，请对方刷新页面。"),
    "gone": Cause("视频文件打不开", "请打开这个视频的页面检查能不能播放，必要时点“重新转码”。"),
    "blocked": Cause("播放程序没有加载", "可能被单位的防火墙或浏览器插件拦住，请换个浏览器再试。"),
    "codec": Cause("浏览器不支持", "请对方更新微信或浏览器，或换用手机自带的浏览器。"),
    "decode": Cause("画面解码出错", "请对方选“标清”或“普通文件”播放；多人出现时请重新转码。"),
    "fine": Cause("检查都正常", "当时各项检查都通过，可能是一时的网络波动。请对方再点一次播放。"),
}


def shown_code(code: str) -> str:
    """Return a code as it is read out: K7M-2QX."""
    return f"{code[:3]}-{code[3:]}"


def typed_code(text: str) -> str:
    """Return what a person typed or heard as a code is stored."""
    return "".join(sign for sign in text.upper() if sign in _SIGNS)[:CODE_LENGTH]


def browser_name(user_agent: str) -> str:
    """Return what the person would call the browser and device: 微信，iPhone."""
    programs = (
        ("MicroMessenger", "微信"),
        ("DingTalk", "钉钉"),
        ("QQBrowser", "QQ 浏览器"),
        ("UCBrowser", "UC 浏览器"),
        ("HuaweiBrowser", "华为浏览器"),
        ("MiuiBrowser", "小米浏览器"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    devices = (
        ("HarmonyOS", "鸿蒙手机"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "安卓手机"),
        ("Windows", "Windows 电脑"),
        ("Macintosh", "苹果电脑"),
        ("Linux", "Linux 电脑"),
    )
    program = next((name for sign, name in programs if sign in user_agent), "")
    device = next((name for sign, name in devices if sign in user_agent), "")
    return "，".join(part for part in (program, device) if part) or "不明"

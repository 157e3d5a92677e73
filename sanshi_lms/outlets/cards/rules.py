"""Rules of cards: what a page says of itself to other programs, and what WeChat has signed."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SITE = "三师微课堂"
SITE_LINE = "规划师、建筑师、工程师进社区"
HOME_LINE = (
    "规划师、建筑师、工程师讲给社区听：城市更新、加装电梯、议事协商，每节几分钟，手机就能学。"
)
MOST_LINE = 110
MOST_URL = 2048
FROM_POSTER = {"from": "poster"}
_CLOCK = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,2}):)?([0-9]{1,5})")
_END = "。！？!?；;"
_AFTER_END = re.compile("(?<=[。！？；：”]) ")
_SPACES = re.compile(r"\s+")
# A browser looks for the end of a script before anybody reads it as JSON.
_UNSAFE = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


@dataclass(frozen=True)
class Shape:
    """A picture's size in pixels."""

    width: int
    height: int


WIDE = "wide"
SHAPES: Mapping[str, Shape] = {
    WIDE: Shape(1200, 630),  # Open Graph
    "five4": Shape(1000, 800),  # the card of a WeChat mini program
    "square": Shape(800, 800),  # what WeChat shows beside a link
}
MOST_BYTES = 300 * 1024


def one_line(text: str, most: int = MOST_LINE) -> str:
    """Return the beginning of `text` as one line, cut after a sentence where that leaves enough."""
    line = _AFTER_END.sub("", _SPACES.sub(" ", text)).strip()
    if len(line) <= most:
        return line
    kept = line[:most]
    end = max(kept.rfind(mark) for mark in _END)
    return kept[: end + 1] if end >= most // 2 else f"{kept[: most - 1].rstrip('，、, ')}…"


def without_headings(markdown: str) -> str:
    """Return a text without its headings, which make no sentence when lines are joined."""
    return re.sub(r"(?m)^#{1,6}\s.*$", "", markdown)


def clauses(title: str) -> list[str]:
    """Return the parts of a title between which a line may end."""
    return re.findall(r"[^，。！？：；、—]+[，。！？：；、—]*|^[，。！？：；、—]+", title)


def json_for_script(data: object) -> str:
    """Return `data` as JSON that can stand inside a script element, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: _UNSAFE[found[0]], text)


def duration(seconds: float) -> str:
    """Return a length as ISO 8601 writes it: PT1H2M3S."""
    minutes, second = divmod(max(1, round(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    parts = ((hours, "H"), (minute, "M"), (second, "S"))
    return "PT" + "".join(f"{number}{letter}" for number, letter in parts if number)


def with_query(path: str, values: Mapping[str, object]) -> str:
    """Return `path` with what is not empty among `values` behind it."""
    asked = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{asked}" if asked else path


def second_in(text: str | None, length: float) -> int:
    """Return the second that "95" or "1:35" names; 0 for what is none or not within `length`."""
    found = _CLOCK.fullmatch((text or "").strip().replace("：", ":"))
    if not found:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    second = hours * 3600 + minutes * 60 + seconds
    return second if second < length else 0


def signable(url: str, host: str) -> str | None:
    """Return the address as WeChat signs it, without its fragment; None when it is not ours."""
    plain = url.partition("#")[0]
    if len(plain) > MOST_URL:
        return None
    try:
        asked = urlsplit(plain)
    except ValueError:
        return None
    return plain if asked.scheme in {"http", "https"} and asked.netloc == host else None


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature of a page for the JS-SDK.

    https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html, appendix 1: the four
    values by the names' order, as they are, joined like a query.
    """
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(signed.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def inside_wechat(user_agent: str) -> bool:
    """Tell whether a page is read inside WeChat itself; 企业微信 knows another kind of account."""
    told = user_agent.lower()
    return "micromessenger" in told and "wxwork" not in told

"""活动 as data: forums, visits, summary meetings; seats, waiting, checking in, what comes after.

The policy asks for talks at forums, visits across districts (二（五）) and 总结交流会 (二（四）).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KINDS = ("论坛", "现场观摩", "总结交流会", "沙龙")
TITLE_LENGTH = 60
PLACE_LENGTH = 80
ABOUT_LENGTH = 3000
LINES_LENGTH = 2000
WORDS_LENGTH = 300
MOST_SEATS = 5000
LONGEST = timedelta(days=14)
DOORS = timedelta(hours=2)
"""How long before it begins people may check in."""
_LINK = re.compile(
    r"(?P<name>.{1,80}?)[ \u3000\t]+(?P<url>(?:https://[^\s\\]|/[^/\s\\])[^\s\\]{0,300})"
)


class State(StrEnum):
    """Where an event stands. Drafts are seen by who arranges events."""

    DRAFT = "draft"
    OPEN = "open"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.DRAFT: ("草稿", "warn"),
    State.OPEN: ("已发布", "good"),
    State.CANCELLED: ("已取消", "bad"),
}


class Seat(StrEnum):
    """How somebody stands in an event."""

    IN = "in"
    WAITING = "waiting"
    OUT = "out"


SEATS: Mapping[Seat, tuple[str, str | None]] = {
    Seat.IN: ("报上了", "good"),
    Seat.WAITING: ("排队等名额", "warn"),
    Seat.OUT: ("已退出", None),
}


class NotAllowed(Exception):
    """Something that cannot be done now. `str()` is a sentence for whoever tried."""


def phase(starts: datetime, ends: datetime, moment: datetime) -> str:
    """Return "coming", "on" or "over". At its very end an event is over."""
    if moment < starts:
        return "coming"
    return "on" if moment < ends else "over"


def times_problem(starts: datetime, ends: datetime) -> str | None:
    """Return what is wrong with the times of an event, or None."""
    if ends <= starts:
        return "结束要晚于开始。"
    return "一次活动最多 14 天。" if ends - starts > LONGEST else None


def seat_for(taken: int, seats: int) -> Seat:
    """Return the seat of who signs up when so many are taken; 0 seats means no limit."""
    return Seat.IN if seats == 0 or taken < seats else Seat.WAITING


def check_sign_up(state: State, ends: datetime, moment: datetime) -> None:
    """Raise NotAllowed when nobody may sign up (any more)."""
    if state is not State.OPEN:
        raise NotAllowed("这场活动不能报名。")
    if moment >= ends:
        raise NotAllowed("活动已经结束，不能再报名。")


def check_in_problem(starts: datetime, ends: datetime, moment: datetime) -> str | None:
    """Return why nobody can check in at `moment`, or None."""
    if moment < starts - DOORS:
        return "还没有到签到的时间，开始前两小时可以签到。"
    return "活动已经结束，请找主办的人补签。" if moment >= ends else None


@dataclass(frozen=True)
class Link:
    """A material: its name and where it is."""

    name: str
    url: str


def is_our_path(text: str) -> bool:
    """Tell whether an address stays with us: a path, and no way out of it."""
    return re.fullmatch(r"/(?![/\\])[^\s\\]*", text) is not None


def read_links(text: str) -> list[Link]:
    """Return the materials of a text, a line each: a name, a space, an address of ours or https.

    Lines that are none are left out; `links_problem` says which.
    """
    found = (_LINK.fullmatch(line.strip()) for line in text.splitlines())
    return [Link(one["name"].strip(), one["url"]) for one in found if one]


def links_problem(text: str) -> str | None:
    """Return which line is no material, or None."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        found = _LINK.fullmatch(plain)
        if plain and (found is None or found["url"].startswith("//")):
            return (
                f"第 {number} 行不对：先写名称，空一格，再写网址（https:// 开头，或本站的路径）。"
            )
    return None

"""服务时长和积分 as data: what earns how much, and what a redemption may do.

The policy leaves incentives to districts (三（三）: 多元化激励措施): every number is a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NAME_LENGTH = 40
ABOUT_LENGTH = 300
WORDS_LENGTH = 300
MOST_POINTS = 100_000
MOST_STOCK = 10_000


@dataclass(frozen=True)
class Earning:
    """What earns points and minutes of service, with the numbers that it begins with (示例)."""

    name: str
    label: str
    points: int
    minutes: int


EARNINGS: Mapping[str, Earning] = {
    one.name: one
    for one in (
        Earning("done", "一件需求办结", 10, 120),
        Earning("confirmed", "居民确认解决", 10, 0),
        Earning("case", "写成的案例发布", 20, 60),
    )
}


class State(StrEnum):
    """Where a redemption stands."""

    ASKED = "asked"
    HANDED = "handed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.ASKED: ("等发放", "accent"),
    State.HANDED: ("已发放", "good"),
    State.REFUSED: ("没有换成，积分已退", "warn"),
    State.CANCELLED: ("自己取消，积分已退", None),
}


def hours_text(minutes: int) -> str:
    """Return a length of service as people say it: 2 小时, 1.5 小时, 30 分钟."""
    if minutes % 60 == 0:
        return f"{minutes // 60} 小时"
    return f"{minutes / 60:.1f} 小时" if minutes > 60 else f"{minutes} 分钟"

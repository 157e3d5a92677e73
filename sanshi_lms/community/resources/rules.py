"""资源 as data: places and things that are booked without clash, materials, money with its use.

The policy asks districts to secure 场地、资料和经费 for the programme (三（二）).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

NAME_LENGTH = 40
PLACE_LENGTH = 80
ABOUT_LENGTH = 600
PURPOSE_LENGTH = 100
WORDS_LENGTH = 300
URL_LENGTH = 300
KINDS = ("场地", "设备", "资料")
AHEAD = timedelta(days=92)
LONGEST = timedelta(days=7)
MOST_YUAN = 2_000_000_000
DAYS_SHOWN = 14


class State(StrEnum):
    """Where a booking stands. Asked and confirmed ones hold their time."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


STATES: Mapping[State, tuple[str, str | None]] = {
    State.ASKED: ("等确认", "accent"),
    State.CONFIRMED: ("订好了", "good"),
    State.REFUSED: ("没有订成", "bad"),
    State.CANCELLED: ("自己取消", None),
}
HOLDING = frozenset({State.ASKED, State.CONFIRMED})


@dataclass(frozen=True)
class Span:
    """A stretch of time, its end not included."""

    starts: datetime
    ends: datetime

    def meets(self, other: "Span") -> bool:
        """Tell whether two stretches have a moment in common; touching ends do not."""
        return self.starts < other.ends and other.starts < self.ends


def problem(span: Span, opens: int, closes: int, moment: datetime, zone: tzinfo) -> str | None:
    """Return what is wrong with a wish to book, or None. Hours are those of `zone`, 0 to 24."""
    if span.ends <= span.starts:
        return "结束要晚于开始。"
    if span.starts < moment:
        return "开始的时间已经过了。"
    if span.starts > moment + AHEAD:
        return "最多提前三个月预订。"
    if span.ends - span.starts > LONGEST:
        return "一次最多订 7 天。"
    begin, end = span.starts.astimezone(zone), span.ends.astimezone(zone)
    late = end.hour + end.minute / 60 if end.date() == begin.date() else 24
    if begin.date() != end.date() and (opens, closes) != (0, 24):
        return f"每天 {opens} 点到 {closes} 点开放，请一天一天地订。"
    if begin.hour + begin.minute / 60 < opens or (late > closes and closes < 24):
        return f"每天 {opens} 点到 {closes} 点开放。"
    return None


def clash(span: Span, taken: Iterable[Span]) -> Span | None:
    """Return the first booking that has a moment in common with `span`."""
    return next((one for one in taken if one.meets(span)), None)


def day_span(day: date, zone: tzinfo) -> Span:
    """Return a whole day."""
    begins = datetime.combine(day, time(), zone)
    return Span(begins, begins + timedelta(days=1))


def money(yuan: int) -> str:
    """Return an amount with its thousands apart: 12,000 元."""
    return f"{yuan:,} 元"

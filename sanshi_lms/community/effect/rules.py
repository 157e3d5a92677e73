"""What an effect sheet counts: periods, and each figure as a rule over the facts of a need.

The policy asks for 项目效果评估 and 工作效果评估 (二（一）). A figure and the rows behind it come
from the same rule, so that they cannot differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

DONE = frozenset({"done", "confirmed"})
EARLIEST_YEAR = 2020


@dataclass(frozen=True)
class Period:
    """A stretch of time, its end not included. `key` stands in addresses."""

    key: str
    label: str
    since: datetime
    until: datetime


ROLLING = {"30d": ("近 30 天", 30), "90d": ("近 90 天", 90), "365d": ("近一年", 365)}


def read_period(key: str, today: datetime) -> Period | None:
    """Return the period that an address names: 2026, 2026Q3, 2026-11, 90d; None for no such.

    `today` is a moment in the zone of our people; a period begins and ends at midnight there.
    """
    if key in ROLLING:
        label, days = ROLLING[key]
        return Period(key, label, today - timedelta(days=days), today)
    for marked, length in (("Q", 3), ("-", 1)):
        year_text, found, part_text = key.partition(marked)
        if found and (year := _year(year_text, today)) and part_text.isdigit():
            part = int(part_text) if len(part_text) <= 2 else 0
            if 1 <= part <= 12 // length:
                label = f"{year} 年{f'第 {part} 季度' if marked == 'Q' else f' {part} 月'}"
                month = (part - 1) * length + 1
                return Period(
                    key, label, _month(today, year, month), _month(today, year, month + length)
                )
    year = _year(key, today)
    if year:
        return Period(key, f"{year} 年", _month(today, year, 1), _month(today, year, 13))
    return None


def before(period: Period, today: datetime) -> Period:
    """Return the period before: the year, quarter or month before, or as many days."""
    if period.key in ROLLING:
        length = period.until - period.since
        return Period("", f"再往前 {length.days} 天", period.since - length, period.since)
    last = period.since - timedelta(days=1)
    key = f"{last.year}"
    if "Q" in period.key:
        key = f"{last.year}Q{(last.month + 2) // 3}"
    elif "-" in period.key:
        key = f"{last.year}-{last.month:02}"
    return read_period(key, today) or Period("", "", period.since, period.since)


def choices(today: datetime) -> list[Period]:
    """Return the periods to choose from, the nearest first."""
    quarter = (today.month + 2) // 3
    last_month = today.replace(day=1) - timedelta(days=1)
    last_quarter = today.replace(month=(quarter - 1) * 3 + 1, day=1) - timedelta(days=1)
    keys = (
        "30d", "90d", "365d",
        f"{today.year}-{today.month:02}", f"{last_month.year}-{last_month.month:02}",
        f"{today.year}Q{quarter}", f"{last_quarter.year}Q{(last_quarter.month + 2) // 3}",
        f"{today.year}", f"{today.year - 1}",
    )  # fmt: skip
    return [found for key in keys if (found := read_period(key, today))]


def months(until: datetime, count: int = 12) -> list[str]:
    """Return the keys of the last `count` months up to the moment before `until`, oldest first."""
    last = until - timedelta(seconds=1)
    at = last.year * 12 + last.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(at - count + 1, at + 1)]


def _year(text: str, today: datetime) -> int | None:
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if EARLIEST_YEAR <= year <= today.year + 1 else None


def _month(today: datetime, year: int, month: int) -> datetime:
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0, day=1)
    return midnight.replace(year=year + (month - 1) // 12, month=(month - 1) % 12 + 1)


class NeedFact(NamedTuple):
    """What counts of a need received in the period.

    `on_time` tells whether it was done within its limit; None without a limit or before the end.
    """

    id: int
    kind: str
    district: str
    community: str
    state: str
    pro_id: int | None
    received_at: datetime
    responded_at: datetime | None
    done_at: datetime | None
    reopened: int
    late: bool
    on_time: bool | None
    invented: bool = False

    @property
    def answered_in(self) -> float | None:
        """Seconds from the receipt to the first answer, waiting included."""
        return _seconds(self.received_at, self.responded_at)

    @property
    def done_in(self) -> float | None:
        """Seconds from the receipt to the closing, waiting included."""
        return _seconds(self.received_at, self.done_at)


@dataclass(frozen=True)
class Figure:
    """A figure: what it is called, and which needs it counts."""

    name: str
    label: str
    counts: Callable[[NeedFact], bool]


FIGURES: Mapping[str, Figure] = {
    one.name: one
    for one in (
        Figure("received", "收到", lambda _: True),
        Figure("responded", "已响应", lambda need: need.responded_at is not None),
        Figure("done", "办结", lambda need: need.done_at is not None),
        Figure("confirmed", "确认解决", lambda need: need.state == "confirmed"),
        Figure("on_time", "按时办结", lambda need: need.on_time is True),
        Figure("overdue", "办结超时", lambda need: need.on_time is False),
        Figure("reopened", "说过没解决", lambda need: need.reopened > 0),
        Figure("not_feasible", "暂不可行", lambda need: need.state == "not_feasible"),
        Figure("late", "现在超时", lambda need: need.late),
    )
}


@dataclass(frozen=True)
class Sheet:
    """What a set of needs comes to. Times in seconds, None where there are none."""

    counts: Mapping[str, int]
    answer_median: float | None
    answer_p90: float | None
    done_median: float | None
    done_p90: float | None

    def share(self, part: str, whole: str) -> str:
        """Return a share in words: 82%（41/50）; a dash where there is nothing to share."""
        total = self.counts[whole]
        return f"{self.counts[part] / total:.0%}（{self.counts[part]}/{total}）" if total else "—"

    @property
    def on_time_share(self) -> str:
        """Of the needs that were done and had a limit, how many within it."""
        total = self.counts["on_time"] + self.counts["overdue"]
        on_time = self.counts["on_time"]
        return f"{on_time / total:.0%}（{on_time}/{total}）" if total else "—"


def sheet(needs: Iterable[NeedFact]) -> Sheet:
    """Return what these needs come to."""
    listed = list(needs)
    answers = [n.answered_in for n in listed if n.answered_in is not None]
    ends = [n.done_in for n in listed if n.done_in is not None]
    return Sheet(
        counts={name: sum(map(one.counts, listed)) for name, one in FIGURES.items()},
        answer_median=percentile(answers, 50),
        answer_p90=percentile(answers, 90),
        done_median=percentile(ends, 50),
        done_p90=percentile(ends, 90),
    )


def behind(needs: Iterable[NeedFact], name: str, kind: str = "", state: str = "") -> list[NeedFact]:
    """Return the needs behind a figure, of a kind and in a state if these are given."""
    counts = FIGURES[name].counts
    return [
        need
        for need in needs
        if counts(need) and (not kind or need.kind == kind) and (not state or need.state == state)
    ]


def grouped(needs: Iterable[NeedFact], of: Callable[[NeedFact], str]) -> list[tuple[str, Sheet]]:
    """Return a sheet for each value of `of`, the one with most needs first."""
    groups: dict[str, list[NeedFact]] = {}
    for need in needs:
        groups.setdefault(of(need), []).append(need)
    ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    return [(name, sheet(some)) for name, some in ranked]


def state_counts(needs: Iterable[NeedFact]) -> Counter[str]:
    """Return how many needs stand where now."""
    return Counter(need.state for need in needs)


def change(now: int, earlier: int) -> str:
    """Return how a count changed against the period before, in words."""
    if now == earlier:
        return "和上期一样"
    return f"比上期{'多' if now > earlier else '少'} {abs(now - earlier)}"


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Return the nearest-rank percentile, a value that really occurred; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(1, ceil(percent / 100 * len(ordered))) - 1]


def _seconds(begun: datetime, ended: datetime | None) -> float | None:
    return (ended - begun).total_seconds() if ended else None

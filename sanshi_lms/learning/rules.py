"""Rules of learning: what a report of watching earns, when a lesson and a course are complete.

The server believes its own clock and nothing else. A report claims stretches of a lecture in media
time; each second claimed is paid from a balance that grows with the wall clock times the fastest
speed that earns. What the balance cannot pay was not watched, and such a report earns nothing.
All times here are whole milliseconds; media time counts from the start of the lecture.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Interval = tuple[int, int]

# A report may carry this many stretches; an honest one carries a handful.
MOST_STRETCHES = 200


@dataclass(frozen=True)
class WatchRule:
    """What watching must be like to count.

    share: part of the lecture to be seen, 0–1. fastest: highest speed that earns. slack_ms: what
    rounding and the network may add. waiting_ms: for how long reports may wait on a device that
    has no line; older time is not counted.
    """

    share: float = 0.9
    fastest: float = 2.0
    slack_ms: int = 3_000
    waiting_ms: int = 2 * 3_600_000

    def sentence(self) -> str:
        """Return the rule in one sentence, the same for learner and administrator."""
        seen = round(self.share * 100)
        return (
            f"看满视频的 {seen}% 就算学完；可以分几次看，{self.fastest:g} 倍速以内都算，"
            "拖动跳过的部分不算，重看不会减少进度。"
        )


class Reason(StrEnum):
    """Why a report earned nothing."""

    REPEATED = "repeated"
    SUPERSEDED = "superseded"
    FASTER_THAN_TIME = "faster_than_time"
    OUT_OF_ORDER = "out_of_order"
    UNATTENDED = "unattended"

    @property
    def sentence(self) -> str:
        """The reason for the person, in Chinese."""
        return _REASONS[self]


_REASONS = {
    Reason.REPEATED: "这段观看已经记过了。",
    Reason.SUPERSEDED: "您在另一个页面或设备上打开了课程，这里先不计时。想在这里学，请刷新本页。",
    Reason.FASTER_THAN_TIME: "这段观看超过了实际经过的时间，没有计入。正常播放会继续计入。",
    Reason.OUT_OF_ORDER: "这门课第一遍要按顺序看，跳着看的部分没有计入。请回到没看过的地方接着看。",
    Reason.UNATTENDED: "提问“还在看吗”以后播放的没有计入。点“在看”会继续计入，之前看的都在。",
}


@dataclass(frozen=True)
class Clock:
    """How one person's watching stands: one per person, so that one stream at a time earns.

    session: the playback session that earns; opened_at_ms: when its page was made; sequence: its
    last report; counted_until_ms: up to when wall-clock time has been turned into balance.
    """

    session: str
    opened_at_ms: int
    sequence: int
    counted_until_ms: int
    balance_ms: int


@dataclass(frozen=True)
class Report:
    """What a player says it has played since its last report."""

    session: str
    opened_at_ms: int
    sequence: int
    stretches: tuple[Interval, ...]


@dataclass(frozen=True)
class Verdict:
    """The clock after a report, and the stretches it earned or the reason why it did not."""

    clock: Clock
    earned: tuple[Interval, ...] = ()
    reason: Reason | None = None


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union of `intervals` as ordered, disjoint, non-touching stretches."""
    merged: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[1] > i[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def length(intervals: Iterable[Interval]) -> int:
    """Return the milliseconds that disjoint `intervals` cover."""
    return sum(end - start for start, end in intervals)


def clip(intervals: Iterable[Interval], duration_ms: int) -> tuple[Interval, ...]:
    """Return the union of `intervals` that lies inside a lecture of `duration_ms`."""
    return merge((max(0, start), min(end, duration_ms)) for start, end in intervals)


def judge(clock: Clock | None, report: Report, now_ms: int, rule: WatchRule) -> Verdict:
    """Return what `report`, arriving at `now_ms`, earns for the person whose clock this is.

    Replays, reordering and other sessions change nothing; whatever is sent, the sum of all that a
    person earns never passes wall-clock time times `rule.fastest`, but for `rule.slack_ms` once.
    """
    if clock is not None and report.session == clock.session:
        if report.sequence <= clock.sequence:
            return Verdict(clock, reason=Reason.REPEATED)
        current = clock
    elif clock is not None and report.opened_at_ms <= clock.opened_at_ms:
        return Verdict(clock, reason=Reason.SUPERSEDED)
    else:
        current = _open(clock, report, now_ms, rule)
    balance = _accrue(current, now_ms, rule)
    claimed = length(report.stretches)
    paid = claimed <= balance + rule.slack_ms
    after = Clock(
        session=current.session,
        opened_at_ms=current.opened_at_ms,
        sequence=report.sequence,
        counted_until_ms=max(now_ms, current.counted_until_ms),
        # Slack is lent, not given: the balance may go below zero by it once.
        balance_ms=balance - claimed if paid else balance,
    )
    if paid:
        return Verdict(after, earned=merge(report.stretches))
    return Verdict(after, reason=Reason.FASTER_THAN_TIME)


def _open(clock: Clock | None, report: Report, now_ms: int, rule: WatchRule) -> Clock:
    """Return the clock of a new session: it earns from when its page was made, never earlier.

    Nor for time that another session has turned into balance already; a debt goes along.
    """
    del rule
    began = min(report.opened_at_ms, now_ms)
    if clock is None:
        return Clock(report.session, report.opened_at_ms, -1, began, 0)
    until = max(began, clock.counted_until_ms)
    return Clock(report.session, report.opened_at_ms, -1, until, min(0, clock.balance_ms))


def _accrue(clock: Clock, now_ms: int, rule: WatchRule) -> int:
    elapsed = max(0, now_ms - clock.counted_until_ms)
    most = round(rule.waiting_ms * rule.fastest)
    return min(most, clock.balance_ms + round(elapsed * rule.fastest))


def is_watched(seen: Sequence[Interval], duration_ms: int, rule: WatchRule) -> bool:
    """Tell whether enough of a lecture of `duration_ms` has been seen."""
    # A player stops within a moment of the end, and each pause may lose a few milliseconds.
    whole = duration_ms - min(2_000, duration_ms // 50)
    return duration_ms > 0 and length(seen) >= min(duration_ms * rule.share, whole)


def seen_share(seen: Sequence[Interval], duration_ms: int) -> float:
    """Return the part of a lecture that has been seen, 0–1."""
    return min(1.0, length(seen) / duration_ms) if duration_ms > 0 else 0.0


def resume_at(position_ms: int, duration_ms: int) -> int:
    """Return where to go on: a little before the last position, or the start after the end."""
    if position_ms >= duration_ms - 5_000:
        return 0
    return max(0, position_ms - 2_000)


def is_course_complete(required: Collection[int], completed: Collection[int]) -> bool:
    """Tell whether all required lessons are completed; a course without any is never complete."""
    return bool(required) and set(required) <= set(completed)

"""Rules of learning: what watching must be like to count, when lesson and course are complete.

How a report is paid stands in wall_clock.py, the arithmetic of stretches in stretches.py. All times
here are whole milliseconds; media time counts from the start of the lecture.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sanshi_lms.learning.stretches import Interval, length

# A report may carry this many stretches; an honest one carries a handful.
MOST_STRETCHES = 200


@dataclass(frozen=True)
class WatchRule:
    """What watching must be like to count.

    share: part of the lecture to be seen, 0–1. fastest: highest speed that earns. slack_ms: what
    rounding and the network may add when a newer device takes over. waiting_ms: how much time may
    be made up for at once after a line was down; late_ms: for how long a report may be on its way.
    """

    share: float = 0.9
    fastest: float = 2.0
    slack_ms: int = 3_000
    waiting_ms: int = 2 * 3_600_000
    late_ms: int = 7 * 24 * 3_600_000

    def sentence(self) -> str:
        """Return the rule in one sentence, the same for learner and administrator."""
        seen = round(self.share * 100)
        return (
            f"看满视频的 {seen}% 就算学完；可以分几次看，{self.fastest:g} 倍速以内都算，"
            f"拖动跳过的部分不算，重看不会减少进度；{self.waiting_clause()}。"
        )

    def waiting_clause(self) -> str:
        """Return what holds for watching without a line, without a full stop."""
        hours = f"{self.waiting_ms / 3_600_000:g}"
        days = round(self.late_ms / 86_400_000)
        return f"断网时看的先存在手机或电脑上，{days} 天内联网就补记，一次最多补 {hours} 小时"


class Reason(StrEnum):
    """Why something that was reported did not count."""

    REPEATED = "repeated"
    SUPERSEDED = "superseded"
    FASTER_THAN_TIME = "faster_than_time"
    OUT_OF_ORDER = "out_of_order"
    UNATTENDED = "unattended"
    TOO_FAST = "too_fast"
    WAITED_TOO_LONG = "waited_too_long"
    OUTSIDE = "outside"

    @property
    def sentence(self) -> str:
        """The reason for the person, in Chinese."""
        return _REASONS[self]


_REASONS = {
    Reason.REPEATED: "这段观看已经记过了，不会重复计算。",
    Reason.SUPERSEDED: "您在另一个页面或设备上开始看了，同一时间只有一处计时，这里先不计。",
    Reason.FASTER_THAN_TIME: "这段观看超过了实际经过的时间，多出来的没有计入。正常播放会继续计入。",
    Reason.TOO_FAST: "这段播放得太快，没有计入。请把速度调低一点，再看一遍就会计入。",
    Reason.WAITED_TOO_LONG: "断网的时间太长，超出能补记的部分没有计入。请联网后再看一遍这一段。",
    Reason.OUTSIDE: "这段时间不在视频里面，没有计入。",
    Reason.OUT_OF_ORDER: "这门课第一遍要按顺序看，跳着看的部分没有计入。请回到没看过的地方接着看。",
    Reason.UNATTENDED: "提问“还在看吗”以后播放的没有计入。点“在看”会继续计入，之前看的都在。",
}


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

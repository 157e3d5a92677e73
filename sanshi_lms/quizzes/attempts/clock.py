"""The clock as a page shows it: seconds left by the server, and why a deadline was moved."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sanshi_lms.core.clock import local
from sanshi_lms.quizzes.attempts.queries import outages_of
from sanshi_lms.quizzes.attempts.rules import is_over, seconds_left
from sanshi_lms.quizzes.models import Attempt


@dataclass(frozen=True)
class ClockView:
    """What a page needs to count down. `left_ms` None means that there is no limit."""

    left_ms: int | None
    over: bool
    deadline: str
    reasons: list[str]

    def to_json(self) -> dict[str, object]:
        """Return what the script reads."""
        return {
            "left_ms": self.left_ms,
            "over": self.over,
            "deadline": self.deadline,
            "reasons": self.reasons,
        }


def clock_of(attempt: Attempt, at: datetime) -> ClockView:
    """Return an attempt's clock at `at`."""
    left = seconds_left(attempt.deadline_at, at)
    if left is None or attempt.deadline_at is None:
        return ClockView(None, over=False, deadline="", reasons=[])
    return ClockView(
        left_ms=ceil(left * 1000),
        over=is_over(attempt.deadline_at, attempt.grace_seconds, at),
        deadline=f"{local(attempt.deadline_at):%H:%M:%S}",
        reasons=[
            f"系统在 {local(outage.began_at):%H:%M} 到 {local(outage.ended_at):%H:%M} 中断过，"
            f"这段时间已经还给您，交卷时间延长了 {_length(seconds)}。"
            for outage, seconds in outages_of(attempt.id)
        ],
    )


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} 分 {rest:02} 秒" if minutes else f"{rest} 秒"

"""Rules of slowing down: after how many failures, for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""So long after the last failure nothing is counted any more; longer than any wait."""


@dataclass(frozen=True)
class Steps:
    """`free` failures cost nothing; then the wait is `first`, twice that, … up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta


HERE = Steps(free=5, first=timedelta(minutes=1), longest=timedelta(minutes=30))
EVERYWHERE = Steps(free=30, first=timedelta(minutes=5), longest=timedelta(minutes=15))


def wait_after(failures: int, steps: Steps) -> timedelta:
    """Return how long to wait after so many failures."""
    over = failures - steps.free
    if over < 0:
        return timedelta(0)
    doubled: timedelta = steps.first * (1 << min(over, 20))
    return min(doubled, steps.longest)


def minutes_left(until: datetime, at: datetime) -> int:
    """Return the whole minutes that are left, at least one while any time is."""
    return max(0, -(-(until - at) // timedelta(minutes=1)))

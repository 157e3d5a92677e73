"""Rules of the clock within an attempt. All moments are the server's; a device's never counts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

MOST_PAGES = 60
"""How many opened pages of one attempt are remembered; beyond, the one heard least is forgotten."""


def taken_until(deadline: datetime | None, grace_seconds: int) -> datetime | None:
    """Return until when answers are taken; None without a limit."""
    return None if deadline is None else deadline + timedelta(seconds=grace_seconds)


def is_over(deadline: datetime | None, grace_seconds: int, at: datetime) -> bool:
    """Tell whether an answer that comes at `at` is too late; the last moment itself is in time."""
    end = taken_until(deadline, grace_seconds)
    return end is not None and at > end


def seconds_left(deadline: datetime | None, at: datetime) -> float | None:
    """Return the seconds until the deadline, never below nought; None without a limit."""
    return None if deadline is None else max(0.0, (deadline - at).total_seconds())


def given_back(
    started: datetime, deadline: datetime, began: datetime, ended: datetime
) -> timedelta:
    """Return what an outage took from an attempt: from its beginning, or the attempt's, to its end.

    Who had no time left when it began lost nothing.
    """
    if began >= deadline or ended <= started:
        return timedelta(0)
    return ended - max(began, started)


def is_news(heard: Mapping[str, int], page: str, number: int) -> bool:
    """Tell whether a page's answer with this number was not heard before.

    A page numbers its answers upwards and sends them in that order, so that whatever is not above
    the last number is a repetition, however late it comes.
    """
    return number > heard.get(page, 0)


def heard_now(heard: Mapping[str, int], page: str, number: int) -> dict[str, int]:
    """Return what was heard, with this answer; the pages heard last come last."""
    rest = {name: known for name, known in heard.items() if name != page}
    kept = list(rest.items())[-(MOST_PAGES - 1) :]
    return {**dict(kept), page: number}

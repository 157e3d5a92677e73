"""Rules of my learning: which thing comes first, and how a due date is said."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

# A duty this near, or past, goes before the lesson that somebody is in the middle of.
NEAR = timedelta(days=14)


@dataclass(frozen=True)
class Duty:
    """Something a person has to do. `url` opens it; `why` says in Chinese who wants it.

    `due_at` None: no date is set. `minutes` is what is left to do, None when nobody knows.
    """

    title: str
    due_at: datetime | None
    url: str
    minutes: int | None
    done: bool
    why: str


def merged(duties: Iterable[Duty]) -> list[Duty]:
    """Return each thing once: with its earliest date and all the reasons for it.

    The same address is the same thing, whoever asks for it. What one asker let somebody off, that
    asker does not name; done is done for all.
    """
    by_url: dict[str, list[Duty]] = {}
    for duty in duties:
        by_url.setdefault(duty.url, []).append(duty)
    found = []
    for same in by_url.values():
        dates = [duty.due_at for duty in same if duty.due_at is not None]
        minutes = [duty.minutes for duty in same if duty.minutes is not None]
        found.append(
            replace(
                same[0],
                due_at=min(dates, default=None),
                minutes=max(minutes, default=None),
                done=any(duty.done for duty in same),
                why="；".join(dict.fromkeys(duty.why for duty in same)),
            )
        )
    return found


def in_order(duties: Iterable[Duty]) -> list[Duty]:
    """Return the duties that are not done, the soonest due first, those without a date last."""
    waiting = [duty for duty in duties if not duty.done]
    dated = sorted((d for d in waiting if d.due_at), key=lambda d: (d.due_at, d.title))
    return dated + [duty for duty in waiting if duty.due_at is None]


def first_duty(waiting: list[Duty], at: datetime, *, under_way: bool) -> Duty | None:
    """Return the duty to open with, or None when a lesson under way (or nothing) comes first.

    What is overdue or due within NEAR goes before all else; other duties only when no lesson is
    under way.
    """
    if not waiting:
        return None
    first = waiting[0]
    near = first.due_at is not None and first.due_at - at <= NEAR
    return first if near or not under_way else None


def due_words(due: date, today: date) -> str:
    """Return how far a due day is, in words."""
    days = (due - today).days
    if days < 0:
        return f"已过期 {-days} 天"
    if days == 0:
        return "今天截止"
    return "明天截止" if days == 1 else f"还有 {days} 天"


def due_tone(due: date, today: date) -> str:
    """Return the tone of a due day's badge: bad when it is past, warn within a week."""
    days = (due - today).days
    return "bad" if days < 0 else "warn" if days <= 7 else "river"

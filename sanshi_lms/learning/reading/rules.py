"""How long a text was really on the page, by the server's clock. Times are milliseconds."""

from dataclasses import dataclass

# A page that is looked at tells so every 15 s; a longer silence was not reading.
LONGEST_GAP_MS = 40_000
# Lessons that are read on their page.
READ_KINDS = frozenset({"reading", "document"})


@dataclass(frozen=True)
class ReadingClock:
    """The one page of a person that earns reading time, and until when it has been counted."""

    session: str
    opened_at_ms: int
    counted_until_ms: int


def beat(
    clock: ReadingClock | None, session: str, opened_at_ms: int, now_ms: int
) -> tuple[ReadingClock, int] | None:
    """Return the clock after a sign of a page, and the time it earned; None for an older page.

    The newest page earns, one at a time; time is never counted twice, nor any before the page was
    made. A silence longer than LONGEST_GAP_MS counts as nothing.
    """
    same = clock is not None and clock.session == session
    if clock is not None and not same and opened_at_ms <= clock.opened_at_ms:
        return None
    until = opened_at_ms if clock is None or not same else clock.counted_until_ms
    if clock is not None:
        until = max(until, clock.counted_until_ms)
    gap = now_ms - until
    earned = gap if 0 < gap <= LONGEST_GAP_MS else 0
    return ReadingClock(session, opened_at_ms, max(until, now_ms)), earned


def wanted_ms(minutes: int, percent: int) -> int:
    """Return the time a text of `minutes` asks for when `percent` of them is asked."""
    return round(minutes * 60_000 * percent / 100)


def missing_sentence(spent_ms: int, asked_ms: int) -> str:
    """Return how much is still to be read, for people."""
    left = max(0, asked_ms - spent_ms)
    minutes, seconds = divmod(-(-left // 1000), 60)
    told = f"{minutes} 分 {seconds} 秒" if minutes and seconds else f"{minutes} 分钟"
    return f"还要再读 {told if minutes else f'{seconds} 秒'}。"

"""What a report of watching earns: every moment of the wall clock pays at most once. Pure.

The server believes its own clock and nothing else. A person has the moments of the wall clock that
paid for nothing yet. A playback session may be paid with moments since its page was opened and
until a newer session of the same person began to play; each second of media time it claims costs
at least a second divided by the fastest speed that earns. So whatever is sent, in whatever order,
from however many pages and devices, the sum of all that is earned never passes wall-clock time
times that speed; and a device that was without a line is paid later with the moments in which it
played, even when another device was opened since.

A report says how fast it played and how long ago. Neither is believed: a false word can only cost
its sender something, for it chooses which moments are spent and never makes one.
"""

import json
from dataclasses import dataclass, replace

from sanshi_lms.learning.rules import Reason, WatchRule
from sanshi_lms.learning.stretches import Interval, beyond, first, last, length, merge, within

# How many of a person's sessions are remembered, the newest opened ones. What an older one sends
# is judged all the same; only its replays are then known by what was seen already.
MOST_SESSIONS = 12
# Moments left over between two reports are many and short; of more than these the shortest go.
MOST_SPANS = 40
# A report held up on its way may come after so many later ones.
SEQUENCES_KEPT = 64
# Less than this is rounding, and nobody is told of it.
WORTH_TELLING_MS = 1_000
_SLOWEST = 0.25


@dataclass(frozen=True)
class Session:
    """What is remembered of one opening of a lesson page.

    opened_ms: when its page was made. began_ms: when it first played; older sessions earn only for
    what they played before. heard_ms: when its allowance was last worked out. allowance_ms: how
    much of the wall clock may be paid to it at once. sequence: its highest report; mask: bit n set
    when report `sequence - n` came.
    """

    name: str
    opened_ms: int
    began_ms: int
    heard_ms: int
    allowance_ms: int
    sequence: int
    mask: int


@dataclass(frozen=True)
class Clock:
    """How one person's watching stands: moments that paid for nothing yet, up to `until_ms`."""

    until_ms: int
    unpaid: tuple[Interval, ...]
    sessions: tuple[Session, ...] = ()

    def dump(self) -> str:
        """Return the clock as text for its row."""
        sessions = [list(vars(session).values()) for session in self.sessions]
        return json.dumps([self.until_ms, self.unpaid, sessions], separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> "Clock":
        """Return what `dump` wrote."""
        until_ms, unpaid, sessions = json.loads(text)
        pairs = tuple((start, end) for start, end in unpaid)
        return cls(until_ms, pairs, tuple(Session(*values) for values in sessions))


@dataclass(frozen=True)
class Report:
    """What a player says of a while: how much it played, and what of it was not seen before.

    rate: how fast, by its own word; age_ms: how long ago the last of it was played, likewise.
    """

    session: str
    opened_ms: int
    sequence: int
    played_ms: int
    fresh: tuple[Interval, ...]
    rate: float = 1.0
    age_ms: int = 0


@dataclass(frozen=True)
class Verdict:
    """The clock after a report, what it earned, and why the rest of it did not."""

    clock: Clock
    earned: tuple[Interval, ...] = ()
    reason: Reason | None = None
    lost_ms: int = 0


def judge(clock: Clock | None, report: Report, now_ms: int, rule: WatchRule) -> Verdict:
    """Return what `report`, arriving at `now_ms`, earns for the person whose clock this is."""
    grown = _grown(clock, now_ms, rule)
    now_ms = grown.until_ms
    mine = next((one for one in grown.sessions if one.name == report.session), None)
    if mine is not None and _came_before(mine, report.sequence):
        return Verdict(grown, reason=Reason.REPEATED)
    if report.played_ms == 0:
        return Verdict(grown)
    played_until = now_ms - report.age_ms
    if mine is None:
        took = round(report.played_ms / max(report.rate, _SLOWEST))
        began = min(now_ms, max(report.opened_ms, played_until - took))
        mine = Session(report.session, report.opened_ms, began, report.opened_ms, 0, -1, 0)
    mine = _heard(mine, report, now_ms, rule)
    closed_ms = _closed_at(grown, mine)
    if closed_ms is not None and played_until > closed_ms + rule.slack_ms:
        return _nothing(grown, mine, report, Reason.SUPERSEDED)
    if played_until < now_ms - rule.late_ms:
        return _nothing(grown, mine, report, Reason.WAITED_TOO_LONG)
    if report.rate > rule.fastest * 1.01:
        return _nothing(grown, mine, report, Reason.TOO_FAST)
    return _pay(grown, mine, report, min(now_ms, closed_ms or now_ms), rule)


def _pay(clock: Clock, mine: Session, report: Report, end_ms: int, rule: WatchRule) -> Verdict:
    """Pay as much of the report as there are moments for."""
    window = within(clock.unpaid, mine.opened_ms, end_ms)
    available = min(length(window), mine.allowance_ms)
    claimed = length(report.fresh)
    paid = min(claimed, int(available * rule.fastest))
    # What played at its plain speed took that much time. Only where that is not there, a late
    # packet's doing, does a second cost no more than it must.
    usual = round(paid / min(max(report.rate, _SLOWEST), rule.fastest))
    spent = min(available, max(usual, -int(-paid // rule.fastest)))
    taken = _moments(window, spent, clock.until_ms - report.age_ms)
    after = replace(clock, unpaid=beyond(clock.unpaid, taken))
    mine = replace(mine, allowance_ms=mine.allowance_ms - spent)
    lost = claimed - paid
    reason = None
    if lost >= WORTH_TELLING_MS:
        waited = length(window) > mine.allowance_ms + spent
        reason = Reason.WAITED_TOO_LONG if waited else Reason.FASTER_THAN_TIME
    return Verdict(_remember(after, mine), first(report.fresh, paid), reason, lost if reason else 0)


def _nothing(clock: Clock, mine: Session, report: Report, reason: Reason) -> Verdict:
    return Verdict(_remember(clock, mine), reason=reason, lost_ms=length(report.fresh))


def _grown(clock: Clock | None, now_ms: int, rule: WatchRule) -> Clock:
    """Return the clock with all moments until now; those older than a report may be are gone."""
    oldest = now_ms - rule.late_ms
    if clock is None:
        return Clock(now_ms, ((oldest, now_ms),))
    until = max(now_ms, clock.until_ms)
    spans = within(merge([*clock.unpaid, (clock.until_ms, until)]), oldest, until)
    if len(spans) > MOST_SPANS:
        kept = sorted(spans, key=lambda span: span[0] - span[1])[:MOST_SPANS]
        spans = tuple(sorted(kept))
    return Clock(until, spans, clock.sessions)


def _came_before(mine: Session, sequence: int) -> bool:
    back = mine.sequence - sequence
    return back >= SEQUENCES_KEPT or (back >= 0 and bool(mine.mask >> back & 1))


def _heard(mine: Session, report: Report, now_ms: int, rule: WatchRule) -> Session:
    """Return the session with this report noted and its allowance up to date."""
    ahead = report.sequence - mine.sequence
    older, shifted = 1 << max(0, -ahead), mine.mask << min(max(0, ahead), SEQUENCES_KEPT)
    allowance = mine.allowance_ms + max(0, now_ms - mine.heard_ms)
    return replace(
        mine,
        sequence=max(mine.sequence, report.sequence),
        mask=(shifted | older) & ((1 << SEQUENCES_KEPT) - 1),
        heard_ms=max(now_ms, mine.heard_ms),
        allowance_ms=min(rule.waiting_ms, allowance),
    )


def _closed_at(clock: Clock, mine: Session) -> int | None:
    """Return when a session that was opened later began to play; None while this is the newest."""
    later = [one.began_ms for one in clock.sessions if one.opened_ms > mine.opened_ms]
    return min(later, default=None)


def _remember(clock: Clock, mine: Session) -> Clock:
    others = [one for one in clock.sessions if one.name != mine.name]
    newest = sorted([*others, mine], key=lambda one: one.opened_ms)[-MOST_SESSIONS:]
    return replace(clock, sessions=tuple(newest))


def _moments(window: tuple[Interval, ...], spent_ms: int, at_ms: int) -> tuple[Interval, ...]:
    """Choose which moments pay: the last ones before `at_ms`, then the first ones after it."""
    before = last(tuple(within(window, 0, at_ms)), spent_ms)
    after = beyond(window, within(window, 0, at_ms))
    return merge([*before, *first(after, spent_ms - length(before))])

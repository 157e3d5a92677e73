"""Rules of the notes: what is kept, for how long, and its sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

NoteKind = Literal["away", "paste"]
KINDS: tuple[NoteKind, ...] = get_args(NoteKind)
MOST_NOTES = 200
"""Of one attempt. A page that tells more tells nothing new."""
KEPT_DAYS = 180
"""Long enough for an objection to a result; then they are deleted (PIPL, Article 19)."""
_MOST = {"away": 24 * 3600, "paste": 20_000}


def sound_amount(kind: NoteKind, amount: int) -> int:
    """Return seconds or characters within what can be."""
    return max(0, min(amount, _MOST[kind]))


@dataclass(frozen=True)
class Summary:
    """What was noted of an attempt; times in seconds."""

    times_away: int
    seconds_away: int
    longest: int
    pastes: int


def summary_of(notes: Sequence[tuple[str, int]]) -> Summary:
    """Return the summary of (kind, amount)."""
    away = [amount for kind, amount in notes if kind == "away"]
    return Summary(len(away), sum(away), max(away, default=0), len(notes) - len(away))

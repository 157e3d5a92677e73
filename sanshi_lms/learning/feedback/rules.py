"""Rules of feedback: what is asked, and from how many people on it is shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_WORDS = 500
# Below this many people the sums would tell who said what.
FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """One of the three taps. `choices` are (value, label)."""

    name: str
    label: str
    choices: tuple[tuple[int, str], ...]


ASKED = (
    Asked("useful", "有用吗", ((3, "有用"), (2, "一般"), (1, "没用"))),
    Asked("level", "难不难", ((1, "太浅"), (2, "正好"), (3, "太难"))),
    Asked("length", "长不长", ((1, "太短"), (2, "正好"), (3, "太长"))),
)


@dataclass(frozen=True)
class Sums:
    """What people said of a course. `counts` holds, by tap, (label, how many); empty when hidden.

    `words` come without names and not in the order in which they were written.
    """

    people: int
    counts: dict[str, list[tuple[str, int]]]
    words: tuple[str, ...] = ()

    @property
    def shown(self) -> bool:
        """Tell whether enough people said something."""
        return self.people >= FEWEST_SHOWN


def read_choice(name: str, given: str | None) -> int | None:
    """Return what was tapped, or None when it is none of the choices."""
    asked = next((one for one in ASKED if one.name == name), None)
    known = {str(value): value for value, _ in asked.choices} if asked else {}
    return known.get(given or "")


def sums(taps: Sequence[dict[str, int | None]], words: Iterable[str]) -> Sums:
    """Return the sums of what people said; nothing but their number while they are few."""
    if len(taps) < FEWEST_SHOWN:
        return Sums(len(taps), {})
    counts = {}
    for asked in ASKED:
        found = Counter(tap.get(asked.name) for tap in taps)
        counts[asked.name] = [(label, found[value]) for value, label in asked.choices]
    return Sums(len(taps), counts, tuple(sorted(word for word in words if word)))

"""The best documents of a search: narrowed, counted, sorted, segment by segment."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sanshi_lms.search.engine import REACHABLE
from sanshi_lms.search.facets import Labels, lacking, order_key, tally, wanted_labels
from sanshi_lms.search.ways import Part

_SMALL = 1e-6
WHOLE = 1000.0
"""What lifts a document with all words over every one with some."""
Entry = tuple[float, int, int]
"""Score, segment, number of the document in it."""


@dataclass(frozen=True)
class Wish:
    """How the results of a plan are narrowed (dimension to value), sorted, and for whom."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    favour: str = ""
    today: int = 0


@dataclass
class Ranked:
    """The best documents of a search, best first, and how many there are.

    `matched` counts all before narrowing, `total` after it; `beside` are the best of those that
    one dimension alone keeps out: `counts` knows them too.
    """

    best: list[Entry] = field(default_factory=list)
    beside: list[Entry] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    matched: int = 0
    total: int = 0
    relaxed: bool = False


def collect(
    ranked: Ranked, index: int, part: Part, rows: Iterable[tuple[float, int]], wish: Wish
) -> None:
    """Take the rows (score, number) of a segment into `ranked`."""
    rows, facts = list(rows), part.facts
    wanted = wanted_labels(wish.chosen)
    ranked.matched += len(rows)
    ranked.counts.update(tally([facts[number].labels for _, number in rows], wanted))
    if wish.sort:
        rows = [(order_key(wish.sort, facts[n]) + score * _SMALL, n) for score, n in rows]
    if wanted:
        lacks = [lacking(facts[n].labels, wanted) for _, n in rows]
        beside = [row for row, few in zip(rows, lacks, strict=True) if few == 1]
        ranked.beside += [(score, index, n) for score, n in _first(beside)]
        rows = [row for row, few in zip(rows, lacks, strict=True) if not few]
    ranked.total += len(rows)
    ranked.best += [(score, index, number) for score, number in _first(rows)]


def _first(rows: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    return heapq.nsmallest(REACHABLE, rows, key=lambda entry: (-entry[0], entry[1]))


def by_score(entry: Entry) -> tuple[float, int, int]:
    """Order entries by score, the best first."""
    return -entry[0], entry[1], entry[2]


def best_of(ranked: Ranked) -> Ranked:
    """Keep the best of all segments."""
    ranked.best = heapq.nsmallest(REACHABLE, ranked.best, key=by_score)
    ranked.beside = heapq.nsmallest(REACHABLE, ranked.beside, key=by_score)
    return ranked


def seen_counts(
    ranked: Ranked, hidden: Sequence[Labels], chosen: Mapping[str, str]
) -> dict[str, int]:
    """Return the counts without the documents that the database says are closed by now."""
    less = tally(hidden, wanted_labels(chosen))
    return {label: n - less[label] for label, n in ranked.counts.items() if n > less[label]}

"""Terms as PostgreSQL's full text keeps them, their weights beside them, and the queries.

A term that weighs much stands in the vector once more with its step in front (STEPS): thus the
index alone finds the documents in which it weighs most, and a word that stands in every document
costs no more than a rare one.

A vector of a lecture is large and far from its row; to look up weights in a thousand of them takes
long. So the weights stand by themselves, four bytes a term, in order: 25 bits that are made from
the term, and 7 for its weight in steps.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import combinations
from operator import or_
from zlib import crc32

from sanshi_lms.search.ways import Group
from sanshi_lms.search.weighing import STEP

STEPS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0)
HIGH, MIDDLE = range(4, 10), range(1, 4)
MARK = "\x1f"
"""Begins the lexeme of a step; no term has it."""
MAX_BYTES = 900_000
"""A tsvector holds a megabyte."""
FEW_TERMS = 10_000
MAX_TIERS = 24


def vector(weights: Mapping[str, float]) -> str:
    """Return the tsvector of some terms as text."""
    parts = list[str]()
    for term, weight in weights.items():
        name = quoted(term)
        parts.append(name)
        if weight >= STEPS[0]:
            parts.append(f"{name[0]}{_mark(bisect_right(STEPS, weight) - 1)}{name[1:]}")
    return " ".join(parts)


def packed(weights: Mapping[str, float]) -> bytes:
    """Return the weights as `weight_in` reads them."""
    steps = (min(127, round(weight / STEP)) for weight in weights.values())
    return array("I", sorted(map(or_, map(name_of, weights), steps))).tobytes()


def unpacked(weights: bytes) -> Sequence[int]:
    """Return what `packed` made, to look things up in."""
    return memoryview(weights).cast("I")


def weight_in(weights: Sequence[int], name: int) -> float:
    """Return what the term with this name weighs, 0 if it does not stand there."""
    at = bisect_left(weights, name)
    found = weights[at] - name if at < len(weights) else 128
    return found * STEP if found < 128 else 0.0


def name_of(term: str) -> int:
    """Return the number of a term, one of 33 million: hardly two in a text agree."""
    return crc32(term.encode()) & ~0x7F


def bounded(weights: dict[str, float]) -> dict[str, float]:
    """Return as many terms as a tsvector can hold; of an endless document what weighs most."""
    if len(weights) <= FEW_TERMS:
        return weights
    found, size = dict[str, float](), 0
    for term in nlargest(len(weights), weights, key=weights.__getitem__):
        size += 2 * (len(term.encode()) + 8)
        if size > MAX_BYTES:
            break
        found[term] = weights[term]
    return found


def every(groups: Sequence[Group]) -> str:
    """Return the tsquery of documents that have all groups."""
    return " & ".join(map(_has, groups))


def enough_of(groups: Sequence[Group], enough: float) -> str:
    """Return the tsquery of documents that have groups whose idf makes `enough`."""
    return " | ".join(f"({every(some)})" for some in _smallest(groups, enough))


def tiers_of_all(groups: Sequence[Group]) -> list[str]:
    """Return tsqueries that take documents with all groups, the best first."""
    whole = every(groups)
    if len(groups) == 1:
        single = [_weighs(groups[0], [step]) for step in reversed(range(len(STEPS)))]
        return [*filter(None, single), whole]
    first, second = (
        [(7.0, _weighs(group, HIGH)), (4.0, _weighs(group, MIDDLE)), (1.0, "")]
        for group in groups[:2]
    )
    ways = [
        (groups[0].idf * a + groups[1].idf * b, [whole, *filter(None, (one, two))])
        for a, one in first
        for b, two in second
        if (one or a == 1.0) and (two or b == 1.0)
    ]
    ways.sort(key=lambda way: -way[0])
    return [" & ".join(f"({piece})" for piece in way) for _, way in ways]


def tiers_of_some(groups: Sequence[Group], enough: float) -> list[str]:
    """Return tsqueries that take documents with enough of the groups, the best first."""
    usual = sorted(groups, key=lambda group: -group.idf)[:5]
    sets = [
        some
        for size in range(len(usual), 0, -1)
        for some in combinations(usual, size)
        if sum(group.idf for group in some) >= enough
    ]
    sets.sort(key=lambda some: -sum(group.idf for group in some))
    found = [
        tier for some in sets for tier in (tiers_of_all(some) if len(some) == 1 else [every(some)])
    ]
    return [*found[:MAX_TIERS], enough_of(groups, enough)]


def quoted(term: str) -> str:
    """Return a term as tsvector and tsquery read it."""
    if "\\" in term or "'" in term:
        term = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{term}'"


def _has(group: Group) -> str:
    ways = [option.terms for option in group.options]
    if group.loose and group.parts:
        ways.append(group.parts)
    return _any_of(" & ".join(map(quoted, terms)) for terms in dict.fromkeys(ways))


def _weighs(group: Group, steps: Sequence[int]) -> str:
    """Return the tsquery of documents in which a word itself weighs so much."""
    own = [option.terms for option in group.options if option.share == 1.0]
    ways = own or [option.terms for option in group.options]
    return _any_of(
        " & ".join(_any_of(quoted(_stepped(term, step)) for step in steps) for term in terms)
        for terms in ways
    )


def _any_of(queries: Iterator[str]) -> str:
    found = list(queries)
    return f"({' | '.join(found)})" if found else ""


def _smallest(groups: Sequence[Group], enough: float) -> Iterator[tuple[Group, ...]]:
    """Yield the smallest sets of groups that tell enough: no part of one does."""
    # Counting as `with_some` does would lose 0.1 + 0.2 against 0.3.
    least = enough - 1e-9
    for size in range(1, len(groups) + 1):
        for some in combinations(groups, size):
            told = sum(group.idf for group in some)
            if told >= least and told - min(group.idf for group in some) < least:
                yield some


def _stepped(term: str, step: int) -> str:
    return f"{_mark(step)}{term}"


def _mark(step: int) -> str:
    return f"{MARK}{chr(ord('a') + step)}"

"""Terms and their weights as PostgreSQL's full text keeps them, and the queries that find them.

A lexeme's positions carry nothing but labels, and labels are coins: `ts_rank_cd` of a single
lexeme adds up what its labels are worth, which is the term's weight to 2 % (WORTH is its array of
weights). So PostgreSQL itself tells the weight that data/ranking.toml gave a term.

A term that weighs much stands there once more with its step in front (STEPS): thus the index alone
finds the documents in which it weighs most, and a word that stands in every document costs no more
than a rare one.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import nlargest
from itertools import combinations, combinations_with_replacement

from sanshi_lms.search.ways import Group
from sanshi_lms.search.weighing import STEP

COINS = {"A": 32, "B": 13, "C": 4, "D": 1}
MOST_COINS = 4
PRECISION = 0.05
WORTH = "{" + ", ".join(str(COINS[label] / COINS["A"]) for label in "DCBA") + "}"
UNIT = COINS["A"] * STEP
"""What one of `ts_rank_cd` stands for."""
STEPS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0)
HIGH, MIDDLE = range(4, 10), range(1, 4)
MARK = "\x1f"
"""Begins the lexeme of a step; no term has it."""
MAX_BYTES = 900_000
"""A tsvector holds a megabyte."""
FEW_TERMS = 10_000
MAX_TIERS = 24


def vector(weights: Mapping[str, float]) -> str:
    """Return a tsvector as text; of an endless document what weighs most."""
    if len(weights) > FEW_TERMS:
        weights = _heaviest(weights)
    parts = list[str]()
    for term, weight in weights.items():
        name = quoted(term)
        positions, step = _written(weight)
        parts.append(f"{name}:{positions}")
        if step is not None:
            parts.append(f"{name[0]}{step}{name[1:]}")
    return " ".join(parts)


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


def _heaviest(weights: Mapping[str, float]) -> dict[str, float]:
    """Return as many terms as a tsvector can hold, those that weigh most."""
    found, size = dict[str, float](), 0
    for term in nlargest(len(weights), weights, key=weights.__getitem__):
        size += 2 * (len(term.encode()) + 8)
        if size > MAX_BYTES:
            break
        found[term] = weights[term]
    return found


@lru_cache(maxsize=512)
def _written(weight: float) -> tuple[str, str | None]:
    """Return the positions of a weight and what its step begins with, if it has one."""
    step = bisect_right(STEPS, weight)
    return _coins(round(weight / STEP)), _mark(step - 1) if step else None


def _coins(units: int) -> str:
    """Return the positions of a weight: few coins that make it, exactly or nearly."""
    makes = {
        sum(COINS[coin] for coin in some): some
        for size in range(MOST_COINS, 0, -1)
        for some in combinations_with_replacement(COINS, size)
    }
    near = [made for made in makes if abs(made - units) <= units * PRECISION]
    best = min(near or makes, key=lambda made: (len(makes[made]) if near else 0, abs(made - units)))
    return ",".join(f"{place}{coin}" for place, coin in enumerate(makes[best], 1))

"""Facets of a list: what else could be chosen, with true counts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Facet:
    """One value of a dimension, with how many rows it would show; `word` if people see another."""

    value: str
    count: int
    chosen: bool
    word: str = ""


def facets(
    rows: Sequence[tuple[int, Mapping[str, Collection[str]]]],
    chosen: Mapping[str, str],
    order: Sequence[str],
) -> tuple[dict[str, list[Facet]], list[int]]:
    """Return for each dimension of `order` its values with true counts, and the ids of the chosen.

    A row is its id and its values, none, one or several of each dimension. A count is what the list
    would show if that value were chosen instead: the other dimensions stay narrowed as they are. A
    chosen value is shown even when nothing has it. The most frequent stand first.
    """
    wanted = {name: value for name, value in chosen.items() if value and name in order}
    found: dict[str, list[Facet]] = {}
    for name in order:
        others = {key: value for key, value in wanted.items() if key != name}
        counts: Counter[str] = Counter()
        for _, row in rows:
            if all(value in row[key] for key, value in others.items()):
                counts.update(value for value in row[name] if value)
        if wanted.get(name):
            counts.setdefault(wanted[name], 0)
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        found[name] = [Facet(value, n, value == wanted.get(name)) for value, n in ranked]
    ids = [n for n, row in rows if all(value in row[key] for key, value in wanted.items())]
    return found, ids

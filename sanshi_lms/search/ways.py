"""The ways in which a document may have a word: as it is, longer, another word, in its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sanshi_lms.search.facets import Facts
from sanshi_lms.search.ranking import ranking


class Part(Protocol):
    """Documents by number: a segment of an index, or those that are worth ranking."""

    @property
    def facts(self) -> Sequence[Facts] | Mapping[int, Facts]:
        """The facts of each document."""
        ...

    def postings(self, term: str) -> tuple[Iterable[int], Iterable[float]]:
        """Return the numbers of the documents with `term` and its weight in each."""
        ...


@dataclass(frozen=True)
class Option:
    """Terms that a document must all have, and which share of their weight they bring."""

    terms: tuple[str, ...]
    share: float

    def weights(self, part: Part) -> dict[int, float]:
        """Return the weight by document: that of the weakest term."""
        if len(self.terms) == 1:
            found = dict(zip(*part.postings(self.terms[0]), strict=True))
            return found if self.share == 1.0 else {n: w * self.share for n, w in found.items()}
        lists = [dict(zip(*part.postings(term), strict=True)) for term in self.terms]
        numbers = set(lists[0]).intersection(*lists[1:])
        return {n: self.share * min(one[n] for one in lists) for n in numbers}


@dataclass(frozen=True)
class Group:
    """The ways in which a document may have a word and, when `loose`, its parts."""

    options: tuple[Option, ...]
    parts: tuple[str, ...]
    pieces: tuple[str, ...]
    frequency: int
    idf: float
    loose: bool = False

    @property
    def known(self) -> bool:
        return bool(self.options) or (self.loose and bool(self.parts))

    @property
    def terms(self) -> list[str]:
        """All terms that `weights` may ask for."""
        ways = [*(option.terms for option in self.options), self.parts if self.loose else ()]
        return [term for terms in ways for term in terms]

    def loosened(self) -> "Group":
        return replace(self, loose=True)

    def weights(self, part: Part) -> dict[int, float]:
        """Return the weight by document, the best of its ways."""
        ways = [*self.options]
        if self.loose and self.parts:
            ways.append(Option(self.parts, ranking().shares["parts"]))
        first, *more = (way.weights(part) for way in ways)
        for found in more:
            for number, weight in found.items():
                if weight > first.get(number, 0.0):
                    first[number] = weight
        return first

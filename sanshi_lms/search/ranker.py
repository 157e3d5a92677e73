"""How a plan is answered, whatever engine finds the documents: all words, then some, then order.

An engine says how often terms stand, finds the documents of a wish, and knows their facts; what
counts and in which order is the same for every engine and stands here.
"""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto
from math import log

from sanshi_lms.search.facets import Facts
from sanshi_lms.search.plan import Need, Plan
from sanshi_lms.search.ranked import Entry, Ranked, Wish, by_score
from sanshi_lms.search.ranking import ranking
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.ways import Group, Option, Part

MAX_TERMS = 5
MAX_EXPANSIONS = 8
REREAD = 100
ENOUGH = 5


class Verbatim(Enum):
    """Where a document has the query as it was typed."""

    TITLE = auto()
    IN_TITLE = auto()
    IN_TEXT = auto()


class Ranker(ABC):
    """Answers plans from an index that does not change meanwhile."""

    count: int
    """How many documents there are."""

    @abstractmethod
    def frequency(self, term: str) -> int:
        """Return in how many documents `term` stands."""

    @abstractmethod
    def expansions(self, beginning: str) -> Iterable[str]:
        """Return terms that begin so, a bounded number of them."""

    @abstractmethod
    def sounds(self) -> Sounds:
        """Return how the titles sound."""

    @abstractmethod
    def all_of(self, groups: Sequence[Group], wish: Wish, phrases: Sequence[str]) -> Ranked:
        """Return the documents with all `groups` (known ones) and all `phrases`."""

    @abstractmethod
    def some_of(self, groups: Sequence[Group], enough: float, wish: Wish, whole: Ranked) -> Ranked:
        """Return `whole` and behind it the documents with `groups` whose idf makes `enough`."""

    @abstractmethod
    def facts(self, entry: Entry) -> Facts:
        """Return the facts of a ranked document."""

    @abstractmethod
    def verbatim(
        self, entries: Sequence[Entry], whole: str, *, texts: bool
    ) -> Mapping[int, Verbatim]:
        """Return where those of the entries, by place, have `whole`; `texts` are read if asked."""

    def heard(self, letters: str) -> Sequence[str]:
        """Return what letters stand for that are no word of any document."""
        if self.frequency(letters) or any(True for _ in self.expansions(letters)):
            return ()
        return self.sounds().heard(letters)

    def rank(self, wanted: Plan, wish: Wish) -> Ranked:
        """Return the best documents for `wanted`; with some of the words if none has all."""
        groups = sorted(map(self._group, wanted.needs), key=lambda group: group.frequency)
        found = self._all_of(groups, wish, wanted.phrases)
        if found.matched < ENOUGH and not wanted.phrases:
            found = self._all_of([group.loosened() for group in groups], wish)
        if not found.matched and wanted.phrases:
            found = self._all_of(groups, wish)
            found.relaxed = True
        if found.matched < ENOUGH:
            pieces = [piece for group in groups if (piece := self._in_pieces(group))]
            known = [group for group in groups if group.options]
            found = self._some_of(known, pieces, wish, found) if known or pieces else found
        if not wish.sort:
            self._prefer(found.best, wish)
            self._prefer_verbatim(found.best, wanted)
        return found

    def _group(self, need: Need) -> Group:
        shares = ranking().shares
        options = [Option(need.terms, 1.0)]
        if need.prefix:
            options += [Option((t,), shares["prefix"]) for t in self._longer(need.terms[0])]
        options += [Option(other, shares["synonym"]) for other in need.others]
        counted = [(option, self._documents_with(option.terms)) for option in options]
        frequency = min(sum(count for _, count in counted), self.count)
        # Two characters far from each other say little: only for a pair that stands nowhere.
        pair, known = len(need.terms[0]) == len(need.parts), counted[0][1] > 0
        return Group(
            options=tuple(option for option, count in counted if count),
            parts=need.parts if self._documents_with(need.parts) and not (pair and known) else (),
            pieces=need.parts,
            frequency=frequency,
            idf=log(1 + (self.count - frequency + 0.5) / (frequency + 0.5)),
        )

    def _in_pieces(self, group: Group) -> Group | None:
        """Return the parts of a word as a word of their own that tells half as much."""
        if all(len(piece) < 2 for piece in group.pieces):
            return None  # the characters of a pair say nothing each by itself
        share = ranking().shares["parts"]
        pieces = tuple(Option((one,), share) for one in group.pieces if self.frequency(one))
        return replace(group, options=pieces, idf=group.idf / 2) if pieces else None

    def _longer(self, beginning: str) -> list[str]:
        """Return the most frequent terms that begin so."""
        by_frequency = {t: self.frequency(t) for t in self.expansions(beginning) if t != beginning}
        return heapq.nlargest(MAX_EXPANSIONS, by_frequency, key=by_frequency.__getitem__)

    def _documents_with(self, terms: Sequence[str]) -> int:
        """Return a bound of the number of documents that have all `terms`."""
        return min(map(self.frequency, terms), default=0)

    def _all_of(self, groups: Sequence[Group], wish: Wish, phrases: Sequence[str] = ()) -> Ranked:
        if not groups or not all(group.known for group in groups):
            return Ranked()
        return self.all_of(groups[:MAX_TERMS], wish, phrases)

    def _some_of(
        self, known: Sequence[Group], pieces: Sequence[Group], wish: Wish, whole: Ranked
    ) -> Ranked:
        """Return `whole`, those with all words, and behind them those with the better half.

        Half of what the words tell, not of their number: a rare word tells more than a usual one,
        and the rarest is enough.
        """
        told = [group.idf for group in known or pieces]
        enough = min(sum(told) / 2, max(told))
        return self.some_of([*known[:MAX_TERMS], *pieces[:MAX_TERMS]], enough, wish, whole)

    def _prefer(self, best: list[Entry], wish: Wish) -> None:
        """Raise what is new, and what was made for people like the one who asks."""
        if not wish.today:
            return
        order, favoured = ranking(), f"audience={wish.favour}"
        for place, (score, index, number) in enumerate(best):
            facts = self.facts(best[place])
            factor = order.freshness(wish.today - facts.day) if facts.day else 1.0
            if wish.favour and favoured in facts.labels:
                factor *= 1 + order.order["audience"]
            best[place] = (score * factor, index, number)
        best.sort(key=by_score)

    def _prefer_verbatim(self, best: list[Entry], wanted: Plan) -> None:
        """Raise the best documents that have the query as it was typed.

        In the title it counts most, an equal title above all; in the text it counts the more the
        more words it has: a sentence remembered from a lecture is found by it.
        """
        spoken = min(3.0, 1.0 + 0.5 * (len(wanted.needs) - 1))
        gain = {
            Verbatim.TITLE: max(spoken, 2.0),
            Verbatim.IN_TITLE: max(spoken, 1.5),
            Verbatim.IN_TEXT: spoken,
        }
        head = best[:REREAD] if wanted.whole else []
        for place, found in self.verbatim(head, wanted.whole, texts=spoken > 1.0).items():
            score, index, number = head[place]
            head[place] = (score * gain[found], index, number)
        head.sort(key=by_score)
        best[: len(head)] = head


def with_all(
    groups: Sequence[Group], part: Part, keep: Callable[[set[int]], set[int]]
) -> list[tuple[float, int]]:
    """Return (score, number) of the documents of `part` with all groups that `keep` lets pass."""
    lists = [group.weights(part) for group in groups]
    numbers = keep(set(lists[0]).intersection(*lists[1:]))
    scores = [0.0] * len(numbers)
    for group, weights in zip(groups, lists, strict=True):
        idf = group.idf
        scores = [
            s + idf * w for s, w in zip(scores, map(weights.__getitem__, numbers), strict=True)
        ]
    return list(zip(scores, numbers, strict=True))


def with_some(groups: Sequence[Group], part: Part) -> dict[int, tuple[float, float]]:
    """Return, by document of `part`, its score and the idf of the groups it has."""
    scores: dict[int, float] = {}
    telling: dict[int, float] = {}
    for group in groups:
        for number, weight in group.weights(part).items():
            scores[number] = scores.get(number, 0.0) + group.idf * weight
            telling[number] = telling.get(number, 0.0) + group.idf
    return {n: (score, telling[n]) for n, score in scores.items()}

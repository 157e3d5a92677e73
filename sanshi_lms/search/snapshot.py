"""One generation of the index, open for reading: a plan in, ranked documents out."""

import heapq
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import log
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import REACHABLE, IndexDamagedError, Key
from sanshi_lms.search.generations import Stamp, stamp
from sanshi_lms.search.plan import Need, Plan
from sanshi_lms.search.segment import PostingCache, Segment

MAX_TERMS = 5
MAX_EXPANSIONS = 8
REREAD = 100
ENOUGH = 5
PREFIX_SHARE = 0.5
PARTS_SHARE = 0.33


@dataclass
class Ranked:
    """The best documents of a search, best first, as (score, segment, number in it)."""

    best: list[tuple[float, int, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    relaxed: bool = False


class Snapshot:
    """A generation held open. `close` it when no search uses it any more."""

    def __init__(self, folder: Path, stamps: dict[str, Stamp], cache: PostingCache) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self._stamps = stamps
        self._reader: Any = FileStorage(str(folder), readonly=True).open_index().reader()
        leaves = [leaf for leaf, _ in self._reader.leaf_readers() if leaf.doc_count_all()]
        self.segments = [Segment(leaf, cache) for leaf in leaves]
        self.count: int = self._reader.doc_count()
        self.dead: int = self._reader.doc_count_all() - self.count
        cache.labels = {s.name: s.labels for s in self.segments}

    def close(self) -> None:
        """Give the files back."""
        self._reader.close()

    def look_unharmed(self) -> None:
        """Raise IndexDamagedError if a file was touched since it was opened.

        Reading a mapped file that somebody cut short would kill the whole process (SIGBUS).
        """
        try:
            for name, known in self._stamps.items():
                if stamp(self.folder / name) != known:
                    raise IndexDamagedError(f"{name} was altered")
        except OSError as error:
            raise IndexDamagedError("a file of the index is gone") from error

    def rank(self, wanted: Plan, kinds: Sequence[str]) -> Ranked:
        """Return the best documents for `wanted`; with some of the words if none has all."""
        groups = sorted(map(self._group, wanted.needs), key=lambda group: group.frequency)
        phrases = [phrase.encode() for phrase in wanted.phrases]
        found = self._all_of(groups, kinds, phrases)
        if found.counts.total() < ENOUGH and not phrases:
            found = self._all_of([group.loosened() for group in groups], kinds)
        if not found.counts and phrases:
            found = self._all_of(groups, kinds)
            found.relaxed = True
        if not found.counts:
            known = [group.loosened() for group in groups if group.known]
            found = self._some_of(known, kinds) if known else found
            found.relaxed = True
        self._prefer_verbatim(found.best, wanted)
        return found

    def key(self, segment: int, number: int) -> Key:
        """Return kind and id of a ranked document."""
        kind, _, ref = self.segments[segment].labels[number].decode().rpartition(":")
        return kind, int(ref)

    def document(self, segment: int, number: int) -> Document:
        """Return a ranked document."""
        return self.segments[segment].document(number)

    def _group(self, need: Need) -> "_Group":
        terms = {need.term: self._frequency(need.term)}
        if need.prefix:
            longer = {t for s in self.segments for t in s.expansions(need.term)} - {need.term}
            by_frequency = {t: self._frequency(t) for t in longer}
            best = heapq.nlargest(MAX_EXPANSIONS, by_frequency, key=by_frequency.__getitem__)
            terms |= {term: by_frequency[term] for term in best}
        frequency = min(sum(terms.values()), self.count)
        has_parts = bool(need.parts) and all(map(self._frequency, need.parts))
        return _Group(
            exact=need.term,
            terms=tuple(term for term, count in terms.items() if count),
            parts=need.parts if has_parts else (),
            frequency=frequency,
            idf=log(1 + (self.count - frequency + 0.5) / (frequency + 0.5)),
        )

    def _frequency(self, term: str) -> int:
        return sum(segment.frequency(term) for segment in self.segments)

    def _all_of(
        self, groups: Sequence["_Group"], kinds: Sequence[str], phrases: Sequence[bytes] = ()
    ) -> Ranked:
        ranked = Ranked()
        if not groups or not all(group.known for group in groups):
            return ranked
        used = groups[:MAX_TERMS]
        for index, segment in enumerate(self.segments):
            lists = [group.weights(segment) for group in used]
            numbers = set(lists[0]).intersection(*lists[1:]) - segment.deleted
            if phrases:
                numbers = {n for n in numbers if segment.has_all(n, phrases)}
            scores = [0.0] * len(numbers)
            for group, weights in zip(used, lists, strict=True):
                idf = group.idf
                scores = [
                    s + idf * w
                    for s, w in zip(scores, map(weights.__getitem__, numbers), strict=True)
                ]
            _collect(ranked, index, segment, zip(scores, numbers, strict=True), kinds)
        return _best(ranked)

    def _some_of(self, groups: Sequence["_Group"], kinds: Sequence[str]) -> Ranked:
        used = groups[:MAX_TERMS]
        enough = (len(used) + 1) // 2
        ranked = Ranked()
        for index, segment in enumerate(self.segments):
            scores: dict[int, float] = {}
            matched: Counter[int] = Counter()
            for group in used:
                weights = group.weights(segment)
                matched.update(weights.keys())
                for number, weight in weights.items():
                    scores[number] = scores.get(number, 0.0) + group.idf * weight
            rows = (
                (score * matched[number], number)
                for number, score in scores.items()
                if matched[number] >= enough and number not in segment.deleted
            )
            _collect(ranked, index, segment, rows, kinds)
        return _best(ranked)

    def _prefer_verbatim(self, best: list[tuple[float, int, int]], wanted: Plan) -> None:
        """Raise the best documents that have the query as it was typed.

        In the title it counts most, an equal title above all; in the text it counts the more the
        more words it has: a sentence remembered from a lecture is found by it.
        """
        whole = wanted.whole.encode()
        spoken = min(3.0, 1.0 + 0.5 * (len(wanted.needs) - 1))
        head = best[:REREAD] if whole else []
        for place, (score, index, number) in enumerate(head):
            segment = self.segments[index]
            title = segment.title(number)
            if whole in title:
                head[place] = (score * max(spoken, 2.0 if title == whole else 1.5), index, number)
            elif spoken > 1.0 and segment.has_all(number, [whole]):
                head[place] = (score * spoken, index, number)
        head.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
        best[: len(head)] = head


@dataclass(frozen=True)
class _Group:
    """A term with the longer ones that may stand for it and, when `loose`, with its parts."""

    exact: str
    terms: tuple[str, ...]
    parts: tuple[str, ...]
    frequency: int
    idf: float
    loose: bool = False

    @property
    def known(self) -> bool:
        return bool(self.terms) or (self.loose and bool(self.parts))

    def loosened(self) -> "_Group":
        return replace(self, loose=True)

    def weights(self, segment: Segment) -> dict[int, float]:
        """Return the weight by document; a longer term counts half, its parts a third."""
        found: dict[int, float] = {}
        if self.loose and self.parts:
            lists = [dict(zip(*segment.postings(part), strict=True)) for part in self.parts]
            for number in set(lists[0]).intersection(*lists[1:]):
                found[number] = PARTS_SHARE * min(parts[number] for parts in lists)
        for term in self.terms:
            share = 1.0 if term == self.exact else PREFIX_SHARE
            numbers, weights = segment.postings(term)
            if not found and share == 1.0:  # the usual case, without a step per posting
                found = dict(zip(numbers, weights, strict=True))
                continue
            for number, weight in zip(numbers, weights, strict=True):
                if weight * share > found.get(number, 0.0):
                    found[number] = weight * share
        return found


def _collect(
    ranked: Ranked,
    index: int,
    segment: Segment,
    rows: Iterable[tuple[float, int]],
    kinds: Sequence[str],
) -> None:
    rows = list(rows)
    kind_of = segment.kinds.__getitem__
    ranked.counts.update(map(kind_of, [number for _, number in rows]))
    if kinds:
        rows = [entry for entry in rows if kind_of(entry[1]) in kinds]
    best = heapq.nsmallest(REACHABLE, rows, key=lambda entry: (-entry[0], entry[1]))
    ranked.best += [(score, index, number) for score, number in best]


def _best(ranked: Ranked) -> Ranked:
    ranked.best = heapq.nsmallest(REACHABLE, ranked.best, key=lambda e: (-e[0], e[1], e[2]))
    return ranked

"""One generation of the index, open for reading: a plan in, ranked documents out."""

import heapq
import threading
from collections.abc import Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import IndexDamagedError, Key
from sanshi_lms.search.facets import Labels
from sanshi_lms.search.generations import Stamp, stamp
from sanshi_lms.search.plan import Need, Plan
from sanshi_lms.search.ranked import WHOLE, Entry, Ranked, Wish, best_of, by_score, collect
from sanshi_lms.search.ranking import ranking
from sanshi_lms.search.segment import PostingCache, Segment
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.ways import Group, Option

MAX_TERMS = 5
MAX_EXPANSIONS = 8
REREAD = 100
ENOUGH = 5


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
        cache.facts = {s.name: s.facts for s in self.segments}
        cache.titles = {
            s.name: cache.titles[s.name] for s in self.segments if s.name in cache.titles
        }
        self._sounds: Sounds | None = None

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

    def sounds(self) -> Sounds:
        """Return how the titles sound, worked out when first asked for."""
        if self._sounds is None:
            self._sounds = Sounds(title for segment in self.segments for title in segment.titles())
        return self._sounds

    def heard(self, letters: str) -> Sequence[str]:
        """Return what letters stand for that are no word of any document."""
        if any(s.frequency(letters) or s.expansions(letters) for s in self.segments):
            return ()
        return self.sounds().heard(letters)

    def rank(self, wanted: Plan, wish: Wish) -> Ranked:
        """Return the best documents for `wanted`; with some of the words if none has all."""
        groups = sorted(map(self._group, wanted.needs), key=lambda group: group.frequency)
        phrases = [phrase.encode() for phrase in wanted.phrases]
        found = self._all_of(groups, wish, phrases)
        if found.matched < ENOUGH and not phrases:
            found = self._all_of([group.loosened() for group in groups], wish)
        if not found.matched and phrases:
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

    def labels(self, segment: int, number: int) -> Labels:
        """Return the labels of a ranked document."""
        return self.segments[segment].facts[number].labels

    def key(self, segment: int, number: int) -> Key:
        """Return kind and id of a ranked document."""
        kind, _, ref = self.segments[segment].labels[number].decode().rpartition(":")
        return kind, int(ref)

    def document(self, segment: int, number: int) -> Document:
        """Return a ranked document."""
        return self.segments[segment].document(number)

    def titled(self, piece: bytes, most: int) -> list[Key]:
        """Return documents whose squeezed title has `piece`, those that begin with it first."""
        found: list[tuple[int, int, Key]] = []
        for index, segment in enumerate(self.segments):
            for number, title in enumerate(segment.all_titles()):
                at = title.find(piece)
                if at >= 0 and number not in segment.deleted:
                    found.append((at, len(title), self.key(index, number)))
        return [key for _, _, key in heapq.nsmallest(most, found)]

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
        if group.options and all(len(piece) < 2 for piece in group.pieces):
            return None  # the characters of a pair that stands somewhere say nothing by themselves
        share = ranking().shares["parts"]
        pieces = tuple(Option((one,), share) for one in group.pieces if self._frequency(one))
        return replace(group, options=pieces, idf=group.idf / 2) if pieces else None

    def _longer(self, beginning: str) -> list[str]:
        """Return the most frequent terms that begin so."""
        found = {t for s in self.segments for t in s.expansions(beginning)} - {beginning}
        by_frequency = {term: self._frequency(term) for term in found}
        return heapq.nlargest(MAX_EXPANSIONS, by_frequency, key=by_frequency.__getitem__)

    def _documents_with(self, terms: Sequence[str]) -> int:
        """Return a bound of the number of documents that have all `terms`."""
        return min(map(self._frequency, terms), default=0)

    def _frequency(self, term: str) -> int:
        return sum(segment.frequency(term) for segment in self.segments)

    def _all_of(self, groups: Sequence[Group], wish: Wish, phrases: Sequence[bytes] = ()) -> Ranked:
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
            collect(ranked, index, segment, zip(scores, numbers, strict=True), wish)
        return best_of(ranked)

    def _some_of(
        self, known: Sequence[Group], pieces: Sequence[Group], wish: Wish, whole: Ranked
    ) -> Ranked:
        """Return `whole`, those with all words, and behind them those with the better half.

        Half of what the words tell, not of their number: a rare word tells more than a usual one,
        and the rarest is enough.
        """
        told = [group.idf for group in known or pieces]
        enough = min(sum(told) / 2, max(told))
        used = [*known[:MAX_TERMS], *pieces[:MAX_TERMS]]
        first = {(index, number) for _, index, number in (*whole.best, *whole.beside)}
        ranked = Ranked(relaxed=not first)
        for index, segment in enumerate(self.segments):
            scores: dict[int, float] = {}
            telling: dict[int, float] = {}
            for group in used:
                for number, weight in group.weights(segment).items():
                    scores[number] = scores.get(number, 0.0) + group.idf * weight
                    telling[number] = telling.get(number, 0.0) + group.idf
            rows = (
                (score * telling[n] / enough + WHOLE * ((index, n) in first), n)
                for n, score in scores.items()
                if n not in segment.deleted and (telling[n] >= enough or (index, n) in first)
            )
            collect(ranked, index, segment, rows, wish)
        return best_of(ranked)

    def _prefer(self, best: list[Entry], wish: Wish) -> None:
        """Raise what is new, and what was made for people like the one who asks."""
        if not wish.today:
            return
        order, favoured = ranking(), f"audience={wish.favour}"
        for place, (score, index, number) in enumerate(best):
            facts = self.segments[index].facts[number]
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
        head.sort(key=by_score)
        best[: len(head)] = head

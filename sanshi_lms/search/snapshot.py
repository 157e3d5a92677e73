"""One generation of the index, open for reading: a plan in, ranked documents out."""

import heapq
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import IndexDamagedError, Key
from sanshi_lms.search.facets import Facts, Labels
from sanshi_lms.search.generations import Stamp, stamp
from sanshi_lms.search.ranked import WHOLE, Entry, Ranked, Wish, best_of, collect
from sanshi_lms.search.ranker import Ranker, Verbatim, with_all, with_some
from sanshi_lms.search.segment import PostingCache, Segment
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.ways import Group


class Snapshot(Ranker):
    """A generation held open. `close` it when no search uses it any more."""

    def __init__(self, folder: Path, stamps: dict[str, Stamp], cache: PostingCache) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self._stamps = stamps
        self._reader: Any = FileStorage(str(folder), readonly=True).open_index().reader()
        leaves = [leaf for leaf, _ in self._reader.leaf_readers() if leaf.doc_count_all()]
        self.segments = [Segment(leaf, cache) for leaf in leaves]
        self.count = self._reader.doc_count()
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

    def frequency(self, term: str) -> int:
        """Return in how many documents `term` stands."""
        return sum(segment.frequency(term) for segment in self.segments)

    def expansions(self, beginning: str) -> set[str]:
        """Return terms that begin so, a bounded number of them."""
        return {term for segment in self.segments for term in segment.expansions(beginning)}

    def facts(self, entry: Entry) -> Facts:
        """Return the facts of a ranked document."""
        return self.segments[entry[1]].facts[entry[2]]

    def all_of(self, groups: Sequence[Group], wish: Wish, phrases: Sequence[str]) -> Ranked:
        """Return the documents with all `groups` and all `phrases`."""
        ranked, wanted = Ranked(), [phrase.encode() for phrase in phrases]
        for index, segment in enumerate(self.segments):
            rows = with_all(groups, segment, partial(_kept, segment, wanted))
            collect(ranked, index, segment, rows, wish)
        return best_of(ranked)

    def some_of(self, groups: Sequence[Group], enough: float, wish: Wish, whole: Ranked) -> Ranked:
        """Return `whole` and behind it the documents with `groups` whose idf makes `enough`."""
        first = {(index, number) for _, index, number in (*whole.best, *whole.beside)}
        ranked = Ranked(relaxed=not first)
        for index, segment in enumerate(self.segments):
            rows = (
                (score * telling / enough + WHOLE * ((index, n) in first), n)
                for n, (score, telling) in with_some(groups, segment).items()
                if n not in segment.deleted and (telling >= enough or (index, n) in first)
            )
            collect(ranked, index, segment, rows, wish)
        return best_of(ranked)

    def verbatim(self, entries: Sequence[Entry], whole: str, *, texts: bool) -> dict[int, Verbatim]:
        """Return where those of the entries, by place, have `whole`."""
        found, wanted = dict[int, Verbatim](), whole.encode()
        for place, (_, index, number) in enumerate(entries):
            segment = self.segments[index]
            title = segment.title(number)
            if wanted in title:
                found[place] = Verbatim.TITLE if title == wanted else Verbatim.IN_TITLE
            elif texts and segment.has_all(number, [wanted]):
                found[place] = Verbatim.IN_TEXT
        return found


def _kept(segment: Segment, phrases: Sequence[bytes], numbers: set[int]) -> set[int]:
    numbers = numbers - segment.deleted
    return {n for n in numbers if segment.has_all(n, phrases)} if phrases else numbers

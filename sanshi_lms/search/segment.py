"""A segment of the index: posting lists decoded once, the common ones kept.

A call per posting is what makes Whoosh slow; with whole lists in arrays the rest is set and
dictionary work. Whoosh's files know one position each: read a segment under its snapshot's lock.
"""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice

from whoosh.reading import SegmentReader, TermNotFound

from sanshi_lms.core.registers import Document
from sanshi_lms.search.facets import Facts, read_facts
from sanshi_lms.search.whoosh_schema import document_of

MAX_LOOKED_AT = 400
KEPT_POSTINGS = 1_000_000
Postings = tuple["array[int]", "array[float]"]
_NONE: Postings = (array("I"), array("f"))


class PostingCache:
    """What a process has decoded, by segment: segments outlive the generations they stand in.

    Posting lists are kept by segment and term, the least used dropped first; keys and facts of
    the documents as long as their segment is in use.
    """

    def __init__(self) -> None:
        self.labels: dict[str, list[bytes]] = {}
        self.facts: dict[str, list[Facts]] = {}
        self.titles: dict[str, list[bytes]] = {}
        self._kept: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, str]) -> Postings | None:
        """Return the list kept under `key`."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[str, str], postings: Postings) -> None:
        """Keep `postings`."""
        self._kept[key] = postings
        self._size += len(postings[0]) + 8
        while self._size > KEPT_POSTINGS:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped[0]) + 8


class Segment:
    """A part of the index that never changes but for deletions."""

    def __init__(self, reader: SegmentReader, cache: PostingCache) -> None:
        self._reader = reader
        self.name: str = reader.segment().segment_id()
        self._cache = cache
        self._plain = reader.column_reader("plain", translate=False)
        self._title = reader.column_reader("title", translate=False)
        if self.name not in cache.labels:
            labels = reader.column_reader("label", translate=False)
            cache.labels[self.name] = [labels[i] for i in range(reader.doc_count_all())]
        self.labels = cache.labels[self.name]
        if self.name not in cache.facts:
            lines, same = reader.column_reader("facts", translate=False), dict[str, str]()
            cache.facts[self.name] = [
                read_facts(lines[i].decode(), same) for i in range(reader.doc_count_all())
            ]
        self.facts = cache.facts[self.name]
        self.deleted = frozenset(reader.segment().deleted_docs())
        reader.stored_fields(0)  # opens its file now: later a new generation may have removed it

    def frequency(self, term: str) -> int:
        """Return in how many documents `term` stands."""
        try:
            return int(self._reader.term_info("terms", term).doc_frequency())
        except TermNotFound:
            return 0

    def expansions(self, prefix: str) -> list[str]:
        """Return terms that begin with `prefix`, a bounded number of them."""
        found = self._reader.expand_prefix("terms", prefix)
        return [term.decode() for term in islice(found, MAX_LOOKED_AT)]

    def postings(self, term: str) -> Postings:
        """Return the numbers of the documents with `term` and its weight in each."""
        key = (self.name, term)
        kept = self._cache.get(key)
        if kept is None:
            kept = self._decode(term)
            self._cache.put(key, kept)
        return kept

    def has_all(self, number: int, phrases: Sequence[bytes]) -> bool:
        """Tell whether the squeezed text of a document contains all `phrases`."""
        text = self._plain[number]
        return all(phrase in text for phrase in phrases)

    def title(self, number: int) -> bytes:
        """Return the squeezed title of a document."""
        return bytes(self._title[number])

    def all_titles(self) -> list[bytes]:
        """Return the squeezed titles of all documents by number, deleted ones too."""
        if self.name not in self._cache.titles:
            numbers = range(len(self.labels))
            self._cache.titles[self.name] = [bytes(self._title[n]) for n in numbers]
        return self._cache.titles[self.name]

    def titles(self) -> list[str]:
        """Return the squeezed titles of all documents that are not deleted."""
        every = enumerate(self.all_titles())
        return [title.decode() for number, title in every if number not in self.deleted]

    def document(self, number: int) -> Document:
        """Return a document as it was indexed."""
        return document_of(self.labels[number], self._reader.stored_fields(number)["shown"])

    def _decode(self, term: str) -> Postings:
        try:
            matcher = self._reader.postings("terms", term)
        except TermNotFound:
            return _NONE
        numbers, weights = array("I"), array("f")
        while matcher.is_active():
            numbers.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return numbers, weights

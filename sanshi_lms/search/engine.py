"""The interface of a search engine, whatever stands behind it: Whoosh or PostgreSQL.

The database is the truth; an engine holds a copy that can be thrown away and built again. One
process writes at a time, any number read.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sanshi_lms.core.registers import Document
from sanshi_lms.search.sounds import Sounds
from sanshi_lms.search.synonyms import Synonyms

Key = tuple[str, int]
"""Kind and id of a document."""

REACHABLE = 500
"""How many of the best documents of a search can be turned to; `total` counts all."""

Visible = Callable[[Sequence[Key]], set[Key]]
"""Asks the database which of the found documents everybody may see at this moment."""


class IndexDamagedError(Exception):
    """The index cannot be read: it is missing, cut short or altered. It must be built again."""


class WriterBusyError(Exception):
    """Another process is writing; try again a moment later."""


@dataclass(frozen=True)
class Hit:
    """A found document as it was indexed, and how well it matches (higher is better)."""

    document: Document
    score: float


@dataclass(frozen=True)
class Question:
    """What somebody asks: the text they typed, how it is narrowed and sorted, and for whom.

    `chosen` is a value by dimension (facets.DIMENSIONS), `sort` a key of facets.SORTS, `favour`
    an audience whose documents come a little earlier, `today` the day as facets.day_of counts it
    (0: age does not matter). Without `synonyms` those that come with the program are in force.
    """

    text: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    favour: str = ""
    today: int = 0
    synonyms: Synonyms | None = None


@dataclass(frozen=True)
class Found:
    """One page of hits. `total` knows all pages.

    `counts` has for each label ("kind=lesson") what choosing it instead would show. `relaxed` says
    that no document has all the words, so that these have only some of them. `marks` are the words
    to be shown as found.
    """

    hits: Sequence[Hit] = ()
    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    relaxed: bool = False
    marks: tuple[str, ...] = ()


class SearchEngine(Hashable, Protocol):
    """What the search room asks of an engine. All methods may be called from several threads."""

    def search(
        self,
        asked: Question,
        *,
        page: int = 1,
        limit: int = 10,
        visible: Visible | None = None,
    ) -> Found:
        """Find documents. Raises IndexDamagedError when there is no index that can be read."""
        ...

    def sounds(self) -> Sounds:
        """Return how the titles of all documents sound, not older than a minute.

        Raises IndexDamagedError.
        """
        ...

    def titled(self, piece: str, most: int) -> Sequence[Key]:
        """Return documents whose squeezed title contains `piece`, those that begin so first.

        Raises IndexDamagedError.
        """
        ...

    def update(self, documents: Iterable[Document], gone: Iterable[Key] = ()) -> None:
        """Add or replace `documents` and drop `gone`; durable and visible on return.

        Raises WriterBusyError or IndexDamagedError.
        """
        ...

    def rebuild(
        self,
        documents: Iterable[Document],
        again: Callable[[Sequence[Key]], Iterable[Document]],
    ) -> int:
        """Build the index anew while the old one keeps answering; return how many documents.

        `again` reads documents once more that were updated meanwhile. Raises WriterBusyError when
        another rebuild is running.
        """
        ...

    def check(self) -> None:
        """Compare the index with what was written. Raises IndexDamagedError."""
        ...

    def count(self) -> int:
        """Return how many documents the index holds. Raises IndexDamagedError."""
        ...

    def waste(self) -> float:
        """Return the share, from 0 to 1, of replaced documents that a rebuild would free.

        Raises IndexDamagedError.
        """
        ...

"""A search as pages show it: cards with marked words, and the seconds where they are said."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup

from sanshi_lms.core.registers import Document, registers
from sanshi_lms.search.engine import REACHABLE, Found, IndexDamagedError, SearchEngine
from sanshi_lms.search.highlight import Moment, marked, moments, snippet
from sanshi_lms.search.plan import corrections, plan
from sanshi_lms.search.sources import engine, visible

PAGE_SIZE = 10
SUGGESTED = 6
TRIED = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """A found document; `moments` are places in its video where the words are said."""

    kind: str
    label: str
    title: str
    title_marked: Markup
    parent: str
    snippet: Markup
    url: str
    topic: str
    audience: tuple[str, ...]
    moments: Sequence[Moment]

    def url_at(self, moment: Moment) -> str:
        """Return the address that opens the video at `moment`."""
        return f"{self.url}{'&' if '?' in self.url else '?'}t={moment.seconds}"


@dataclass(frozen=True)
class Results:
    """A page of a search. `counts` is (kind, label, number) before the kind filter.

    `meant` is what was probably meant, when the query itself finds little; it finds something.
    `damaged` says that the index is being repaired: nothing can be found for the moment.
    """

    query: str
    cards: Sequence[Card] = ()
    total: int = 0
    counts: Sequence[tuple[str, str, int]] = ()
    relaxed: bool = False
    meant: str = ""
    damaged: bool = False
    number: int = 1
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return max(1, -(-min(self.total, REACHABLE) // self.size))


def look_up(query: str, kind: str = "", page: int = 1, size: int = PAGE_SIZE) -> Results:
    """Return a page of what everybody may see and `query` finds. Never raises."""
    page = max(1, min(page, REACHABLE))
    try:
        kinds = [kind] if kind else []
        found = engine().search(query, kinds=kinds, page=page, limit=size, visible=visible)
    except IndexDamagedError as error:
        _log.warning("nothing can be found: %s", error)
        return Results(query=query, damaged=True)
    wanted = plan(query)
    return Results(
        query=query,
        cards=[_card(hit.document, wanted.marks) for hit in found.hits],
        total=found.total,
        counts=_counts(found),
        relaxed=found.relaxed,
        meant=_meant(query) if found.relaxed or not found.total else "",
        number=page,
        size=size,
    )


def suggestions() -> list[str]:
    """Return a few things worth searching for, each of which finds something."""
    try:
        return _suggested(engine(), engine().count())
    except IndexDamagedError:
        return []


@lru_cache(maxsize=1)
def _suggested(searched: SearchEngine, documents: int) -> list[str]:
    """Try the ideas again whenever the number of documents changes."""
    del documents
    return [word for word in _ideas() if searched.search(word, limit=1).total][:SUGGESTED]


def _meant(query: str) -> str:
    for better in corrections(query)[:TRIED]:
        found = engine().search(better, limit=1, visible=visible)
        if found.total and not found.relaxed:
            return better
    return ""


def _card(document: Document, marks: Sequence[str]) -> Card:
    source = registers().sources[document.kind]
    cues = source.cues(document.ref) if document.transcript else ()
    # A lecture that has just been closed may still be in the index: its words are not shown.
    spoken = document.transcript if cues else ""
    return Card(
        kind=document.kind,
        label=source.label,
        title=document.title,
        title_marked=marked(document.title, marks),
        parent=document.parent,
        snippet=snippet((document.body, spoken, document.headings), marks),
        url=document.url,
        topic=document.topic,
        audience=document.audience,
        moments=moments(cues, marks),
    )


def _counts(found: Found) -> list[tuple[str, str, int]]:
    sources = registers().sources
    return [
        (kind, sources[kind].label, found.counts[kind]) for kind in sources if kind in found.counts
    ]


@lru_cache(maxsize=1)
def _ideas() -> tuple[str, ...]:
    text = (files(__package__) / "data" / "suggestions.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and line[0] != "#")

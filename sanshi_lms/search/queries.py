"""A search as pages show it: cards with marked words, and where in a video or paper they stand."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup

from sanshi_lms.core.facets import Facet
from sanshi_lms.core.registers import Document, registers
from sanshi_lms.search.engine import REACHABLE, IndexDamagedError, Question, SearchEngine
from sanshi_lms.search.facets import DIMENSIONS, LENGTH_WORDS, LENGTHS, SORTS, day_of
from sanshi_lms.search.highlight import Moment, marked, moments, snippet
from sanshi_lms.search.meaning import likely_meant
from sanshi_lms.search.sources import engine, visible
from sanshi_lms.search.words import synonyms_in_force

PAGE_SIZE = 10
SUGGESTED = 6
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What a person asks for: text, narrowing, order, and which audience they belong to."""

    text: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    favour: str = ""

    def question(self, moment: datetime) -> Question:
        """Return it as engines take it."""
        return Question(
            self.text,
            chosen={name: value for name, value in self.chosen.items() if name in DIMENSIONS},
            sort=self.sort if self.sort in SORTS else "",
            favour=self.favour,
            today=day_of(moment),
            synonyms=synonyms_in_force(),
        )


@dataclass(frozen=True)
class Card:
    """A found document; `moments` are places in its video or on its pages with the words."""

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
    minutes: int | None = None
    at: datetime | None = None

    def url_at(self, moment: Moment) -> str:
        """Return the address that opens the video, or the paper, at `moment`."""
        if moment.url:
            return moment.url
        if moment.page is not None:
            return f"{self.url}#page-{moment.page}"
        return f"{self.url}{'&' if '?' in self.url else '?'}t={moment.seconds}"


@dataclass(frozen=True)
class Results:
    """A page of a search. `facets` are (dimension, its word, values with true counts).

    `meant` is what was probably meant, when no document has all words of the query; then the first
    page shows what that finds.
    `damaged` says that the index is being repaired: nothing can be found for the moment.
    """

    query: str
    cards: Sequence[Card] = ()
    total: int = 0
    facets: Sequence[tuple[str, str, Sequence[Facet]]] = ()
    relaxed: bool = False
    meant: str = ""
    damaged: bool = False
    number: int = 1
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return max(1, -(-min(self.total, REACHABLE) // self.size))

    @property
    def nothing(self) -> bool:
        """Tell whether something was asked and nothing has all its words, narrowed or not."""
        return bool(self.query) and not self.damaged and (self.relaxed or not self.facets)


def look_up(asked: Asked, moment: datetime, page: int = 1, size: int = PAGE_SIZE) -> Results:
    """Return a page of what everybody may see and was asked for. Never raises."""
    page = max(1, min(page, REACHABLE))
    question = asked.question(moment)
    try:
        found = engine().search(question, page=page, limit=size, visible=visible)
        relaxed, meant = found.relaxed, ""
        if asked.text and (relaxed or not found.counts):
            meant, better = likely_meant(engine(), question, visible)
            found = better if meant and page == 1 else found
    except IndexDamagedError as error:
        _log.warning("nothing can be found: %s", error)
        return Results(query=asked.text, damaged=True)
    return Results(
        query=asked.text,
        cards=[_card(hit.document, found.marks) for hit in found.hits],
        total=found.total,
        facets=_facets(found.counts, question.chosen),
        relaxed=relaxed,
        meant=meant,
        number=page,
        size=size,
    )


def suggestions() -> list[str]:
    """Return a few things worth searching for, each of which finds something."""
    try:
        return _suggested(engine(), engine().count())
    except IndexDamagedError:
        return []


def value_word(dimension: str, value: str) -> str:
    """Return the word that people see for a value of a dimension."""
    if dimension == "kind":
        source = registers().sources.get(value)
        return source.label if source else value
    return LENGTH_WORDS.get(value, value) if dimension == "length" else value


@lru_cache(maxsize=1)
def _suggested(searched: SearchEngine, documents: int) -> list[str]:
    """Try the ideas again whenever the number of documents changes."""
    del documents
    return [word for word in _ideas() if searched.search(Question(word), limit=1).total][:SUGGESTED]


def _card(document: Document, marks: Sequence[str]) -> Card:
    source = registers().sources[document.kind]
    cues = source.cues(document.ref)
    # A lecture that has just been closed may still be in the index: its words are not shown.
    spoken = document.transcript if any(cue.page is None for cue in cues) else ""
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
        minutes=document.minutes,
        at=document.at,
    )


def _facets(
    counts: Mapping[str, int], chosen: Mapping[str, str]
) -> list[tuple[str, str, list[Facet]]]:
    found: list[tuple[str, str, list[Facet]]] = []
    for name, word in DIMENSIONS.items():
        values = {one: n for one, n in _values(counts, name) if n}
        if chosen.get(name):
            values.setdefault(chosen[name], 0)
        ranked = sorted(values, key=lambda one: _place(name, one, values[one]))
        if ranked:
            found.append((name, word, [_facet(name, one, values[one], chosen) for one in ranked]))
    return found


def _facet(name: str, value: str, count: int, chosen: Mapping[str, str]) -> Facet:
    return Facet(value, count, value == chosen.get(name), value_word(name, value))


def _values(counts: Mapping[str, int], name: str) -> list[tuple[str, int]]:
    start = f"{name}="
    return [(label[len(start) :], n) for label, n in counts.items() if label.startswith(start)]


def _place(name: str, value: str, count: int) -> tuple[float, str]:
    if name == "length":
        return (list(LENGTHS).index(value) if value in LENGTHS else 9, value)
    return (-int(value), value) if name == "year" and value.isdigit() else (-count, value)


@lru_cache(maxsize=1)
def _ideas() -> tuple[str, ...]:
    text = (files(__package__) / "data" / "suggestions.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and line[0] != "#")

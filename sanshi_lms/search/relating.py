"""What else there is about the same: asked of the engine by the telling words of a title."""

from collections.abc import Iterator
from dataclasses import dataclass

from sanshi_lms.core.registers import Document, registers
from sanshi_lms.search.analysis import is_han, segment, squeeze, stop_words
from sanshi_lms.search.engine import IndexDamagedError, Key, Question
from sanshi_lms.search.rules import family_of, is_family
from sanshi_lms.search.sources import documents_of, engine, visible
from sanshi_lms.search.words import synonyms_in_force

MOST = 4
MOST_WORDS = 3
LOOKED_AT = 40
_OF_US = frozenset({"help"})  # pages about the site are about no subject of a lesson


@dataclass(frozen=True)
class Related:
    """Something about the same; `label` says what it is, `parent` what it belongs to."""

    kind: str
    label: str
    title: str
    url: str
    parent: str
    minutes: int | None


def related(kind: str, ref: int) -> list[Related] | None:
    """Return up to four documents about the same as this one, the likeliest first.

    Without itself, its course and what else stands in that course; only what everybody may see
    now. None when there is no such document that everybody may see. Never raises.
    """
    own = subject(kind, ref)
    return None if own is None else related_to(own)


def subject(kind: str, ref: int) -> Document | None:
    """Return a document; None unless there is one that everybody may see."""
    source = registers().sources.get(kind)
    return next(iter(source.documents([ref])), None) if source else None


def related_to(own: Document) -> list[Related]:
    """Return what is about the same as a document, as `related` does."""
    try:
        keys = _near(own)
    except IndexDamagedError:
        return []
    # What is shown is read from the database: the index may know an older title.
    by_key = {(one.kind, one.ref): one for one in documents_of(keys)}
    sources = registers().sources
    return [
        Related(x.kind, sources[x.kind].label, x.title, x.url, x.parent, x.minutes)
        for key in keys
        if (x := by_key.get(key))
    ]


def _near(own: Document) -> list[Key]:
    """Ask until there is enough, what says most of the document first."""
    root, synonyms = family_of(own.kind, own.url), synonyms_in_force()
    found: dict[Key, None] = {}
    for text in dict.fromkeys(_questions(own)):
        question = Question(text, synonyms=synonyms)
        hits = engine().search(question, limit=LOOKED_AT, visible=visible).hits
        for one in (hit.document for hit in hits):
            if one.kind not in _OF_US and not is_family(one.url, root):
                found[one.kind, one.ref] = None
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def _questions(own: Document) -> Iterator[str]:
    """Yield the title, what it belongs to, its words one by one, and the topic."""
    yield own.title
    if own.kind == "lesson" and own.parent:
        yield own.parent
    words = [w for w in segment(squeeze(own.title)) if len(w) > 1 and is_han(w)]
    words = [w for w in words if w not in stop_words()]
    yield from sorted(words, key=len, reverse=True)[:MOST_WORDS]
    if own.topic:
        yield own.topic

"""Suggestions while somebody types: titles for everybody, by characters, pinyin, initials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sanshi_lms.core.registers import registers
from sanshi_lms.search.analysis import is_han, squeeze
from sanshi_lms.search.engine import IndexDamagedError, Key, SearchEngine
from sanshi_lms.search.sources import documents_of, engine, visible
from sanshi_lms.search.words import synonyms_in_force

MOST = 8
MOST_CANDIDATES = 40
SHORTEST = 1


@dataclass(frozen=True)
class Suggestion:
    """A title that the typed text may mean; `label` says what it is."""

    text: str
    label: str
    url: str


def suggest(typed: str) -> list[Suggestion]:
    """Return titles for what was typed so far, the likeliest first. Never raises."""
    piece = "".join(squeeze(typed).split())
    if len(piece) < SHORTEST:
        return []
    try:
        keys = _candidates(engine(), piece)
    except IndexDamagedError:
        return []
    # Which of them may be seen is asked of the database for all at once, hidden ones or not, and
    # what is shown is read from it too: a title that was closed a moment ago is gone here as well.
    seen = visible(keys)
    shown = [key for key in keys if key in seen][:MOST]
    by_key = {(one.kind, one.ref): one for one in documents_of(shown)}
    sources = registers().sources
    found = [by_key[key] for key in shown if key in by_key]
    return [Suggestion(one.title, sources[one.kind].label, one.url) for one in found]


def _candidates(searched: SearchEngine, piece: str) -> Sequence[Key]:
    keys: dict[Key, None] = {}
    for word in _words(searched, piece):
        keys.update(dict.fromkeys(searched.titled(word, MOST_CANDIDATES)))
        if len(keys) >= MOST_CANDIDATES:
            break
    return list(keys)[:MOST_CANDIDATES]


def _words(searched: SearchEngine, piece: str) -> Iterator[str]:
    """Yield pieces of titles that may be meant, as typed first."""
    yield piece
    if not is_han(piece):
        yield from searched.sounds().heard(piece)
    yield from synonyms_in_force().get(piece, ())

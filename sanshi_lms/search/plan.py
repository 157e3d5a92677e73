"""What a person typed, turned into a plan: the terms a document must have, phrases, what to mark.

The text is data from the first character to the last: brackets, AND, OR, stars and tildes have no
meaning of their own here, so none of them can break a query or make it cost seconds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sanshi_lms.search.analysis import (
    bigrams,
    domain_words,
    is_han,
    runs,
    segment,
    squeeze,
    stop_words,
)

MAX_CHARACTERS = 80
MAX_NEEDS = 12
_PHRASE = re.compile(r'["“”„「『]([^"“”„「」『』]+)["“”」』]')


@dataclass(frozen=True)
class Need:
    """A term that a document must have.

    `prefix` lets longer terms that begin with it do too; `parts` are words that together say much
    the same (费用分摊: 费用, 分摊), used when the term itself is rare.
    """

    term: str
    prefix: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """`needs` in order of appearance; `phrases` must stand in the text as they are; `marks` are
    what the person would see as found; `whole` is the query without blanks, for titles.
    """

    needs: tuple[Need, ...]
    phrases: tuple[str, ...]
    marks: tuple[str, ...]
    whole: str


@dataclass(frozen=True)
class _Word:
    text: str
    needs: tuple[Need, ...]

    @property
    def telling(self) -> bool:
        return self.text not in stop_words()


def plan(query: str) -> Plan:
    """Return the plan of `query`, of which the first 80 characters are read."""
    query = query[:MAX_CHARACTERS]
    phrases = [p for p in (_tight(found) for found in _PHRASE.findall(query)) if p]
    words = [_Word(phrase, tuple(_of_phrase(phrase))) for phrase in phrases]
    loose = [run for piece in _PHRASE.sub(" ", query).split() for run in runs(piece)]
    for run in loose:
        words += _han(run) if is_han(run) else [_Word(run, (Need(run, run is loose[-1]),))]
    words = [word for word in words if word.telling] or words
    needs = dict.fromkeys(need for word in words for need in word.needs)
    marks = dict.fromkeys(mark for word in words for mark in _marks(word))
    if len(loose) == 1:
        marks[loose[0]] = None
    return Plan(
        needs=tuple(needs)[:MAX_NEEDS],
        phrases=tuple(phrases),
        marks=tuple(sorted(marks, key=len, reverse=True)),
        whole=_tight(query),
    )


def corrections(query: str) -> list[str]:
    """Return `query` with one mistyped character of a domain word put right, likeliest first.

    Words of four and more characters only: shorter ones have too many neighbours.
    """
    text = _tight(query[:MAX_CHARACTERS])
    found: dict[str, int] = {}
    for word in domain_words():
        size = len(word)
        for start in range(len(text) - size + 1) if size >= 4 else ():
            piece = text[start : start + size]
            if sum(a != b for a, b in zip(piece, word, strict=True)) == 1:
                found[text[:start] + word + text[start + size :]] = size
    return sorted(found, key=lambda better: (-found[better], better))


def _tight(text: str) -> str:
    return "".join(squeeze(text).split())


def _marks(word: _Word) -> Iterator[str]:
    yield word.text
    for need in word.needs:
        yield from need.parts


def _of_phrase(phrase: str) -> Iterator[Need]:
    """Yield what every text containing `phrase` has."""
    for run in runs(phrase):
        if is_han(run):
            yield from (Need(term) for term in _exact(run))
        else:
            yield Need(run)


def _exact(run: str) -> list[str]:
    return [run] if len(run) == 1 or run in domain_words() else bigrams(run)


def _han(run: str) -> Iterator[_Word]:
    if len(run) == 1:
        yield _Word(run, (Need(run, prefix=True),))
        return
    start = 0
    for text in segment(run):
        if len(text) == 1 and text not in stop_words():
            # A single character says little by itself: it is looked for with its neighbour.
            at = min(start, len(run) - 2)
            pair = run[at : at + 2]
            yield _Word(pair, (Need(pair),))
        elif text in domain_words():
            yield _Word(text, (Need(text, parts=_parts(text)),))
        else:
            yield _Word(text, tuple(Need(term) for term in _exact(text)))
        start += len(text)


def _parts(word: str) -> tuple[str, ...]:
    """Cut a domain word of four or six characters into pairs, which is nearly always right."""
    if len(word) not in (4, 6):
        return ()
    return tuple(word[i : i + 2] for i in range(0, len(word), 2))

"""What a person typed, turned into a plan: the terms a document must have, phrases, what to mark.

The text is data from the first character to the last: brackets, AND, OR, stars and tildes have no
meaning of their own here, so none of them can break a query or make it cost seconds.
"""

import re
from collections.abc import Callable, Iterator, Sequence
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
from sanshi_lms.search.synonyms import Synonyms, in_digits, in_words, shipped_synonyms

MAX_CHARACTERS = 80
MAX_NEEDS = 12
MAX_JOINED = 4
MAX_OTHERS = 6
_PHRASE = re.compile(r'["“”„「『]([^"“”„「」『』]+)["“”」』]')


@dataclass(frozen=True)
class Need:
    """A word that a document must have: all its `terms`.

    `prefix` lets longer terms that begin with it do too; `parts` are words that together say much
    the same (费用分摊: 费用, 分摊), used when the word itself is rare; each of `others` is another
    word for the same, with all terms that a document then must have.
    """

    terms: tuple[str, ...]
    prefix: bool = False
    parts: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()


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
    others: tuple[str, ...] = ()

    @property
    def telling(self) -> bool:
        return self.text not in stop_words()


Heard = Callable[[str], Sequence[str]]
"""Says which Han words Latin letters may stand for, when they are no word themselves."""


def deaf(letters: str) -> Sequence[str]:
    """Hear nothing in letters."""
    del letters
    return ()


def plan(query: str, synonyms: Synonyms | None = None, heard: Heard = deaf) -> Plan:
    """Return the plan of `query`, of which the first 80 characters are read.

    Without `synonyms` those that come with the program are in force.
    """
    alike = shipped_synonyms() if synonyms is None else synonyms
    query = query[:MAX_CHARACTERS]
    phrases = [p for p in (_tight(found) for found in _PHRASE.findall(query)) if p]
    words = [_Word(phrase, tuple(_of_phrase(phrase))) for phrase in phrases]
    loose = [run for piece in _PHRASE.sub(" ", query).split() for run in runs(piece)]
    for run in loose:
        if is_han(run):
            words += _han(run, alike)
        else:
            words.append(_latin(run, alike, heard, last=run is loose[-1]))
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
    yield from word.others
    for need in word.needs:
        # 电 and 梯 apart from each other may do where nothing has 电梯; marked they only flicker.
        yield from (part for part in need.parts if len(part) > 1)


def _of_phrase(phrase: str) -> Iterator[Need]:
    """Yield what every text containing `phrase` has."""
    for run in runs(phrase):
        if is_han(run):
            yield from (Need((term,)) for term in _exact(run))
        else:
            yield Need((run,))


def _exact(run: str) -> list[str]:
    return [run] if len(run) == 1 or run in domain_words() else bigrams(run)


def terms_of(word: str) -> tuple[str, ...]:
    """Return the terms that every document with `word` in it has."""
    return tuple(term for run in runs(word) for term in (_exact(run) if is_han(run) else [run]))


def _latin(run: str, alike: Synonyms, heard: Heard, *, last: bool) -> _Word:
    others = (*alike.get(run, ()), *filter(None, [in_words(run)]), *heard(run))[:MAX_OTHERS]
    need = Need((run,), prefix=last, others=tuple(terms_of(other) for other in others))
    return _Word(run, (need,), others)


def _han(run: str, alike: Synonyms) -> Iterator[_Word]:
    if len(run) == 1:
        others = alike.get(run, ())[:MAX_OTHERS]
        means = tuple(terms_of(other) for other in others)
        yield _Word(run, (Need((run,), prefix=True, others=means),), others)
        return
    start = 0
    cut = segment(run)
    while cut:
        joined, taken = _known_word(cut, alike)
        text = joined or cut[0]
        yield from _word(run, start, text, alike)
        start += len(text)
        del cut[: taken or 1]


def _known_word(cut: Sequence[str], alike: Synonyms) -> tuple[str, int]:
    """Return the longest word with synonyms that the next pieces make together."""
    for size in range(min(MAX_JOINED, len(cut)), 0, -1):
        joined = "".join(cut[:size])
        if joined in alike:
            return joined, size
    return "", 0


def _word(run: str, start: int, text: str, alike: Synonyms) -> Iterator[_Word]:
    others = (*alike.get(text, ()), *filter(None, [in_digits(text)]))[:MAX_OTHERS]
    if others:
        means = tuple(terms_of(other) for other in others)
        yield _Word(text, (Need(terms_of(text), parts=_parts(text), others=means),), others)
    elif len(text) == 1 and text not in stop_words():
        # A single character says little by itself: it is looked for with its neighbour.
        at = min(start, len(run) - 2)
        pair = run[at : at + 2]
        yield _Word(pair, (Need((pair,), parts=_characters(pair)),))
    elif text in domain_words():
        yield _Word(text, (Need((text,), parts=_parts(text)),))
    else:
        pairs = _exact(text)
        yield _Word(text, tuple(Need((one,), parts=_characters(one)) for one in pairs))


def _characters(pair: str) -> tuple[str, ...]:
    return tuple(pair) if len(pair) == 2 else ()


def _parts(word: str) -> tuple[str, ...]:
    """Cut a word of four or six characters into pairs, which is nearly always right."""
    if len(word) not in (4, 6):
        return ()
    return tuple(word[i : i + 2] for i in range(0, len(word), 2))

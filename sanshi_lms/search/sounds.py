"""How titles sound: pinyin and initials (laojiu, ljxq), and characters that sound alike."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from sanshi_lms.core.syllables import syllables
from sanshi_lms.search.analysis import is_han, squeeze

MAX_MATCHES = 2000
SHORTEST = 2
SHORTEST_INITIALS = 3
LONGEST_ALIKE = 8


class Sounds:
    """The titles of an index, to be found by how they sound."""

    def __init__(self, titles: Iterable[str]) -> None:
        self.characters = "".join(f"{squeeze(title)}\n" for title in titles)
        spoken = syllables(self.characters)
        self._spoken = "".join(spoken)
        self._firsts = "".join(syllable[0] for syllable in spoken)
        self._starts = array("I")
        at = 0
        for syllable in spoken:
            self._starts.append(at)
            at += len(syllable)

    def heard(self, letters: str, most: int = 3) -> list[str]:
        """Return the Han words that `letters` may stand for, the most frequent first."""
        if len(letters) < SHORTEST or not letters.isascii() or not letters.isalpha():
            return []
        whole = Counter(self._by_syllables(letters))
        if not whole and len(letters) >= SHORTEST_INITIALS:
            whole = Counter(self._by_initials(letters))
        if not whole:
            whole = Counter(self._by_syllables(letters, unfinished=True))
        ranked = sorted(whole.items(), key=lambda one: (-one[1], one[0]))
        return [word for word, _ in ranked[:most]]

    def alike(self, word: str) -> list[str]:
        """Return words of titles that sound like `word` and are written otherwise."""
        found = Counter(self._by_syllables("".join(syllables(word))))
        ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        return [other for other, _ in ranked if len(other) == len(word) and other != word]

    def _by_syllables(self, letters: str, *, unfinished: bool = False) -> Iterator[str]:
        for at in _places(self._spoken, letters):
            first = bisect_left(self._starts, at)
            if self._starts[first] != at:
                continue
            last = bisect_left(self._starts, at + len(letters))
            ends = last < len(self._starts) and self._starts[last] == at + len(letters)
            word = self.characters[first:last]
            if (ends or unfinished) and len(word) >= SHORTEST and is_han(word):
                yield word

    def _by_initials(self, letters: str) -> Iterator[str]:
        for at in _places(self._firsts, letters):
            word = self.characters[at : at + len(letters)]
            if is_han(word):
                yield word


def same_sound(text: str, sounds: Sounds) -> Iterator[str]:
    """Yield `text` with a piece replaced by words of titles that sound alike, longest first."""
    for size in range(min(len(text), LONGEST_ALIKE), 1, -1):
        for start in range(len(text) - size + 1):
            piece = text[start : start + size]
            if is_han(piece):
                for other in sounds.alike(piece)[:2]:
                    yield text[:start] + other + text[start + size :]


def _places(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    for _ in range(MAX_MATCHES):
        if at < 0:
            return
        yield at
        at = text.find(piece, at + 1)

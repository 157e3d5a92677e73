"""How Chinese is read: the pinyin of characters and of words that are read otherwise.

Readings come from two small files of data, made with pypinyin: the library itself would cost each
web process 55 MB of memory.
"""

import re
from functools import lru_cache
from importlib.resources import files


def syllables(text: str) -> list[str]:
    """Return how each character of `text` sounds; what is no Han character stands for itself."""
    heard = [_readings().get(character, character) for character in text]
    for found in _otherwise().finditer(text):
        heard[found.start() : found.end()] = _spoken_words()[found[0]]
    return heard


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    lines = (line.split(" ") for line in _lines("syllables.txt"))
    return {character: syllable for syllable, characters in lines for character in characters}


@lru_cache(maxsize=1)
def _spoken_words() -> dict[str, list[str]]:
    lines = (line.split(" ") for line in _lines("spoken_words.txt"))
    return {word: heard for word, *heard in lines}


@lru_cache(maxsize=1)
def _otherwise() -> re.Pattern[str]:
    words = sorted(_spoken_words(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _lines(name: str) -> list[str]:
    text = (files(__package__) / "data" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]

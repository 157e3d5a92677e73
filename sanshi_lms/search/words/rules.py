"""Rules of the words of search. Pure."""

import re

MAX_LINE = 300
MAX_WORDS = 12
MAX_WORD = 20
MAX_MISSED = 30
_PRIVATE = re.compile(r"\d{5,}|@|https?:|www\.")
_TELLING = re.compile(r"[^\W\d_]{2}")


def group_problem(words: tuple[str, ...]) -> str | None:
    """Return what is wrong with the words of a group, or None."""
    if len(words) < 2:
        return "一组至少要有两个词，中间用等号隔开，例如：加装电梯 = 加梯。"
    if len(words) > MAX_WORDS:
        return f"一组最多 {MAX_WORDS} 个词，请分成两组。"
    for word in words:
        if len(word) < 2 or not _TELLING.search(word):
            return f"“{word}”太短，近义词要有两个字以上。"
        if len(word) > MAX_WORD:
            return f"“{word[:MAX_WORD]}…”太长，一个词最多 {MAX_WORD} 个字。"
    return None


def countable(query: str) -> str:
    """Return a search that found nothing as it is counted, or "" when it is not kept.

    A search may be anything that somebody typed: numbers of phones or identity cards, addresses
    and whole sentences are nobody's business and no wish for a lesson.
    """
    word = " ".join(query.split()).lower()
    kept = 2 <= len(word) <= MAX_MISSED and _TELLING.search(word) and not _PRIVATE.search(word)
    return word if kept else ""

"""How text becomes search terms: words AND bigrams of Han runs, Latin words, numbers.

A segmenter alone loses words (it cuts 三师微课堂 as 三师微|课堂), bigrams alone rank poorly; with
both, any two characters that stand side by side are found, and a domain word of three or more
characters is a term of its own. Folding keeps every character in its place, so that an offset in
folded text is an offset in the text itself; highlighting depends on that.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

import rjieba

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# Quotation marks and single blanks inside a Han run do not part it: 三师进社区 finds “三师”进社区,
# and the line breaks of a Markdown file do not cut words.
BRIDGE = "“”‘’\"'「」『』《》〈〉·"
_BRIDGE = re.compile(rf"[{BRIDGE}]+|(?<=[{HAN}])[{BRIDGE}]*[ \t\r]*\n?[ \t]*[{BRIDGE}]*(?=[{HAN}])")
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|[^\W_{HAN}]+")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_HAN_ONLY = re.compile(rf"[{HAN}]+")
_MAX_LATIN = 40
_DOMAIN_FREQUENCY = 200_000


class _Fold(dict[int, str]):
    """Translation table made as characters come up: full-width to ASCII, compatibility, lower."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", character).lower()
        # One character for one character, or offsets would shift (㎡ stays, ＢＩＭ becomes bim).
        result = self[code] = folded if len(folded) == 1 else character
        return result


_FOLD = _Fold()


def fold(text: str) -> str:
    """Return `text` in lower case with full-width letters and digits narrowed, length unchanged."""
    return text.translate(_FOLD)


def squeeze(text: str) -> str:
    """Return folded text without the marks that do not part words, for matching phrases."""
    return _BRIDGE.sub("", fold(text))


def is_han(text: str) -> bool:
    """Tell whether `text` consists of Han characters only."""
    return _HAN_ONLY.fullmatch(text) is not None


@lru_cache(maxsize=1)
def domain_words() -> frozenset[str]:
    """Return the field's own words of three or more characters, from data/words.txt."""
    return frozenset(word for word in _lines("words.txt") if len(word) >= 3)


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the words of a question that say nothing of its subject (怎么, 如何 …)."""
    return frozenset(_lines("stopwords.txt"))


def document_terms(squeezed: str, *, single: bool = False) -> Counter[str]:
    """Return the terms of a squeezed section of a document with their counts.

    With `single`, each Han character is a term too: for titles and headings, where it is cheap.
    """
    counts: Counter[str] = Counter()
    for run in _RUN.finditer(squeezed):
        if run["han"]:
            counts.update(_han_terms(run[0], single=single))
        else:
            counts.update(_latin_terms(run[0]))
    return counts


def runs(text: str) -> list[str]:
    """Return the Han runs and Latin words of a piece of a query, in order."""
    return [run[0] for run in _RUN.finditer(squeeze(text))]


def segment(run: str) -> list[str]:
    """Cut a Han run of a query into words; the domain's words win."""
    with _lock:  # lru_cache alone would let two threads teach at once
        _learn_domain()
        return list(rjieba.cut(run))


def bigrams(run: str) -> list[str]:
    """Return every two characters that stand side by side."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _han_terms(run: str, *, single: bool) -> Iterator[str]:
    yield from bigrams(run)
    if single or len(run) == 1:
        yield from run
    if len(run) >= 3:
        yield from _domain_terms(run)
        domain = domain_words()
        yield from (w for w in segment(run) if len(w) >= 3 and w not in domain)


def _domain_terms(run: str) -> Iterator[str]:
    """Yield every domain word in `run`, overlapping ones too: the same in text and in query."""
    lengths = _domain_lengths()
    domain = domain_words()
    for start, first in enumerate(run):
        for length in lengths.get(first, ()):
            word = run[start : start + length]
            if len(word) == length and word in domain:
                yield word


def _latin_terms(word: str) -> Iterator[str]:
    word = word[:_MAX_LATIN]
    yield word
    parts = _PARTS.findall(word)
    if len(parts) > 1:  # gb50352 is found by 50352 too
        yield from parts


@lru_cache(maxsize=1)
def _learn_domain() -> None:
    """Teach the segmenter our words. A second segmenter of our own would cost 24 MB a process."""
    for word in _lines("words.txt"):
        rjieba.add_word(word, _DOMAIN_FREQUENCY, "n")


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _domain_lengths() -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in domain_words():
        found.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(lengths)) for first, lengths in found.items()}


def _lines(name: str) -> list[str]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]

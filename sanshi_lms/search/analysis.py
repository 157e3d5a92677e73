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

import opencc
import rjieba

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# Quotation marks and single blanks inside a Han run do not part it: 三师进社区 finds “三师”进社区,
# and the line breaks of a Markdown file do not cut words.
BRIDGE = "“”‘’\"'「」『』《》〈〉·"
_BLANK = r"(?:[ \t\r]+\n?[ \t]*|\n[ \t]*)"
_BRIDGE = re.compile(rf"(?<=[{HAN}])[{BRIDGE}]*{_BLANK}[{BRIDGE}]*(?=[{HAN}])|[{BRIDGE}]+")
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|[^\W_{HAN}]+")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_HAN_ONLY = re.compile(rf"[{HAN}]+")
_MAX_LATIN = 40
_DOMAIN_FREQUENCY = 200_000


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """Return each traditional character with its simplified one, both by themselves (電: 电)."""
    every = "".join(chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)))
    plain = opencc.OpenCC("t2s").convert(every)
    return {old: new for old, new in zip(every, plain, strict=True) if old != new}


class _Fold(dict[int, str]):
    """Translation table made as characters come up: narrow, lower, simplified (繁: 简)."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", character).lower()
        # One character for one character, or offsets would shift (㎡ stays, ＢＩＭ becomes bim).
        folded = folded if len(folded) == 1 else character
        result = self[code] = _simplified().get(folded, folded)
        return result


_FOLD = _Fold()


@lru_cache(maxsize=1)
def _unusual() -> re.Pattern[str]:
    return re.compile(f"[{''.join(_simplified())}]")


def written_simply(text: str) -> bool:
    """Tell whether folding leaves the Han characters of `text` as they are."""
    return _unusual().search(text) is None


def fold(text: str) -> str:
    """Return `text` in lower case, narrow and simplified (電梯: 电梯), its length unchanged."""
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
    terms: list[str] = []
    for run in _RUN.finditer(squeezed):
        text = run[0]
        if not run["han"]:
            terms += _latin_terms(text)
            continue
        terms += bigrams(text)
        if single or len(text) == 1:
            terms += text
    domain = domain_words()
    terms += domain_terms(squeezed)
    terms += [w for w in segment(squeezed) if len(w) >= 3 and w not in domain and is_han(w)]
    return Counter(terms)


def runs(text: str) -> list[str]:
    """Return the Han runs and Latin words of a piece of a query, in order."""
    return [run[0] for run in _RUN.finditer(squeeze(text))]


def segment(text: str) -> list[str]:
    """Cut a text into words; the domain's words win."""
    with _lock:  # lru_cache alone would let two threads teach at once
        _learn_domain()
        return list(rjieba.cut(text))


def bigrams(run: str) -> list[str]:
    """Return every two characters that stand side by side."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def domain_terms(text: str) -> Iterator[str]:
    """Yield every domain word in `text`, overlapping ones too: the same in text and in query."""
    first, lengths = _domain_beginnings()
    domain = domain_words()
    for beginning in first.finditer(text):
        start = beginning.start()
        for length in lengths[beginning[0]]:
            word = text[start : start + length]
            if word in domain and len(word) == length:
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
def _domain_beginnings() -> tuple[re.Pattern[str], dict[str, tuple[int, ...]]]:
    """Return a pattern of the first characters of domain words, and the lengths behind each."""
    found: dict[str, set[int]] = {}
    for word in domain_words():
        found.setdefault(word[0], set()).add(len(word))
    lengths = {first: tuple(sorted(sizes)) for first, sizes in found.items()}
    return re.compile(f"[{''.join(lengths)}]"), lengths


def _lines(name: str) -> list[str]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]

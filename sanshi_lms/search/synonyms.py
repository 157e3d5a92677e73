"""Other words for the same: shipped groups, and how a number is written.

A group is a line of data/synonyms.txt; the desk changes them (words/), and whoever searches is
given what is in force.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

import cn2an

from sanshi_lms.search.analysis import squeeze

Synonyms = Mapping[str, tuple[str, ...]]
"""Each word with the others of its group."""

_BETWEEN = re.compile(r"[=＝、，,；;\s]+")
_NUMERAL = "零〇一二两三四五六七八九十百千"
# 三师 is no number: a single numeral counts only before a unit, or after 第.
_UNITS = "分钟|小时|个月|平方|万元|讲|课|节|期|季|年|月|日|层|楼|户|米|条|元|岁|步|招"
_WRITTEN = re.compile(
    rf"[{_NUMERAL}]{{2,6}}(?=[^{_NUMERAL}]|$)|第[{_NUMERAL}]|[{_NUMERAL}](?={_UNITS})"
)


def group_of(line: str) -> tuple[str, ...]:
    """Return the words of a line as search compares them, each once."""
    words = ("".join(squeeze(word).split()) for word in _BETWEEN.split(line))
    return tuple(dict.fromkeys(word for word in words if word))


def synonyms_of(groups: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return each word with the others of all its groups."""
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        for word in group:
            found.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
    return {word: tuple(others) for word, others in found.items()}


@lru_cache(maxsize=1)
def shipped_groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups that come with the program, one a line of data/synonyms.txt."""
    text = (files(__package__) / "data" / "synonyms.txt").read_text("utf-8")
    return tuple(group_of(line) for line in text.splitlines() if line.strip() and line[0] != "#")


@lru_cache(maxsize=1)
def shipped_synonyms() -> Synonyms:
    """Return the shipped groups, by word."""
    return synonyms_of(shipped_groups())


def in_digits(word: str) -> str:
    """Return a word with its written numbers in digits (十五分钟: 15分钟), or ""."""
    changed = _WRITTEN.sub(_digits, word)
    return changed if changed != word else ""


def in_words(number: str) -> str:
    """Return a whole number below 10,000 as people write it (15: 十五), or ""."""
    if not number.isascii() or not number.isdigit() or not 0 < int(number[:5]) < 10_000:
        return ""
    return str(cn2an.an2cn(str(int(number))))


def _digits(match: re.Match[str]) -> str:
    text = match[0].removeprefix("第")
    before = "第" if text != match[0] else ""
    try:
        return f"{before}{int(cn2an.cn2an(text, 'smart'))}"
    except ValueError:  # 二零二五 and 百千 are no numbers of this kind
        plain = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
        return before + "".join(plain[c] for c in text) if set(text) <= plain.keys() else match[0]

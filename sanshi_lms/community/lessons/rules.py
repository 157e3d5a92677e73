"""Which lessons are like a need or a story, by their words. Pure, and quick for hundreds."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HAN = re.compile(r"[㐀-鿿]+")
_COMMON = frozenset(
    (  # noqa: SIM905 - forty quotes would hide the words
        "我们 你们 他们 这个 那个 一个 没有 什么 怎么 可以 需要 希望 问题 社区 小区 居民 老人 现在 "
        "已经 因为 所以 就是 还是 不是 不能 大家 有人 里面 上面 下面 时候 请问 帮忙 解决 师进 三师"
    ).split()
)
LEAST = 2.0
"""Fewer shared words than this is chance."""


def pairs(text: str) -> set[str]:
    """Return all pairs of neighbouring Han characters, without those that stand in every text."""
    found = {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}
    return found - _COMMON


@dataclass(frozen=True)
class Words:
    """What is known of a lesson: its title and its course's count more than its text."""

    title: str
    text: str


def likest(asked: str, known: Mapping[int, Words], most: int) -> list[int]:
    """Return the ids of what is most like `asked`, best first; nothing that only chance shares.

    A pair that most lessons have says little, so it weighs less.
    """
    wanted = pairs(asked)
    if not wanted or not known:
        return []
    titles = {key: pairs(words.title) & wanted for key, words in known.items()}
    texts = {key: pairs(words.text) & wanted for key, words in known.items()}
    spread = Counter(pair for key in known for pair in titles[key] | texts[key])
    scores = {}
    for key in known:
        in_title = sum(2.0 / spread[p] ** 0.5 for p in titles[key])
        in_text = sum(0.5 / spread[p] ** 0.5 for p in texts[key] - titles[key])
        hits = 2 * len(titles[key]) + 0.5 * len(texts[key] - titles[key])
        if hits >= LEAST:
            scores[key] = in_title + in_text
    return sorted(scores, key=lambda key: (-scores[key], key))[:most]


def frequent_words(texts: Sequence[Sequence[str]], least: int) -> list[tuple[str, int]]:
    """Return what stands in at least `least` of the texts, the most frequent first.

    A text comes as its words in order; two neighbours count as one word too, and stand for both
    when they are about as frequent: 加装 电梯 is 加装电梯. Single characters say nothing.
    """
    counts = Counter(word for text in texts for word in _words_and_twins(text))
    words = {word: n for word, n in counts.items() if n >= least}
    kept = [word for word in words if not _within_another(word, words)]
    return sorted(((w, words[w]) for w in kept), key=lambda one: (-one[1], -len(one[0]), one[0]))


def _words_and_twins(text: Sequence[str]) -> set[str]:
    says = [bool(_HAN.fullmatch(w)) and len(w) > 1 and w not in _COMMON for w in text]
    found = {word for word, good in zip(text, says, strict=True) if good}
    twins = zip(text, text[1:], says, says[1:], strict=False)
    return found | {one + next_ for one, next_, good, too in twins if good and too}


def _within_another(word: str, words: Mapping[str, int]) -> bool:
    """Tell whether a longer word that is about as frequent says the same."""
    longer = (other for other in words if other != word and word in other)
    return any(words[other] * 10 >= words[word] * 8 for other in longer)

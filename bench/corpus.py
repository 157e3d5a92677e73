"""Chinese lessons for measuring search: sentences of the courses and of the policy, recombined.

A thousand copies of the same few sentences would make every word common and every list long,
which real lessons do not. So each lesson has a subject, speaks of a place, and draws most of its
sentences from templates filled with the subject's own words, drawn unevenly, as in real text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from bench import ROOT
from sanshi_lms.core.registers import Document

_DATA = Path(__file__).parent / "data"
_SENTENCE = re.compile(r"[^。！？\n]{12,120}[。！？]")
_WORDS = (ROOT / "sanshi_lms/search/data/words.txt").read_text("utf-8").split("\n")


def _vocabulary() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (_DATA / "vocabulary.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            words = found[line.strip("[]")] = []
        else:
            words += line.split()
    return found


VOCABULARY = _vocabulary()
TERMS = [w for w in (line.strip() for line in _WORDS) if w and not w.startswith("#")] + VOCABULARY[
    "more"
]
_TEMPLATES = (
    "在{p}，{a}的难处往往不在技术，而在{b}，所以先把{c}说清楚。",
    "办理{a}以前，请核对{b}、{c}和{d}这三项材料，缺一项都要退回重来。",
    "有居民问，{a}会不会影响{b}，规划师的回答是先看{c}，再看{d}。",
    "{n}年，{p}完成{a}{m}处，其中{m}处同时做了{b}。",
    "工程师提醒，{a}要和{b}一起设计，否则{c}以后还要返工。",
    "如果{a}没有到场，{b}就先记下意见，{m}天之内书面答复。",
    "{p}的做法是：由{a}牵头，{b}配合，每{m}户推选一名{c}。",
    "关于{a}的费用，按{b}和{c}分开计算，公示不少于{m}天。",
    "建筑师把{a}画成一张图，标出{b}、{c}，让{d}一眼看懂。",
    "不少地方把{a}当作{b}来做，结果{c}没有改善，{d}反而增加了矛盾。",
    "这一讲只说一件事，怎样让{a}和{b}对得上。",
    "先看{a}，再谈{b}；没有{c}，不要急着签{d}。",
)
_TITLES = (
    "{p}{a}怎么做", "{a}与{b}：一次讲清", "{a}常见问题", "从{a}到{b}", "{a}里的{b}",
    "{p}的{a}经验", "一图看懂{a}", "{a}办理流程", "{b}怎样参与{a}", "第{m}讲 {a}",
)  # fmt: skip


def lessons(count: int, seed: int = 20) -> Iterator[Document]:
    """Yield `count` lessons of lecture length (about 2,400 characters), the same each time."""
    chance = random.Random(seed)
    writer = _Writer(chance)
    for ref in range(1, count + 1):
        yield writer.lesson(ref)


def queries(seed: int = 7, count: int = 200) -> list[tuple[str, str]]:
    """Return (kind of query, text): terms, several words, phrases, prefixes, mixed, misspelt …"""
    chance = random.Random(seed)
    han = [t for t in TERMS if not t.isascii()]
    latin = [t for t in TERMS if t.isascii()]
    long = [t for t in han if len(t) >= 4]
    common = ("社区", "居民", "改造", "三师", "电梯", "规划师", "老旧小区", "城市更新")
    makers = {
        "term": lambda: chance.choice(han),
        "common": lambda: chance.choice(common),
        "words": lambda: " ".join(chance.sample(han, chance.choice((2, 2, 3)))),
        "question": lambda: f"{chance.choice(han)}怎么{chance.choice(han)}",
        "phrase": lambda: f'"{chance.choice(long)}{chance.choice(("的", "和", "费用", ""))}"',
        "prefix": lambda: chance.choice(long)[:3],
        "mixed": lambda: f"{chance.choice(latin)} {chance.choice(han)}",
        "place": lambda: f"{chance.choice(VOCABULARY['districts'])}{chance.choice(han)}",
        "single": lambda: chance.choice("梯水电墙路树房图师社"),
        "misspelt": lambda: _misspell(chance, chance.choice(long)),
    }
    names = list(makers)
    return [(names[i % len(names)], makers[names[i % len(names)]]()) for i in range(count)]


def _misspell(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice("得地做在再他她坐座以已") + word[at + 1 :]


def real_sentences() -> list[str]:
    """Return the sentences of the policy and of the courses in content/."""
    texts = [path.read_text("utf-8") for path in sorted(_DATA.glob("policy*.txt"))]
    texts += [path.read_text("utf-8") for path in sorted(ROOT.glob("content/courses/*/*.md"))]
    return [match[0].strip("-#* ") for text in texts for match in _SENTENCE.finditer(text)]


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.sentences = real_sentences()
        self.terms = chance.sample(TERMS, len(TERMS))
        # Zipf: the tenth word comes a tenth as often as the first.
        self.weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.terms))))

    def lesson(self, ref: int) -> Document:
        chance = self.chance
        subject = chance.choices(self.terms, cum_weights=self.weights, k=14)
        first, second, after = (
            chance.choice(VOCABULARY[part]) for part in ("first", "second", "after")
        )
        place = f"{chance.choice(VOCABULARY['districts'])}{first}{second}{after}"
        body = [self.sentence(subject, place) for _ in range(chance.randint(15, 32))]
        spoken = [self.sentence(subject, place) for _ in range(chance.randint(30, 65))]
        return Document(
            kind="lesson" if ref % 8 else "course",
            ref=ref,
            title=self.fill(chance.choice(_TITLES), subject, place),
            url=f"/courses/c{ref // 8}/l{ref}",
            headings="\n".join(
                self.fill(chance.choice(_TITLES), subject, place)
                for _ in range(chance.randint(3, 6))
            ),
            body="".join(body),
            transcript="".join(spoken),
            topic=chance.choice(("三师进社区", "城市更新", "完整社区", "城市体检")),
        )

    def sentence(self, subject: list[str], place: str) -> str:
        if self.chance.random() < 0.12:
            return self.chance.choice(self.sentences)
        return self.fill(self.chance.choice(_TEMPLATES), subject, place)

    def fill(self, template: str, subject: list[str], place: str) -> str:
        chance = self.chance
        a, b, c, d = (
            chance.choice(subject)
            if chance.random() < 0.75
            else chance.choices(self.terms, cum_weights=self.weights)[0]
            for _ in range(4)
        )
        number, year = chance.randint(2, 90), chance.randint(2019, 2026)
        return template.format(a=a, b=b, c=c, d=d, p=place, m=number, n=year)

"""Drawing a paper from the bank by its blueprint: pure, and the same again for the same seed."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ANY = 0
"""A line that takes questions of every difficulty."""
DIFFICULTY_ZH = {ANY: "不限难度", 1: "易", 2: "中", 3: "难"}
MOST_LINES = 12
MOST_DRAWN = 200
LONGEST_TOPIC = 40


@dataclass(frozen=True)
class Line:
    """So many questions of a topic and a difficulty (or ANY)."""

    topic: str
    difficulty: int
    count: int


@dataclass(frozen=True)
class Candidate:
    """A question of the bank as far as drawing cares."""

    item_id: int
    topic: str
    difficulty: int


class Shortage(Exception):
    """The bank has fewer questions than a line asks for; says which and how many."""

    def __init__(self, line: Line, there: int) -> None:
        super().__init__(f"“{line.topic}”（{DIFFICULTY_ZH[line.difficulty]}）")
        self.line, self.there = line, there

    def sentence(self) -> str:
        """Return what is missing and what to do."""
        return (
            f"题库里{self}的题只有 {self.there} 道可用，要抽 {self.line.count} 道。"
            "请少抽几道，或者先给更多题目标上这个主题。"
        )


def draw(pool: Sequence[Candidate], lines: Sequence[Line], seed: int) -> list[int]:
    """Return the ids of the drawn questions, each at most once, in the order of the lines.

    Lines of one difficulty draw first: who takes any difficulty can do with what is left, so that
    a blueprint that can be filled always is. Neither the pool's order nor repetitions matter.
    Raises Shortage.
    """
    known = {one.item_id: one for one in pool}
    order = sorted(range(len(lines)), key=lambda place: lines[place].difficulty == ANY)
    taken: set[int] = set()
    found: dict[int, list[int]] = {}
    for place in order:
        line = lines[place]
        fit = sorted(i for i, one in known.items() if i not in taken and _fits(one, line))
        if len(fit) < line.count:
            raise Shortage(line, len(fit))
        chance = random.Random(f"{seed}:line {place}")  # noqa: S311 — replayed, not a secret
        found[place] = chance.sample(fit, line.count)
        taken.update(found[place])
    return [item_id for place in range(len(lines)) for item_id in found[place]]


def stock(pool: Sequence[Candidate]) -> Mapping[str, Mapping[int, int]]:
    """Return how many questions there are, by topic and difficulty; ANY has all of a topic."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(DIFFICULTY_ZH, 0))
    for one in pool:
        counts[one.topic][one.difficulty] += 1
        counts[one.topic][ANY] += 1
    return dict(sorted(counts.items()))


def lines_from_json(kept: Sequence[Mapping[str, Any]] | None) -> list[Line]:
    """Return the lines that `lines_to_json` was made from."""
    return [Line(**one) for one in kept or ()]


def lines_to_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what the database keeps of a blueprint."""
    return [asdict(line) for line in lines]


def _fits(one: Candidate, line: Line) -> bool:
    return one.topic == line.topic and line.difficulty in (ANY, one.difficulty)

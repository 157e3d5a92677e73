"""Rules of quizzes: marking, passing, attempts, order. Plain values in, plain answers out."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

ItemKind = Literal[
    "single",
    "multiple",
    "true_false",
    "blanks",
    "numeric",
    "matching",
    "ordering",
    "short",
    "case",
    "hotspot",
]
ITEM_KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
CHOICE_KINDS: tuple[ItemKind, ...] = ("single", "multiple", "true_false")
"""Kinds that are answered by choosing options; the others have fields (`key_text`)."""
ITEM_KIND_ZH: dict[ItemKind, str] = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "blanks": "填空题",
    "numeric": "数值题",
    "matching": "匹配题",
    "ordering": "排序题",
    "short": "简答题",
    "case": "案例题",
    "hotspot": "看图点选题",
}
TRUE_FALSE_TEXTS = ("正确", "错误")
MOST_ITEMS = 200
MOST_OPTIONS = 10
MOST_ATTEMPTS = 99
USUAL_PASS_PERCENT = 60
LONGEST_TITLE = 100
LONGEST_TEXT = 4000
LONGEST_OPTION = 500
"""Longest texts, in characters."""

T = TypeVar("T")


@dataclass(frozen=True)
class Score:
    """What an attempt earned. ``percent`` is a whole number from 0 to 100."""

    right: int
    total: int
    percent: int
    passed: bool


def is_right(correct: Iterable[int], chosen: Iterable[int]) -> bool:
    """Return whether exactly the right options were chosen; half right is not right."""
    wanted = frozenset(correct)
    return bool(wanted) and frozenset(chosen) == wanted


def acceptable(kind: ItemKind, options: Iterable[int], chosen: Sequence[int]) -> bool:
    """Return whether ``chosen`` can be an answer: known options, no repeats, as many as allowed.

    No choice at all is acceptable: a person may take an answer back.
    """
    picked = frozenset(chosen)
    if len(picked) != len(chosen) or not picked <= frozenset(options):
        return False
    return kind == "multiple" or len(picked) <= 1


def score(verdicts: Sequence[bool], pass_percent: int) -> Score:
    """Return the score for one verdict per item.

    The percentage is rounded down: shown as 60 with a pass mark of 60 must mean passed, which
    rounding to the nearest would break at 59.5. A paper without items can never be passed.
    """
    right, total = sum(verdicts), len(verdicts)
    if total == 0:
        return Score(0, 0, 0, passed=False)
    percent = right * 100 // total
    return Score(right, total, percent, passed=percent >= pass_percent)


def attempts_left(allowed: int, used: int) -> int | None:
    """Return how many attempts may still be started; None when they are unlimited (allowed 0)."""
    return None if allowed == 0 else max(0, allowed - used)


def shuffled(things: Sequence[T], seed: int, salt: str) -> list[T]:
    """Return ``things`` in an order fixed by the attempt's stored seed.

    The same attempt looks the same on every device and after every reload. ``salt`` names what is
    being ordered, so that items and the options within them do not move in step.
    """
    mixed = list(things)
    random.Random(f"{seed}:{salt}").shuffle(mixed)  # noqa: S311 — order of options, not a secret
    return mixed


def stays_last(text: str) -> bool:
    """Return whether an option only makes sense below the others ("以上都对", "以上都不是")."""
    return text.lstrip().startswith(("以上", "上述"))


def item_problem(kind: str, texts: Sequence[str], correct: Sequence[bool]) -> str | None:
    """Return what is wrong with an item's options and how to mend it; None when sound.

    The editor, the question-file loader and the tests all ask this one rule.
    """
    right = sum(correct)
    if kind not in CHOICE_KINDS:
        known = "、".join(f"{word}（{name}）" for name, word in ITEM_KIND_ZH.items())
        return f"题型只能是{known}。"
    if kind == "true_false":
        if len(texts) != 2 or right != 1:
            return "判断题要有“正确”“错误”两项，并指明哪一项是答案。"
        return None
    if any(not text.strip() for text in texts):
        return "有的选项没有文字，请填上或删去这一项。"
    if len({text.strip() for text in texts}) != len(texts):
        return "有两个选项文字相同，请改掉其中一个。"
    if not 2 <= len(texts) <= MOST_OPTIONS:
        return f"选择题要有 2 到 {MOST_OPTIONS} 个选项，现在有 {len(texts)} 个。"
    return _right_count_problem(kind, right)


def _right_count_problem(kind: str, right: int) -> str | None:
    if right == 0:
        return "还没有指明正确答案，请至少标出一个正确选项。"
    if kind == "single" and right > 1:
        return f"单选题只能有一个正确选项，现在有 {right} 个；请只留一个，或改为多选题。"
    return None

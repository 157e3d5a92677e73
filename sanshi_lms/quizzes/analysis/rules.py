"""Rules of item analysis: sums in, figures and words out.

Facility is the share who answered right. Discrimination is the correlation of a question with the
rest of the paper (corrected point-biserial). Reliability is Cronbach's alpha, which for right and
wrong is Kuder and Richardson's formula 20.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

FEWEST = 5
"""Below so many people the figures are chance; they are shown, nothing is concluded from them."""
HARD_BELOW = 0.5
DULL_BELOW = 0.1
EASY_FROM = 0.95


@dataclass(frozen=True)
class Sums:
    """Over all attempts that were asked a question: how many, and their totals of right answers.

    `right` answered it right, and had `right_totals` right answers together.
    """

    asked: int
    totals: int
    squares: int
    right: int
    right_totals: int


def facility(sums: Sums) -> float | None:
    """Return the share who answered right; None when nobody was asked."""
    return sums.right / sums.asked if sums.asked else None


def discrimination(sums: Sums) -> float | None:
    """Return the correlation with the rest of the paper, -1..1; None when it has none.

    There is none when all answered alike, or all had the same number of the others right.
    """
    n, right = sums.asked, sums.right
    rest = sums.totals - right
    rest_squares = sums.squares - 2 * sums.right_totals + right
    both = sums.right_totals - right
    spread = (n * right - right * right) * (n * rest_squares - rest * rest)
    if spread <= 0:
        return None
    return max(-1.0, min(1.0, (n * both - right * rest) / sqrt(spread)))


def alpha(items: Sequence[Sums]) -> float | None:
    """Return the reliability of a paper whose items all were asked the same attempts."""
    if len(items) < 2 or items[0].asked < 2:
        return None
    n = items[0].asked
    variance = (items[0].squares - items[0].totals ** 2 / n) / n
    if variance <= 0:
        return None
    within = sum(one.right / n * (1 - one.right / n) for one in items)
    return len(items) / (len(items) - 1) * (1 - within / variance)


def alpha_words(value: float | None) -> str:
    """Return what a reliability means, for somebody who never heard of it."""
    if value is None:
        return "数据不够，还算不出来。"
    if value >= 0.8:
        return "很稳定：同一个人再考一次，结果会差不多。"
    if value >= 0.6:
        return "还可以：用来结业够了，用来排名不够。"
    return "不太稳定：题目太少，或者各题考的不是一回事。"


def verdicts(sums: Sums) -> list[str]:
    """Return what is worth looking at in a question, in plain words; empty when it is sound."""
    share, tells = facility(sums), discrimination(sums)
    if share is None or sums.asked < FEWEST:
        return []
    found = []
    if share < HARD_BELOW:
        found.append("一半以上的人答错，建议再讲一遍")
    if tells is not None and tells < 0:
        found.append("学得好的人反而容易答错，请检查答案和题干")
    elif tells is not None and tells < DULL_BELOW and share < EASY_FROM:
        found.append("分不出会不会，题干可能有歧义")
    return found


def teach_again(share: float | None, asked: int) -> bool:
    """Tell whether a question belongs on the list of what to teach again."""
    return share is not None and asked >= FEWEST and share < HARD_BELOW


def histogram(percents: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many attempts fell in each ten of 0..100 (100 in the last); (percent, count)."""
    tens = [0] * 10
    for percent, count in percents:
        tens[min(percent // 10, 9)] += count
    return tens

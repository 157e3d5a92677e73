"""Marking: content and response in, points out. Pure, so that an attempt can be marked again.

What an item is worth in its paper is `content.points`; a case shares its points among its parts
by theirs. Points are fractions: a third is a third, and only the percentage of the whole attempt
is rounded, downwards.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from sanshi_lms.quizzes.content import Area, ItemContent, NumericKey
from sanshi_lms.quizzes.responses import acceptable, is_given, lefts

Partial = Literal["none", "half", "each"]
PARTIALS: tuple[Partial, ...] = get_args(Partial)
PARTIAL_ZH: dict[Partial, str] = {
    "none": "全部答对才得分",
    "half": "少选、少填且没有错的，得一半分",
    "each": "答对几处得几处的分，多选题错选的抵扣",
}
_NUMBER = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,30})?(?:\.\d{1,30})?)\s*([^\d\s,.+-].{0,19})?"
)
NOTHING, WHOLE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


@dataclass(frozen=True)
class Policy:
    """How a paper marks. `penalty_percent` (0..100) of an item's points is lost by a wrong answer
    to it; an item nobody answered costs nothing, and a paper never earns less than nothing.
    """

    partial: Partial = "none"
    penalty_percent: int = 0


@dataclass(frozen=True)
class Mark:
    """What one answer is worth. `share` is the right part of it, 0..1; `earned` may be negative
    by a penalty. `needs_person` until somebody has marked it by its rubric; `parts` of a case.
    """

    earned: Fraction
    possible: int
    share: Fraction
    needs_person: bool = False
    parts: tuple["Mark", ...] = ()

    @property
    def is_right(self) -> bool:
        """Tell whether everything was right."""
        return self.share == WHOLE


def mark(
    content: ItemContent, response: object, policy: Policy, by_person: Sequence[int] | None = None
) -> Mark:
    """Return what `response` earns; one that cannot be an answer earns nothing.

    `by_person` are the points that a person gave for each criterion of a short answer; of a case
    those of its short answers one after another, as in `ItemContent.whole_rubric`.
    """
    possible = max(0, content.points)
    if not acceptable(content, response) or not is_given(response):
        return Mark(NOTHING, possible, NOTHING)
    if content.kind == "case":
        return _mark_case(content, response, policy, by_person)
    if content.kind == "short":
        if by_person is None:
            return Mark(NOTHING, possible, NOTHING, needs_person=True)
        return _mark_of(_rubric_share(content, by_person), possible, Policy("each"))
    return _mark_of(_share(content, response, policy.partial), possible, policy)


def percent(marks: Sequence[Mark]) -> int:
    """Return the percentage, 0..100, rounded down: shown as 60, it is 60 and not 59.5."""
    possible = sum(one.possible for one in marks)
    earned = max(NOTHING, sum((one.earned for one in marks), NOTHING))
    return int(earned * 100 / possible) if possible else 0


def suggested(content: ItemContent, text: str) -> tuple[int, ...]:
    """Return the points that the keywords of each criterion suggest; a person decides."""
    said = plain(text)
    return tuple(
        criterion.points if any(plain(word) in said for word in criterion.keywords if word) else 0
        for criterion in content.rubric
    )


def plain(text: str) -> str:
    """Return `text` as blanks compare it: half width, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_number(text: str) -> tuple[Decimal, str] | None:
    """Return the number and the unit behind it; None when there is no number in front."""
    found = _NUMBER.fullmatch(plain(text))
    digits = found[1].replace(",", "") if found else ""
    if found is None or not any(sign.isdigit() for sign in digits):
        return None
    return Decimal(digits), (found[2] or "").strip()


def _mark_of(share: Fraction, possible: int, policy: Policy) -> Mark:
    lost = Fraction(policy.penalty_percent, 100) if share == NOTHING else NOTHING
    return Mark((share - lost) * possible, possible, share)


def points_by_part(
    content: ItemContent, by_person: Sequence[int] | None
) -> list[Sequence[int] | None]:
    """Return for each part of a case the points that a person gave it, None for none."""
    found: list[Sequence[int] | None] = []
    at = 0
    for part in content.parts:
        end = at + len(part.rubric)
        found.append(by_person[at:end] if by_person is not None and part.rubric else None)
        at = end
    return found


def _mark_case(
    content: ItemContent, response: object, policy: Policy, by_person: Sequence[int] | None
) -> Mark:
    given = response if isinstance(response, list | tuple) else ()
    points = points_by_part(content, by_person)
    parts = tuple(
        mark(part, one, policy, own)
        for part, one, own in zip(content.parts, given, points, strict=False)
    )
    weight = sum(part.possible for part in parts)
    if not weight:
        return Mark(NOTHING, max(0, content.points), NOTHING)
    possible = max(0, content.points)
    earned = sum((part.earned for part in parts), NOTHING) * possible / weight
    share = sum((part.share * part.possible for part in parts), NOTHING) / weight
    return Mark(earned, possible, share, any(part.needs_person for part in parts), parts)


def _rubric_share(content: ItemContent, given: Sequence[int]) -> Fraction:
    most = sum(criterion.points for criterion in content.rubric)
    earned = sum(
        min(max(points, 0), criterion.points)
        for points, criterion in zip(given, content.rubric, strict=False)
    )
    return Fraction(earned, most) if most else NOTHING


def _share(content: ItemContent, response: object, partial: Partial) -> Fraction:
    given = response if isinstance(response, list | tuple) else ()
    match content.kind:
        case "single" | "multiple" | "true_false":
            return _chosen_share(content, frozenset(given), partial)
        case "numeric":
            return _numeric_share(content.numeric, str(response), partial)
        case "hotspot":
            x, y = (float(one) for one in given)
            return WHOLE if any(_inside(area, x, y) for area in content.areas) else NOTHING
    verdicts = by_place(content, given)
    wrong = any(verdict is False for verdict in verdicts)
    right = sum(verdict is True for verdict in verdicts)
    if right == len(verdicts):
        return WHOLE if verdicts else NOTHING
    if partial == "each":
        return Fraction(right, len(verdicts))
    return HALF if partial == "half" and right and not wrong else NOTHING


def by_place(content: ItemContent, given: Sequence[object]) -> list[bool | None]:
    """Return for each place of blanks, ordering or matching: right, wrong, or left empty."""
    if content.kind == "blanks":
        return [
            None
            if not str(text).strip()
            else plain(str(text)) in {plain(a) for a in blank.accepted}
            for text, blank in zip(given, content.blanks, strict=True)
        ]
    if content.kind == "ordering":
        texts = content.sequence
        return [texts[number] == texts[place] for place, number in enumerate(_whole(given))]
    rights = [content.pairs[number].right for number in lefts(content)]
    return [
        None if one is None else content.pairs[one].right == right
        for one, right in zip(given, rights, strict=True)
        if one is None or isinstance(one, int)
    ]


def _whole(given: Sequence[object]) -> list[int]:
    return [one for one in given if isinstance(one, int)]


def _chosen_share(content: ItemContent, chosen: frozenset[object], partial: Partial) -> Fraction:
    key = frozenset(number for number, option in enumerate(content.options) if option.correct)
    if not key or chosen == key:
        return WHOLE if key else NOTHING
    if content.kind != "multiple" or partial == "none":
        return NOTHING
    right, wrong = len(chosen & key), len(chosen - key)
    if partial == "half":
        return HALF if right and not wrong else NOTHING
    return max(NOTHING, Fraction(right - wrong, len(key)))


def _numeric_share(key: NumericKey | None, text: str, partial: Partial) -> Fraction:
    said = read_number(text)
    if key is None or said is None:
        return NOTHING
    value, unit = said
    if abs(value - key.value) > key.tolerance:
        return NOTHING
    if not key.units:
        return WHOLE if not unit else NOTHING
    if unit in {plain(one) for one in key.units}:
        return WHOLE
    return NOTHING if partial == "none" else HALF


def _inside(area: Area, x: float, y: float) -> bool:
    return area.left <= x <= area.right and area.top <= y <= area.bottom

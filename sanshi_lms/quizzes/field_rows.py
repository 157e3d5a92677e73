"""The fields of a question on a page: what is typed or picked, and after marking what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sanshi_lms.quizzes.content import NumericKey
from sanshi_lms.quizzes.frozen import ShownItem
from sanshi_lms.quizzes.marking import by_place
from sanshi_lms.quizzes.responses import lefts


@dataclass(frozen=True)
class FieldRow:
    """One place to type or to pick in. `choices` are (value, label); `verdict` and `key` only exist
    after marking.
    """

    label: str
    value: str
    numeric: bool = False
    choices: Sequence[tuple[str, str]] = ()
    verdict: bool | None = None
    key: str = ""
    long: bool = False

    @property
    def said(self) -> str:
        """Return what was given, in words."""
        return dict(self.choices).get(self.value, self.value)


def fields_of(shown: ShownItem, chosen: Sequence[Any], *, marked: bool) -> list[FieldRow]:
    """Return the fields of a question that has them, with what is right once it is marked."""
    item, content = shown.item, shown.item.content
    given = [str(one) for one in shown.given(chosen)]
    if item.kind == "numeric":
        asked_unit = bool(content.numeric and content.numeric.units)
        labels = ["答案（数字后面写上单位）" if asked_unit else "答案"]
        keys = [_number_in_words(content.numeric)]
        verdicts: Sequence[bool | None] = [item.mark(chosen).is_right]
    elif item.kind == "blanks":
        labels = [f"第 {number} 空" for number in range(1, len(content.blanks) + 1)]
        keys = [" 或 ".join(blank.accepted) for blank in content.blanks]
        verdicts = by_place(content, chosen) if chosen else []
    elif item.kind == "matching":
        asked = [content.pairs[number] for number in lefts(content)]
        labels, keys = [pair.left for pair in asked], [pair.right for pair in asked]
        verdicts = by_place(content, chosen) if chosen else []
    elif item.kind == "short":
        key = "；".join(f"{one.text}（{one.points} 分）" for one in content.rubric)
        said = given[0] if given else ""
        return [FieldRow("您的回答", said, key=key if marked else "", long=True)]
    elif item.kind == "hotspot":
        sides = zip(("从左边数（%）", "从上边数（%）"), given or ["", ""], strict=False)
        return [] if marked else [FieldRow(label, value, numeric=True) for label, value in sides]
    elif item.kind == "ordering":
        return _steps(shown, chosen, given, marked=marked)
    else:
        return []
    choices = [
        (str(place), content.pairs[number].right)
        for place, number in enumerate(shown.order)
        if item.kind == "matching"
    ]
    return [
        FieldRow(
            label,
            given[place] if place < len(given) else "",
            item.kind == "numeric" and not (content.numeric and content.numeric.units),
            choices,
            bool(place < len(verdicts) and verdicts[place]) if marked else None,
            keys[place] if marked else "",
        )
        for place, label in enumerate(labels)
    ]


def _number_in_words(key: NumericKey | None) -> str:
    """Return 16.8 米（上下不超过 0.1）; of several spellings of a unit the first."""
    if key is None:
        return ""
    unit = f" {key.units[0]}" if key.units else ""
    within = f"（上下不超过 {key.tolerance:f}）" if key.tolerance else ""
    return f"{key.value:f}{unit}{within}"


def _steps(
    shown: ShownItem, chosen: Sequence[Any], given: Sequence[str], *, marked: bool
) -> list[FieldRow]:
    """Return the steps as shown, each with its position; once marked, position by position."""
    steps = shown.item.content.sequence
    places = [(str(place), str(place)) for place in range(1, len(steps) + 1)]
    if not marked:
        return [
            FieldRow(steps[number], given[place] if given else "", choices=places)
            for place, number in enumerate(shown.order)
        ]
    verdicts = by_place(shown.item.content, chosen) if chosen else [False] * len(steps)
    said = [steps[number] for number in chosen] or [""] * len(steps)
    return [
        FieldRow(f"第 {n} 步", said[n - 1], verdict=bool(verdicts[n - 1]), key=steps[n - 1])
        for n in range(1, len(steps) + 1)
    ]

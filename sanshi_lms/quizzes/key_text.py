"""The key of a blank, a number or pairs as a few plain lines: in the editor, and in packs.

| kind | lines |
|---|---|
| blanks | one line for each ``___`` of the stem; accepted spellings between ``|`` |
| numeric | ``12.5 ± 0.1 米|m``; the tolerance and the unit may be left out |
| matching | one line for each pair, ``left = right``; ``= right`` belongs to nothing |
"""

import re
from decimal import Decimal

from sanshi_lms.quizzes.content import Blank, ItemContent, NumericKey, Pair
from sanshi_lms.quizzes.marking import plain, read_number

FIELD_KINDS = ("blanks", "numeric", "matching")
"""Kinds whose answers are typed or picked, field by field."""
_BETWEEN = re.compile(r"[|｜]")
_EQUALS = re.compile(r"[=＝]")
_NO_NUMBER = NumericKey(Decimal("NaN"))


def read_key(kind: str, stem_md: str, text: str) -> ItemContent:
    """Return the content that these lines make; `content_problem` tells whether it is sound."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "blanks":
        blanks = tuple(Blank(_spellings(line)) for line in lines)
        return ItemContent("blanks", stem_md, blanks=blanks)
    if kind == "matching":
        return ItemContent("matching", stem_md, pairs=tuple(_pair(line) for line in lines))
    return ItemContent("numeric", stem_md, numeric=_number(" ".join(lines)))


def write_key(content: ItemContent) -> str:
    """Return the lines that `read_key` makes the same key of."""
    if content.kind == "blanks":
        return "\n".join("|".join(blank.accepted) for blank in content.blanks)
    if content.kind == "matching":
        return "\n".join(f"{pair.left} = {pair.right}".strip() for pair in content.pairs)
    key = content.numeric
    if key is None or not key.value.is_finite():
        return ""
    tolerance = f" ± {key.tolerance:f}" if key.tolerance else ""
    return f"{key.value:f}{tolerance} {'|'.join(key.units)}".strip()


def _spellings(line: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in _BETWEEN.split(line) if one.strip())


def _pair(line: str) -> Pair:
    left, *right = _EQUALS.split(line, maxsplit=1)
    return Pair(left.strip(), right[0].strip() if right else "")


def _number(text: str) -> NumericKey:
    value_text, *rest = text.split("±", 1)
    first, *others = _BETWEEN.split(rest[0] if rest else value_text, maxsplit=1)
    value = read_number(value_text if rest else first)
    tolerance = read_number(first) if rest else (Decimal(0), value[1] if value else "")
    if value is None or tolerance is None or (rest and value[1]):
        return _NO_NUMBER
    # The unit as it was written, if it is plain to see: reading a number makes letters small.
    written = re.sub(r"^[\s\d.,+-]+", "", first).strip()
    unit = written if plain(written) == tolerance[1] else tolerance[1]
    units = (unit, *(_spellings(others[0]) if others else ())) if unit else ()
    return NumericKey(value[0], tolerance[0], units)

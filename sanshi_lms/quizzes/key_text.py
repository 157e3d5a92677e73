"""The key of a blank, a number or pairs as a few plain lines: in the editor, and in packs.

| kind | lines |
|---|---|
| blanks | one line for each ``___`` of the stem; accepted spellings between ``|`` |
| numeric | ``12.5 ± 0.1 米|m``; the tolerance and the unit may be left out |
| matching | one line for each pair, ``left = right``; ``= right`` belongs to nothing |
| ordering | one line for each step, in order |
| short | one line for each criterion: ``要点（2 分）【关键词：甲、乙】`` |
| case | the sub-questions as they are pasted from a word processor |
| hotspot | ``图片 name words``, then a line for each right place: left, top, right, bottom in % |
"""

import re
from decimal import Decimal

from sanshi_lms.quizzes.content import Area, Blank, ItemContent, NumericKey, Pair, Picture
from sanshi_lms.quizzes.content_rules import MOST_POINTS
from sanshi_lms.quizzes.exchange.docx_write import lines_of
from sanshi_lms.quizzes.exchange.rubric_text import read_rubric, write_rubric
from sanshi_lms.quizzes.exchange.text import read_text
from sanshi_lms.quizzes.marking import plain, read_number

FIELD_KINDS = ("blanks", "numeric", "matching", "ordering", "short", "case", "hotspot")
"""Kinds whose answers are typed or picked, field by field."""
_BETWEEN = re.compile(r"[|｜]")
_PICTURE = re.compile(r"图片\s+([\w.-]+)(.*)")
_NO_AREA = Area(0, 0, 0, 0)
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
    if kind == "ordering":
        return ItemContent("ordering", stem_md, sequence=tuple(lines))
    if kind == "short":
        rubric = read_rubric("\n".join(lines), 1) if lines else ()
        points = sum(max(1, one.points) for one in rubric)
        return ItemContent("short", stem_md, rubric=rubric, points=min(points or 1, MOST_POINTS))
    if kind == "case":
        parts = tuple(read_text(text))
        points = sum(part.points for part in parts)
        return ItemContent("case", stem_md, parts=parts, points=min(points or 1, MOST_POINTS))
    if kind == "hotspot":
        return _hotspot(stem_md, lines)
    return ItemContent("numeric", stem_md, numeric=_number(" ".join(lines)))


def write_key(content: ItemContent) -> str:
    """Return the lines that `read_key` makes the same key of."""
    if content.kind == "blanks":
        return "\n".join("|".join(blank.accepted) for blank in content.blanks)
    if content.kind == "matching":
        return "\n".join(f"{pair.left} = {pair.right}".strip() for pair in content.pairs)
    if content.kind == "ordering":
        return "\n".join(content.sequence)
    if content.kind == "short":
        return write_rubric(content.rubric)
    if content.kind == "case":
        blocks = (lines_of(part, number) for number, part in enumerate(content.parts, 1))
        return "\n\n".join("\n".join(lines) for lines in blocks)
    if content.kind == "hotspot":
        return _written_areas(content)
    key = content.numeric
    if key is None or not key.value.is_finite():
        return ""
    tolerance = f" ± {key.tolerance:f}" if key.tolerance else ""
    return f"{key.value:f}{tolerance} {'|'.join(key.units)}".strip()


def _spellings(line: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in _BETWEEN.split(line) if one.strip())


def _hotspot(stem_md: str, lines: list[str]) -> ItemContent:
    """Read a picture and its right places: ``图片 name words``, then lines of four percentages."""
    picture, areas = None, []
    for line in lines:
        found = _PICTURE.fullmatch(line)
        if found:
            picture = Picture(found[1], found[2].strip())
            continue
        numbers = [read_number(text) for text in re.split(r"[\s,，]+", line) if text]
        sides = [float(one[0]) / 100 if one else float("nan") for one in numbers]
        areas.append(Area(*sides) if len(sides) == 4 else _NO_AREA)
    return ItemContent("hotspot", stem_md, picture=picture, areas=tuple(areas))


def _written_areas(content: ItemContent) -> str:
    shown = content.picture
    first = [f"图片 {shown.key} {shown.alt}".strip()] if shown else []
    sides = ((a.left, a.top, a.right, a.bottom) for a in content.areas)
    return "\n".join([*first, *(" ".join(f"{100 * one:g}" for one in area) for area in sides)])


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

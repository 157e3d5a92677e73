"""Answers as people write them in texts: letters, signs, words, and lists for many questions."""

import re
from collections.abc import Iterable

from sanshi_lms.quizzes.exchange.text_lines import LETTERS, Line, head_of, section_of, shadow

_YES = {"√", "✓", "✔", "对", "正确", "是", "t", "true", "y", "yes", "v", "r"}
_NO = {"×", "✗", "✘", "错", "错误", "否", "f", "false", "n", "no", "x", "w"}
_SEPARATORS = re.compile(r"[\s,、;.。/和及]+")
_LETTERS = re.compile(r"[A-Ja-j](?:[\s,、;.。/和及]*[A-Ja-j]){0,9}[.。\s]*")
_IN_BRACKETS = re.compile(r"\(\s*([^()]{1,24}?)\s*\)")
_RANGE = re.compile(r"(\d{1,4})\s*[-~—–至]+\s*(\d{1,4})\s*[:.、]?\s*([^\d]+)")
_ONE = re.compile(
    r"(\d{1,4})\s*[.、:)]?\s*((?:[A-Ja-j][\s,、]*){1,10}|[√✓✔×✗✘]|正确|错误|对|错)(?=[\s;,.。\d]|$)"
)
_NUMBERED_REST = re.compile(r"(\d{1,4})\s*[.、:)]\s*(\S.*)")
HOLE = "___"


def as_letters(text: str) -> list[int] | None:
    """Return the option numbers that a text of nothing but letters names, else None."""
    signs = shadow(text).strip()
    if not _LETTERS.fullmatch(signs):
        return None
    return [LETTERS.index(sign) for sign in signs.upper() if sign in LETTERS]


def as_truth(text: str) -> bool | None:
    """Return what a text says of a statement: true, false, or nothing of the kind."""
    word = shadow(text).strip(" .。;()").lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def answer_in_stem(stem: str) -> tuple[str | None, str]:
    """Return the answer that stands in brackets in a stem, and the stem with empty brackets."""
    for found in reversed(list(_IN_BRACKETS.finditer(shadow(stem)))):
        inner = stem[found.start(1) : found.end(1)]
        if as_letters(inner) is not None or as_truth(inner) is not None:
            return inner, f"{stem[: found.start()]}（　）{stem[found.end() :]}"
    return None, stem


def holes(stem: str, *, filled: bool = False) -> tuple[str, list[str]]:
    """Return a stem with ``___`` for every blank; with `filled`, the answers written in them."""
    written: list[str] = []

    def keep(found: re.Match[str]) -> str:
        written.append(found[1].strip())
        return HOLE

    if filled:
        stem = re.sub(r"_+([^_\n]{1,60}?)_{2,}", keep, stem)
    stem = re.sub(r"_{2,}", HOLE, stem)
    stem = re.sub(r"[（(]\s*[）)]", HOLE, stem)
    return stem, [text for text in written if text]


def bracket_blanks(stem: str) -> tuple[str, list[str]]:
    """Return a stem whose bracketed words are blanks, and these words."""
    written: list[str] = []

    def keep(found: re.Match[str]) -> str:
        written.append(found[1].strip())
        return HOLE

    return re.sub(r"[（(]\s*([^（）()]{1,60}?)\s*[）)]", keep, stem), written


def blank_answers(text: str, wanted: int) -> list[tuple[str, ...]]:
    """Return the accepted texts of each blank: split as far as there are blanks."""
    flat = " ".join(text.split())
    if wanted == 1:
        return [_variants(re.sub(r"^\(?1\)?[.、]?\s+|^[(（]1[)）]\s*|^①\s*", "", flat))]
    for pattern in (
        r"[(（]\d[)）]|[①-⑨]", r"[;；|]", r"(?:^|\s)\d[.、]\s*", r"[、，,]", r"\s+",
    ):  # fmt: skip
        parts = [part.strip(" ;；。") for part in re.split(pattern, flat)]
        parts = [part for part in parts if part]
        if len(parts) == wanted:
            return [_variants(part) for part in parts]
    return [_variants(flat)]


def _variants(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"/|／|\s*或者?\s*", text.strip(" 。"))]
    return tuple(part for part in parts if part)


Listed = dict[tuple[int, int], str]
"""Answers by (number of the section, number of the question); section 0 when none was named."""


def listed_answers(lines: Iterable[Line]) -> Listed:
    """Return the answers of a list such as "1-5 ABCDA 6.ABD", by section where it names them."""
    found: Listed = {}
    section, ordinals = 0, 0
    for line in lines:
        head = head_of(line)
        if head:
            ordinals += 1
            section = head.ordinal or ordinals
        section = section_of(line) or section
        for number, answer in _line_answers(line):
            found.setdefault((section, number), answer)
    return found


def _line_answers(line: Line) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    rest = line.shadow
    for match in _RANGE.finditer(rest):
        found += _spread(int(match[1]), int(match[2]), match[3])
    rest = _RANGE.sub(" ", rest)
    ones = [(int(match[1]), match[2].strip()) for match in _ONE.finditer(rest)]
    whole = _NUMBERED_REST.match(line.shadow)
    if not found and not ones and whole:
        return [(int(whole[1]), line.text[whole.start(2) :].strip())]
    return found + ones


def _spread(first: int, last: int, answers: str) -> list[tuple[int, str]]:
    count = last - first + 1
    if not 1 <= count <= 500:
        return []
    groups = [group for group in _SEPARATORS.split(answers.strip()) if group]
    if len(groups) != count:
        groups = [sign for sign in answers if sign.upper() in LETTERS or as_truth(sign) is not None]
    if len(groups) != count:
        return []
    return list(zip(range(first, last + 1), groups, strict=True))

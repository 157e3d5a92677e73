"""The rubric of a short answer as lines: ``要点（2 分）【关键词：甲、乙】``."""

import re
from collections.abc import Sequence

from sanshi_lms.quizzes.content import Criterion

_LINE = re.compile(r"(.*?)\s*[（(]\s*(\d{1,3})\s*分\s*[)）](?:\s*【关键词[:：](.*)】)?", re.DOTALL)
_KEYWORDS = re.compile(r"【关键词[:：]([^】]*)】\s*$")
_BETWEEN = re.compile(r"[、,，]")
USUAL = "回答完整、正确"
"""What a short answer is marked by when its file says nothing of it."""


def split_keywords(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a criterion without its keywords, and them."""
    found = _KEYWORDS.search(text)
    if found is None:
        return text, ()
    words = tuple(word.strip() for word in _BETWEEN.split(found[1]) if word.strip())
    return text[: found.start()].rstrip(), words


def write_rubric(rubric: Sequence[Criterion]) -> str:
    """Return one line for each criterion."""
    lines = []
    for one in rubric:
        words = f"【关键词：{'、'.join(one.keywords)}】" if one.keywords else ""
        lines.append(f"{one.text}（{one.points} 分）{words}")
    return "\n".join(lines)


def read_rubric(text: str, points: int) -> tuple[Criterion, ...]:
    """Return the criteria of the lines; the usual one for all points when there is none."""
    found = []
    for line in (line.strip() for line in text.splitlines()):
        match = _LINE.fullmatch(line)
        if match:
            words = tuple(w.strip() for w in _BETWEEN.split(match[3] or "") if w.strip())
            found.append(Criterion(match[1], int(match[2]), words))
        elif line:
            found.append(Criterion(line, 1))
    return tuple(found) or (Criterion(USUAL, points),)

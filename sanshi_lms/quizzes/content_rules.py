"""What an item must be before it is kept: one rule for the editor, packs and imports."""

import re
from collections.abc import Sequence
from decimal import Decimal

from sanshi_lms.quizzes.content import CONTENT_KINDS, DIFFICULTIES, ContentKind, ItemContent
from sanshi_lms.quizzes.responses import LONGEST_BLANK, lefts

CONTENT_KIND_ZH: dict[ContentKind, str] = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "blanks": "填空题",
    "ordering": "排序题",
    "matching": "匹配题",
    "numeric": "数值题",
    "short": "简答题",
    "case": "案例题",
    "hotspot": "看图点选题",
}
BLANK = re.compile(r"_{3,}")
LONGEST_TEXT = 4000
LONGEST_LINE = 500
MOST_OPTIONS = 10
MOST_PARTS = 20
MOST_BLANKS = 20
MOST_POINTS = 100
LONGEST_TOPIC = 60
LONGEST_CLAUSE = 200
"""Longest texts in characters, most of each."""


def content_problem(content: ItemContent) -> str | None:
    """Return what is wrong with an item and how to mend it, in one sentence; None when sound."""
    return _general_problem(content) or _KINDS_PROBLEM[content.kind](content)


def blanks_of(stem_md: str) -> int:
    """Return how many blanks (``___``) a stem has."""
    return len(BLANK.findall(stem_md))


def _general_problem(content: ItemContent) -> str | None:
    if content.kind not in CONTENT_KINDS:
        return "题型不认识，请从列出的题型里选一种。"
    if not content.stem_md.strip():
        return "请写题目。"
    if max(len(content.stem_md), len(content.explanation_md)) > LONGEST_TEXT:
        return f"题目和讲解各最多 {LONGEST_TEXT} 个字，请缩短。"
    if "\x00" in content.stem_md + content.explanation_md:
        return "题目里有看不见的字符，请重新输入这道题。"
    if not 1 <= content.points <= MOST_POINTS:
        return f"分值要在 1 到 {MOST_POINTS} 之间。"
    if content.difficulty not in DIFFICULTIES:
        return "难度只能是易、中、难。"
    if len(content.topic) > LONGEST_TOPIC or len(content.source_clause) > LONGEST_CLAUSE:
        return f"主题最多 {LONGEST_TOPIC} 个字，出处最多 {LONGEST_CLAUSE} 个字，请缩短。"
    if content.lesson_seconds is not None and content.lesson_seconds < 0:
        return "课程里的时间不能是负数。"
    return None


def _lines_problem(texts: Sequence[str], what: str, fewest: int, most: int) -> str | None:
    if not fewest <= len(texts) <= most:
        return f"{what}要有 {fewest} 到 {most} 个，现在有 {len(texts)} 个。"
    if any(not text.strip() for text in texts):
        return f"有的{what}没有文字，请填上或删去。"
    if any(len(text) > LONGEST_LINE for text in texts):
        return f"每个{what}最多 {LONGEST_LINE} 个字，请缩短。"
    return None


def _same_problem(texts: Sequence[str], what: str) -> str | None:
    if len({text.strip() for text in texts}) != len(texts):
        return f"有两个{what}文字相同，请改掉其中一个。"
    return None


def _choice_problem(content: ItemContent) -> str | None:
    texts = [option.text_md for option in content.options]
    right = sum(option.correct for option in content.options)
    problem = _lines_problem(texts, "选项", 2, MOST_OPTIONS) or _same_problem(texts, "选项")
    if problem:
        return problem
    if right == 0:
        return "还没有指明正确答案，请至少标出一个正确选项。"
    if content.kind == "single" and right > 1:
        return f"单选题只能有一个正确选项，现在有 {right} 个；请只留一个，或改为多选题。"
    return None


def _true_false_problem(content: ItemContent) -> str | None:
    right = sum(option.correct for option in content.options)
    if len(content.options) != 2 or right != 1:
        return "判断题要有“正确”“错误”两项，并指明哪一项是答案。"
    return None


def _blanks_problem(content: ItemContent) -> str | None:
    holes = blanks_of(content.stem_md)
    if not holes:
        return "填空题的题目里要有空：请在要填的地方写三个下划线 ___。"
    if holes > MOST_BLANKS:
        return f"一道填空题最多 {MOST_BLANKS} 个空，请拆成几道题。"
    if holes != len(content.blanks):
        return f"题目里有 {holes} 个空，答案却有 {len(content.blanks)} 个，请改成一样多。"
    for number, blank in enumerate(content.blanks, 1):
        if not any(text.strip() for text in blank.accepted):
            return f"第 {number} 个空还没有答案。"
        if any(len(text) > LONGEST_BLANK for text in blank.accepted):
            return f"第 {number} 个空的答案最多 {LONGEST_BLANK} 个字。"
    return None


def _ordering_problem(content: ItemContent) -> str | None:
    return _lines_problem(content.sequence, "步骤", 2, MOST_OPTIONS) or _same_problem(
        content.sequence, "步骤"
    )


def _matching_problem(content: ItemContent) -> str | None:
    asked = [content.pairs[number].left for number in lefts(content)]
    rights = [pair.right for pair in content.pairs]
    return (
        _lines_problem(rights, "配对项", 2, 2 * MOST_OPTIONS)
        or _lines_problem(asked, "左边的项", 2, MOST_OPTIONS)
        or _same_problem(asked, "左边的项")
    )


def _numeric_problem(content: ItemContent) -> str | None:
    key = content.numeric
    if key is None or not key.value.is_finite() or not key.tolerance.is_finite():
        return "数值题要写一个数作答案，例如 12.5。"
    if key.tolerance < 0:
        return "允许的误差不能是负数。"
    if abs(key.value) > Decimal(10) ** 18 or abs(key.value.adjusted()) > 30:
        return "这个数太大或太小了，请换一个单位。"
    return None


def _short_problem(content: ItemContent) -> str | None:
    texts = [criterion.text for criterion in content.rubric]
    problem = _lines_problem(texts, "评分点", 1, MOST_OPTIONS)
    if problem:
        return problem
    if any(not 1 <= criterion.points <= MOST_POINTS for criterion in content.rubric):
        return f"每个评分点的分数要在 1 到 {MOST_POINTS} 之间。"
    return None


def _case_problem(content: ItemContent) -> str | None:
    if not 1 <= len(content.parts) <= MOST_PARTS:
        return f"案例题要有 1 到 {MOST_PARTS} 道小题，现在有 {len(content.parts)} 道。"
    for number, part in enumerate(content.parts, 1):
        problem = _part_problem(part) or content_problem(part)
        if problem:
            return f"第 {number} 小题：{problem}"
    return None


def _part_problem(part: ItemContent) -> str | None:
    if part.kind == "case":
        return "小题不能又是案例题。"
    if part.kind == "hotspot":
        return "小题不能是看图点选题，请单独出一道。"
    return None


def _hotspot_problem(content: ItemContent) -> str | None:
    if content.picture is None:
        return "看图点选题要有一张图片，请上传。"
    if not content.areas:
        return "请在图上标出至少一处正确的位置。"
    for area in content.areas:
        if not (0 <= area.left < area.right <= 1 and 0 <= area.top < area.bottom <= 1):
            return "标出的位置不在图片里，请重新标一次。"
    return None


_KINDS_PROBLEM = {
    "single": _choice_problem,
    "multiple": _choice_problem,
    "true_false": _true_false_problem,
    "blanks": _blanks_problem,
    "ordering": _ordering_problem,
    "matching": _matching_problem,
    "numeric": _numeric_problem,
    "short": _short_problem,
    "case": _case_problem,
    "hotspot": _hotspot_problem,
}

"""Questions in rows: from spreadsheets, CSV and tables in documents.

The head names the columns, in any order and in the words that people use. One row is one question;
rows whose kind begins with 小题 belong to the case above them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.rubric_text import read_rubric
from sanshi_lms.quizzes.exchange.text import Block
from sanshi_lms.quizzes.exchange.text_build import build
from sanshi_lms.quizzes.exchange.text_lines import HEAD_KINDS, LETTERS, Head, shadow
from sanshi_lms.quizzes.key_text import read_key

COLUMNS = {
    "kind": "题型|题目类型|试题类型|类型|题类",
    "stem": "题目|题干|试题|问题|题目内容|试题内容|题干内容|题目描述|试题题干|题目题干",
    "options": "选项|选项内容|备选项|备选答案|候选项",
    "answer": "答案|正确答案|标准答案|参考答案|试题答案|答案内容",
    "explanation": "解析|答案解析|试题解析|讲解|解释|题目解析|说明",
    "points": "分值|分数|得分|题目分值",
    "difficulty": "难度|难易程度|难易度|难度等级|难度系数",
    "topic": "主题|知识点|考点|章节|分类|标签|所属章节|题目分类",
    "clause": "出处|依据|来源|法条|政策依据",
}
_NAMES = {name: key for key, names in COLUMNS.items() for name in names.split("|")}
_OPTION = re.compile(r"(?:备选)?(?:选项|答案)?([A-J])(?:选项|项|答案)?")
_NUMBERED_OPTION = re.compile(r"选项(10|[1-9一二三四五六七八九十])")
_NUMERALS = "一二三四五六七八九十"
_HEAD_WITHIN = 30
PART = "小题"
_FORMULA_GAPS = re.compile(r"[\s*＊:：]|[(（【\[].*?[)）】\]]")
_SPLIT_OPTIONS = re.compile(r"\n|\||｜|\$;\$|；(?=\s*[B-Jb-j]\s*[.．、:：])")
_LETTER_BEFORE = re.compile(r"^\s*[（(]?[A-Ja-j][)）.．、:：]\s*")
Rows = Sequence[Sequence[str]]


@dataclass
class Columns:
    """Where in a row what stands: a column for each key, and those of the options in order."""

    row: int
    places: dict[str, int] = field(default_factory=dict)
    options: list[int] = field(default_factory=list)

    def cell(self, row: Sequence[str], key: str) -> str:
        """Return a cell without outer spaces; empty when there is no such column."""
        place = self.places.get(key)
        return row[place].strip() if place is not None and place < len(row) else ""

    def choices(self, row: Sequence[str]) -> list[str]:
        """Return the options up to the last that is filled."""
        texts = [row[place].strip() if place < len(row) else "" for place in self.options]
        if not any(texts):
            whole = self.cell(row, "options")
            parts = [one.strip() for one in _SPLIT_OPTIONS.split(whole) if one.strip()]
            return [_LETTER_BEFORE.sub("", one) for one in parts]
        while texts and not texts[-1]:
            texts.pop()
        return texts


def columns_of(rows: Rows) -> Columns | None:
    """Return the head within the first rows; None when nothing names stem and answer."""
    for number, row in enumerate(rows[:_HEAD_WITHIN]):
        found = Columns(number)
        options: dict[int, int] = {}
        for place, cell in enumerate(row):
            name = _FORMULA_GAPS.sub("", shadow(cell)) or shadow(cell).strip()
            option = _option_of(name)
            if option is not None:
                options.setdefault(option, place)
            elif name in _NAMES:
                found.places.setdefault(_NAMES[name], place)
        found.options = [options[letter] for letter in sorted(options)]
        if "stem" in found.places and ("answer" in found.places or found.options):
            return found
    return None


def _option_of(name: str) -> int | None:
    letter = _OPTION.fullmatch(name.upper())
    if letter:
        return LETTERS.index(letter[1])
    numbered = _NUMBERED_OPTION.fullmatch(name)
    if not numbered:
        return None
    sign = numbered[1]
    return _NUMERALS.index(sign) if sign in _NUMERALS else int(sign) - 1


def read_rows(rows: Rows, where_zh: str = "") -> Reading:
    """Return the questions of a table; `where_zh` goes before each row, e.g. the sheet's name."""
    columns = columns_of(rows)
    if columns is None:
        return refused(
            "没有找到表头：前几行里要有一行写着“题目”和“答案”。请下载 Excel 模板，按它的样子填。"
        )
    reading = Reading()
    for number, row in enumerate(rows[columns.row + 1 :], columns.row + 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(reading.found) >= MOST_ITEMS:
            return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
        _take(reading, columns, row, number, f"{where_zh}第 {number} 行")
    return reading


def _take(
    reading: Reading, columns: Columns, row: Sequence[str], number: int, place_zh: str
) -> None:
    kind = columns.cell(row, "kind")
    if not columns.cell(row, "stem"):
        filled = any(columns.cell(row, key) for key in ("answer", "options"))
        if filled or any(columns.choices(row)):
            reading.fault(place_zh, "有答案或选项，没有题目。请在“题目”一栏写上，或删去这一行。")
        return
    is_part = shadow(kind).startswith((PART, "└"))
    content, problem = _content(columns, row, number, kind)
    if not is_part:
        reading.add(content, place_zh, number, problem)
        return
    if not reading.found or reading.found[-1].content.kind != "case":
        reading.add(content, place_zh, number, "小题上面没有案例题，请先写一行案例题。")
        return
    case = reading.found.pop()
    parts = (*case.content.parts, content)
    whole = replace(case.content, parts=parts)
    wrong = problem and f"第 {len(parts)} 小题（{place_zh}）：{problem}"
    kept = case.problem_zh if case.content.parts else None
    reading.add(whole, case.place_zh, case.row, kept or wrong)


def _content(
    columns: Columns, row: Sequence[str], number: int, kind_text: str
) -> tuple[ItemContent, str | None]:
    stem, answer = columns.cell(row, "stem"), columns.cell(row, "answer")
    kind = next((k for pattern, k in HEAD_KINDS if re.search(pattern, kind_text)), None)
    points = _points(columns.cell(row, "points"))
    fields = {key: columns.cell(row, key) for key in ("difficulty", "topic", "clause")}
    block = Block(
        number,
        number,
        "row",
        Head(kind, 0, None) if kind else None,
        1,
        stem=[stem],
        options=columns.choices(row),
        answer=answer.split("\n") if answer else None,
        explanation=[columns.cell(row, "explanation")],
        fields={**fields, "points": str(points or "")},
    )
    made = build(block, {})
    content, problem = made.content, made.problem_zh
    said = columns.cell(row, "explanation")
    base = replace(
        made.content,
        explanation_md=made.content.explanation_md if "\n" in answer else said,
        points=points or made.content.points,
        topic=fields["topic"],
        source_clause=fields["clause"],
    )
    typed = _typed(kind or content.kind, stem, answer, base)
    if typed is not None:
        content, problem = typed, None
    elif answer and (block.options or content.kind == "true_false"):
        content = replace(base, stem_md=stem)  # its brackets are its own: the answer has a column
    else:
        content = base
    if points is None:
        problem = "分值要写一个整数，例如 2。"
    if kind and kind not in {content.kind, "choice"} and problem is None:
        kept = {"single", "multiple"} if kind in {"single", "multiple"} else {kind}
        problem = None if content.kind in kept else f"题型写的是{kind_text}，答案却不是。请核对。"
    return content, problem


def _typed(kind: str, stem: str, answer: str, base: ItemContent) -> ItemContent | None:
    """Return a question whose answer is written as our own template says; None if it is not."""
    if kind == "case":
        empty = replace(base, kind="case", stem_md=stem, options=(), rubric=(), parts=())
        return empty if not answer else None
    if kind == "short" and answer:
        rubric = read_rubric(answer, base.points)
        return replace(base, kind="short", stem_md=stem, rubric=rubric, options=())
    if kind not in {"blanks", "numeric", "matching"}:
        return None
    read = read_key(kind, stem, answer)
    content = replace(
        base,
        kind=read.kind,
        stem_md=stem,
        blanks=read.blanks,
        numeric=read.numeric,
        pairs=read.pairs,
        options=(),
        rubric=(),
    )
    sound = kind == "matching" or content_problem(content) is None
    return content if sound else None


def _points(text: str) -> int | None:
    """Return points, 1 for none, None for what is no whole number."""
    bare = shadow(text).replace("分", "").strip()
    if not bare:
        return 1
    whole = re.fullmatch(r"(\d{1,3})(?:\.0+)?", bare)
    return int(whole[1]) if whole and int(whole[1]) else None

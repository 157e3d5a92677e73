"""Questions as an Excel workbook: the template to fill in, and the export that it reads back."""

import io
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sanshi_lms.core.packed import written
from sanshi_lms.quizzes.content import (
    Blank,
    Criterion,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.content_rules import CONTENT_KIND_ZH
from sanshi_lms.quizzes.exchange.rubric_text import write_rubric
from sanshi_lms.quizzes.exchange.table import PART
from sanshi_lms.quizzes.exchange.text_lines import LETTERS
from sanshi_lms.quizzes.key_text import write_key
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

LEVELS = {1: "易", 2: "中", 3: "难"}
HEAD = ("题型", "题目", *(f"选项{letter}" for letter in LETTERS), "答案", "解析", "分值", "难度",
        "主题", "出处")  # fmt: skip
_WIDTHS = (12, 50, *(18,) * len(LETTERS), 24, 40, 8, 8, 16, 28)
_GUIDE = (
    "怎么填", "",
    "在“题目”工作表里，一行一道题。第一行是表头，请不要改；栏目的先后可以换。",
    "题型：从下拉框里选。不填时按选项和答案来认。",
    "选择题：选项写在选项A、选项B……，答案写字母，例如 A 或 ACD（写 A,C,D 也行）。",
    "判断题：答案写“对”或“错”，选项不用填。",
    "填空题：题目里每个空写三个下划线 ___；答案一行一个空，几种写法用 | 隔开，例如 15|十五。",
    "数值题：答案写数，可以带误差和单位，例如 2.2 ± 0.1 米|m。",
    "匹配题：答案一行一对，写成“左 = 右”；只写“= 右”的是多出来的干扰项。",
    "排序题：步骤写在选项里，答案按正确的先后写字母，例如 CAB。",
    "简答题：答案一行一个评分点，写成“要点（2 分）”，后面可以加【关键词：甲、乙】。",
    "案例题：先写一行案例题（只写材料），下面每个小题一行，题型写“小题·单选题”这样。",
    "在一个格子里换行：按 Alt + 回车。",
    "难度写易、中、难；分值写整数，不写就是 1 分。",
    "导入前网页会先给您看一遍，有问题的行会写明怎么改；没有您的确认，什么都不会写进去。",
)  # fmt: skip


def options(texts: Sequence[str], right: str) -> tuple[OptionContent, ...]:
    """Return options of which those with the letters `right` are correct."""
    return tuple(
        OptionContent(text, letter in right) for letter, text in zip(LETTERS, texts, strict=False)
    )


EXAMPLES = (
    ItemContent("single", "加装电梯要由谁来表决？", "见《民法典》第二百七十八条。",
                options(("业主", "租客", "物业"), "A"), topic="城市更新"),
    ItemContent("multiple", "表决要看哪两项？",
                options=options(("专有部分面积", "人数", "楼层"), "AB"),
                points=2),
    ItemContent("true_false", "一楼的邻居不用问。", options=options(TRUE_FALSE_TEXTS, "B")),
    ItemContent("blanks", "要打造 ___ 分钟生活圈，服务 ___。",
                blanks=(Blank(("15", "十五")), Blank(("社区",)))),
    ItemContent("numeric", "栏杆至少多高？",
                numeric=NumericKey(Decimal("1.1"), Decimal("0.05"), ("米", "m"))),
    ItemContent("matching", "把三师和他们的工作连起来。",
                pairs=(Pair("规划师", "用地"), Pair("建筑师", "方案"), Pair("工程师", "结构"))),
    ItemContent("ordering", "按先后排出需求办理的步骤。",
                sequence=("受理", "派单", "办理", "回访")),
    ItemContent("short", "入户前要做哪些准备？",
                rubric=(Criterion("提前约时间", 1, ("预约",)),
                        Criterion("带齐工作证", 1)), points=2),
)  # fmt: skip


def template_xlsx() -> bytes:
    """Return the template: instructions, one example of each kind, drop-downs."""
    return questions_xlsx(EXAMPLES)


def questions_xlsx(contents: Sequence[ItemContent]) -> bytes:
    """Return a workbook with these questions."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "题目"
    _row(sheet, 1, HEAD)
    number = 2
    for content in contents:
        for one, prefix in _flat(content):
            _row(sheet, number, _cells(one, prefix))
            number += 1
    _dress(sheet, number)
    guide = book.create_sheet("填写说明")
    guide.column_dimensions["A"].width = 90
    for place, line in enumerate(_GUIDE, 1):
        _row(guide, place, (line,))
    guide["A1"].font = Font(bold=True, size=14)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _flat(content: ItemContent) -> list[tuple[ItemContent, str]]:
    return [(content, ""), *((part, f"{PART}·") for part in content.parts)]


def _row(sheet: Worksheet, number: int, values: Sequence[str]) -> None:
    for place, value in enumerate(values, 1):
        if value:
            cell = sheet.cell(number, place)
            # Always text: what begins with "=" must never become a formula.
            cell.value, cell.data_type = written(value), "s"
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _cells(content: ItemContent, prefix: str) -> list[str]:
    choices, answer = _answer(content)
    return [
        prefix + CONTENT_KIND_ZH[content.kind],
        content.stem_md,
        *choices,
        *("" for _ in range(len(LETTERS) - len(choices))),
        answer,
        content.explanation_md,
        str(content.points),
        LEVELS[content.difficulty],
        content.topic,
        content.source_clause,
    ]


def _answer(content: ItemContent) -> tuple[list[str], str]:
    match content.kind:
        case "single" | "multiple":
            right = "".join(
                letter for letter, one in zip(LETTERS, content.options, strict=False) if one.correct
            )
            return [one.text_md for one in content.options], right
        case "true_false":
            return [], "对" if content.options[0].correct else "错"
        case "ordering":
            return list(content.sequence), LETTERS[: len(content.sequence)]
        case "short":
            return [], write_rubric(content.rubric)
        case "blanks" | "numeric" | "matching":
            return [], write_key(content)
    return [], ""


def _dress(sheet: Worksheet, end: int) -> None:
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    sheet.freeze_panes = "C2"
    kinds = [word for kind, word in CONTENT_KIND_ZH.items() if kind != "hotspot"]
    for column, words in (("A", kinds), (chr(ord("A") + HEAD.index("难度")), LEVELS.values())):
        choice = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
        choice.showErrorMessage = False  # "小题·单选题" is right as well
        sheet.add_data_validation(choice)
        choice.add(f"{column}2:{column}{max(end, 1000)}")

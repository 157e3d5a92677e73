"""Forms of papers and items: request to typed values."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from sanshi_lms.account import OwnerForm
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content_json import from_json
from sanshi_lms.quizzes.content_rules import LONGEST_CLAUSE
from sanshi_lms.quizzes.key_text import FIELD_KINDS, write_key
from sanshi_lms.quizzes.models import Item
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

FEWEST_ROWS = 4
SPARE_ROWS = 2
KEY_HINTS = {
    "blanks": "题目里要填的地方写三个下划线 ___。这里每个空写一行；几种写法都算对时用 | 隔开，"
    "例如：三分之二|2/3。全角半角、大小写不用管。",
    "numeric": "写一个数，例如 12.5；允许误差写成 12.5 ± 0.1；要带单位就写在后面，"
    "几种写法用 | 隔开，例如：12.5 ± 0.1 米|m。",
    "matching": "每行一对，中间用等号：左边 = 右边。只写“= 右边”的是多出来的干扰项。",
    "ordering": "每行写一步，按正确的先后顺序。学员看到的是打乱的。",
    "short": "每行写一个评分点，后面写分数，例如：说出要业主表决（2 分）。可以再写关键词帮助批阅："
    "说出要业主表决（2 分）【关键词：业主、表决】。由老师批阅，成绩不会自动给。",
    "case": "上面“题目”里写案例材料，这里写小题，写法和“从 Word 粘贴导入”一样：每题以 1. 开头，"
    "选项以 A. 开头，答案另起一行。小题可以是选择、判断、填空、数值、排序。",
    "hotspot": "先在上面“插入图片”上传一张图（会写成“图片 ……”这一行）。然后每行写一处正确位置，"
    "四个数是左、上、右、下，按图的百分之几算，例如：10 20 35 50。"
    "有鼠标或触屏时，在下面的图上点两个角就行。",
}
"""What is written as the key of a kind with fields."""


def _strip(value: str | None) -> str:
    return " ".join((value or "").split())


class PaperForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A paper's title and rule."""

    title = StringField(
        "测验名称",
        filters=[_strip],
        validators=[
            DataRequired("请填写测验名称。"),
            Length(max=rules.LONGEST_TITLE, message=f"名称最多 {rules.LONGEST_TITLE} 个字。"),
        ],
    )
    pass_percent = IntegerField(
        "及格线（%）",
        default=rules.USUAL_PASS_PERCENT,
        validators=[
            InputRequired("请填写 1 到 100 的整数。"),
            NumberRange(1, 100, "请填写 1 到 100 的整数。"),
        ],
    )
    attempts_allowed = IntegerField(
        "最多做几次",
        default=0,
        validators=[
            InputRequired("请填写整数，0 表示不限次数。"),
            NumberRange(0, rules.MOST_ATTEMPTS, f"请填写 0 到 {rules.MOST_ATTEMPTS} 的整数。"),
        ],
    )
    shuffle = BooleanField("每个人的题目和选项顺序都打乱", default=True)


class NewPaperForm(PaperForm, OwnerForm):
    """What a new paper says of itself, and whose it is."""


def new_draft(kind: str) -> ItemDraft:
    """Return the empty item that a form starts with."""
    if kind == "true_false":
        first, second = rules.TRUE_FALSE_TEXTS
        return ItemDraft(kind, "", (OptionDraft(first, correct=True), OptionDraft(second, False)))
    return ItemDraft(kind if kind in rules.ITEM_KINDS else "single", "", ())


def draft_of(item: Item) -> ItemDraft:
    """Return an item with its options as a form shows it."""
    options = tuple(OptionDraft(option.text, option.correct) for option in item.options)
    return ItemDraft(
        item.kind,
        item.stem_md,
        options,
        item.explanation_md,
        item.review_slug,
        item.key,
        write_key(from_json(item.content)) if item.content is not None else "",
        item.source_clause,
        item.lesson_seconds,
    )


def keys_of(items: Iterable[Item]) -> dict[int, str]:
    """Return the keys of those items that have fields, as lines."""
    return {one.id: write_key(from_json(one.content)) for one in items if one.content is not None}


def draft_from_request(key: str | None = None) -> ItemDraft:
    """Return the item as it was filled in, cut to the longest texts; empty rows are left out."""
    values: MultiDict[str, Any] = request.form
    kind = values.get("kind", "")
    return ItemDraft(
        kind,
        _text(values, "stem", rules.LONGEST_TEXT),
        _options_of(kind, values),
        _text(values, "explanation", rules.LONGEST_TEXT),
        _text(values, "review", rules.LONGEST_TITLE) or None,
        key,
        _text(values, "answers", rules.LONGEST_TEXT) if kind in FIELD_KINDS else "",
        " ".join(_text(values, "clause", LONGEST_CLAUSE).split()),
        seconds_of(_text(values, "second", 12)),
    )


def seconds_of(text: str) -> int | None:
    """Return a moment of a lecture in seconds: "3:05", "1:02:03" or "185"; None for none."""
    parts = text.replace("：", ":").split(":")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    seconds = 0
    for part in parts[:3]:
        seconds = seconds * 60 + int(part)
    return seconds


def with_picture(draft: ItemDraft, where: str, text: str) -> ItemDraft:
    """Return the draft with a picture at the end of the question, the explanation or an option.

    `where` is "stem", "explanation" or "option-2" as the form's rows count; an empty row becomes an
    option that is only the picture.
    """
    if where == "explanation":
        return replace(draft, explanation_md=f"{draft.explanation_md}\n\n{text}".strip())
    row = row_number(where.removeprefix("option-"))
    if not where.startswith("option-") or row is None or row >= rules.MOST_OPTIONS:
        return replace(draft, stem_md=f"{draft.stem_md}\n\n{text}".strip())
    rows = range(rules.MOST_OPTIONS)
    filled = [one for one in rows if request.form.get(f"option-{one}", "").strip()]
    options = list(draft.options)
    place = sum(one < row for one in filled)
    if row in filled:
        before = options[place]
        options[place] = replace(before, text=f"{before.text} {text}"[: rules.LONGEST_OPTION])
    else:
        options.insert(place, OptionDraft(text, str(row) in request.form.getlist("correct")))
    return replace(draft, options=tuple(options))


def _options_of(kind: str, values: MultiDict[str, Any]) -> tuple[OptionDraft, ...]:
    if kind in FIELD_KINDS:
        return ()
    return _true_false(values) if kind == "true_false" else _options(values)


def rows_of(draft: ItemDraft, extra: int = 0) -> int:
    """Return how many option rows the form shows: what is there and some to spare."""
    wanted = max(FEWEST_ROWS, len(draft.options) + SPARE_ROWS + extra)
    return min(rules.MOST_OPTIONS, wanted)


def _text(values: MultiDict[str, Any], name: str, longest: int) -> str:
    return str(values.get(name, "")).replace("\r\n", "\n").strip()[:longest]


def _true_false(values: MultiDict[str, Any]) -> tuple[OptionDraft, ...]:
    answer = values.get("answer") == "true"
    words = zip(rules.TRUE_FALSE_TEXTS, (answer, not answer), strict=True)
    return tuple(OptionDraft(text, correct) for text, correct in words)


def _options(values: MultiDict[str, Any]) -> tuple[OptionDraft, ...]:
    correct = set(values.getlist("correct"))
    options = []
    for row in range(rules.MOST_OPTIONS):
        text = _text(values, f"option-{row}", rules.LONGEST_OPTION)
        if text or str(row) in correct:
            options.append(OptionDraft(text, str(row) in correct))
    return tuple(options)

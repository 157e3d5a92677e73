"""Forms of papers and items: request to typed values."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.models import Item
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

FEWEST_ROWS = 4
SPARE_ROWS = 2


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
        item.kind, item.stem_md, options, item.explanation_md, item.review_slug, item.key
    )


def draft_from_request(key: str | None = None) -> ItemDraft:
    """Return the item as it was filled in, cut to the longest texts; empty rows are left out."""
    values: MultiDict[str, Any] = request.form
    kind = values.get("kind", "")
    return ItemDraft(
        kind,
        _text(values, "stem", rules.LONGEST_TEXT),
        _true_false(values) if kind == "true_false" else _options(values),
        _text(values, "explanation", rules.LONGEST_TEXT),
        _text(values, "review", rules.LONGEST_TITLE) or None,
        key,
    )


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

"""From the pieces of one question to its content: which kind it is, what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sanshi_lms.quizzes.content import (
    Blank,
    ContentKind,
    Criterion,
    ItemContent,
    NumericKey,
    OptionContent,
)
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.exchange import text_answers, text_lines
from sanshi_lms.quizzes.exchange.rubric_text import split_keywords
from sanshi_lms.quizzes.exchange.text_answers import Listed, as_letters, as_truth
from sanshi_lms.quizzes.marking import read_number
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

if TYPE_CHECKING:
    from sanshi_lms.quizzes.exchange.text import Block

_DIFFICULTIES = (("难", 3), ("hard", 3), ("易", 1), ("简单", 1), ("easy", 1))
_POINT_SPLIT = re.compile(r"\n|(?=[①-⑩])|(?=[(（]\d{1,2}[)）](?!\s*分))")
NO_ANSWER = "没有找到答案：请在题目下面写“答案：A”这样一行，或写在题目的括号里。"


@dataclass(frozen=True)
class Made:
    """A question as far as it could be made, and why it cannot be kept, if so."""

    content: ItemContent
    problem_zh: str | None = None


@dataclass
class _Draft:
    """What is known of a question before its kind is."""

    stem: str
    options: list[str]
    answer: str
    explanation: str
    kind: str | None
    points: int
    base: ItemContent


def build(block: Block, listed: Listed) -> Made:
    """Return the question of a block; `listed` are the answers at the end of the text."""
    draft = _draft(block, listed)
    if block.parts:
        return _case(block, draft, listed)
    kind = _kind(draft)
    makers: dict[str, Callable[[_Draft], Made]] = {
        "single": _choice, "multiple": _choice, "true_false": _true_false, "blanks": _blanks,
        "ordering": _ordering, "numeric": _numeric, "short": _short, "case": _short,
    }  # fmt: skip
    if kind == "matching":
        words = "匹配题不能从文字里读，请用 Excel 模板导入，或在网页上添加。"
        return Made(replace(draft.base, kind="matching"), words)
    draft.kind = kind
    return makers[kind](draft)


def _draft(block: Block, listed: Listed) -> _Draft:
    stem = "\n".join(line for line in block.stem if line).strip()
    kind, stem = text_lines.own_kind(stem)
    points, stem = text_lines.own_points(stem)
    answer = "\n".join(line for line in block.answer or [] if line).strip()
    if not answer:
        inner, stem = _in_stem(stem)
        answer = inner or _from_list(block, listed)
    said = re.search(r"\d{1,3}", text_lines.shadow(block.fields.get("points", "")))
    if points is None:
        points = int(said[0]) if said else block.section.points if block.section else None
    explanation = "\n\n".join(line for line in block.explanation if line)
    base = ItemContent(
        "single",
        stem,
        explanation,
        points=points if points else 1,
        difficulty=_difficulty(block.fields.get("difficulty", "")),
        topic=block.fields.get("topic", "").strip("。;； "),
        source_clause=block.fields.get("clause", "").strip(),
    )
    section = block.section.kind if block.section else None
    return _Draft(stem, block.options, answer, explanation, kind or section, base.points, base)


def _in_stem(stem: str) -> tuple[str | None, str]:
    return text_answers.answer_in_stem(stem)


def _from_list(block: Block, listed: Listed) -> str:
    ordinal = block.section.ordinal if block.section else 0
    for section in (ordinal or block.section_place, block.section_place, 0):
        if (section, block.number) in listed:
            return listed[section, block.number]
    if len({section for section, _ in listed}) == 1:
        return next((text for (_, number), text in listed.items() if number == block.number), "")
    return ""


def _difficulty(text: str) -> int:
    return next((level for word, level in _DIFFICULTIES if word in text.lower()), 2)


def _kind(draft: _Draft) -> str:
    letters = as_letters(draft.answer.partition("\n")[0])
    if draft.kind == "case":  # one part of it, or a case without parts
        draft.kind = None
    if draft.kind in {"choice", None}:
        if _is_truth_pair(draft.options) or (
            not draft.options and as_truth(draft.answer.partition("\n")[0]) is not None
        ):
            return "true_false"
        if draft.options or (letters and "\n" in draft.stem):
            return "multiple" if letters and len(letters) > 1 else "single"
        if draft.kind is None and text_answers.HOLE in text_answers.holes(draft.stem)[0]:
            return "blanks"
        return "short" if draft.kind is None else "single"
    if draft.kind == "single" and letters and len(set(letters)) > 1:
        return "multiple"
    if draft.kind == "numeric" and read_number(draft.answer) is None:
        return "short"
    return draft.kind


def _is_truth_pair(options: list[str]) -> bool:
    return len(options) == 2 and {as_truth(text) for text in options} == {True, False}


def _choice(draft: _Draft) -> Made:
    options, stem = draft.options, draft.stem
    first, _, rest = draft.answer.partition("\n")
    numbers = as_letters(first)
    if not options and numbers and stem.count("\n") >= 2:
        stem, *options = stem.split("\n")  # automatic letters were lost: the lines are options
    kind: ContentKind = "multiple" if draft.kind == "multiple" else "single"
    right = set(numbers or ())
    content = replace(
        draft.base,
        kind=kind,
        stem_md=stem,
        explanation_md=_both(rest, draft.explanation),
        options=tuple(OptionContent(text, place in right) for place, text in enumerate(options)),
    )
    if not draft.answer:
        return Made(content, content_problem(content) and NO_ANSWER)
    if numbers is None:
        return Made(content, f"答案“{first[:20]}”不是选项的字母，请写成 A 或 ABC 这样。")
    beyond = [text_lines.LETTERS[number] for number in numbers if number >= len(options)]
    if beyond:
        return Made(content, f"答案里的 {'、'.join(beyond)} 没有对应的选项，请检查选项或答案。")
    return Made(content)


def _true_false(draft: _Draft) -> Made:
    first, _, rest = draft.answer.partition("\n")
    truth = as_truth(first)
    letters = as_letters(first)
    if truth is None and letters and len(letters) == 1:
        texts = draft.options if len(draft.options) == 2 else list(TRUE_FALSE_TEXTS)
        truth = as_truth(texts[letters[0]]) if letters[0] < 2 else None
    content = replace(
        draft.base,
        kind="true_false",
        explanation_md=_both(rest, draft.explanation),
        options=tuple(
            OptionContent(text, correct=truth is not None and (place == 0) == truth)
            for place, text in enumerate(TRUE_FALSE_TEXTS)
        ),
    )
    if truth is None:
        return Made(content, "判断题的答案请写“对”或“错”（√ 或 × 也可以）。")
    return Made(content)


def _blanks(draft: _Draft) -> Made:
    stem, written = text_answers.holes(draft.stem, filled=not draft.answer)
    if not draft.answer and not written:
        stem, written = text_answers.bracket_blanks(draft.stem)
    wanted = stem.count(text_answers.HOLE)
    accepted = (
        text_answers.blank_answers(draft.answer, wanted)
        if draft.answer
        else [(text,) for text in written]
    )
    content = replace(
        draft.base,
        kind="blanks",
        stem_md=stem,
        blanks=tuple(Blank(texts) for texts in accepted if texts),
    )
    return Made(content, None if accepted else NO_ANSWER)


def _ordering(draft: _Draft) -> Made:
    numbers = as_letters(draft.answer.partition("\n")[0])
    whole = numbers is not None and sorted(numbers) == list(range(len(draft.options)))
    order = numbers if whole and numbers else list(range(len(draft.options)))
    content = replace(
        draft.base, kind="ordering", sequence=tuple(draft.options[number] for number in order)
    )
    return Made(content, None if whole else "排序题的答案请按正确顺序写出所有字母，例如 BADC。")


def _numeric(draft: _Draft) -> Made:
    read = read_number(draft.answer)
    key = NumericKey(read[0], units=(read[1],) if read[1] else ()) if read else None
    return Made(replace(draft.base, kind="numeric", numeric=key))


def _short(draft: _Draft) -> Made:
    if not draft.answer:
        return Made(replace(draft.base, kind="short"), NO_ANSWER)
    rubric = []
    for piece in _POINT_SPLIT.split(draft.answer):
        said, words = split_keywords(piece.strip())
        points, text = text_lines.own_points(said)
        if text:
            rubric.append(Criterion(text[:500], points or 1, words))
    own = sum(criterion.points for criterion in rubric)
    points = max(draft.points, own) if draft.points == 1 else draft.points
    return Made(replace(draft.base, kind="short", rubric=tuple(rubric[:10]), points=points))


def _case(block: Block, draft: _Draft, listed: Listed) -> Made:
    made = [build(part, listed) for part in block.parts]
    content = replace(
        draft.base,
        kind="case",
        parts=tuple(one.content for one in made),
        points=sum(one.content.points for one in made),
    )
    wrong = next(((n, one.problem_zh) for n, one in enumerate(made, 1) if one.problem_zh), None)
    return Made(content, f"第 {wrong[0]} 小题：{wrong[1]}" if wrong else None)


def _both(first: str, second: str) -> str:
    return "\n\n".join(text for text in (first.strip(), second.strip()) if text)

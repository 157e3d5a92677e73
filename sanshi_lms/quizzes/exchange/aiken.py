"""Aiken: one stem, options by letter, and ``ANSWER: B``."""

import re
from collections.abc import Sequence

from sanshi_lms.quizzes.content import ItemContent, OptionContent
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.text_answers import as_truth
from sanshi_lms.quizzes.exchange.text_lines import LETTERS

_OPTION = re.compile(r"\s*([A-Z])\s*[.)．）]\s*(.*)", re.DOTALL)
_ANSWER = re.compile(r"\s*ANSWER\s*[:：]\s*(.*)", re.DOTALL)


def write_aiken(contents: Sequence[ItemContent]) -> bytes:
    """Return the choices with one answer; nothing else has a place in Aiken."""
    pieces = []
    for content in contents:
        right = [n for n, one in enumerate(content.options) if one.correct]
        if content.kind in {"single", "true_false"} and len(right) == 1:
            lines = [_line(content.stem_md)]
            lines += [
                f"{LETTERS[n]}. {_line(one.text_md)}" for n, one in enumerate(content.options)
            ]
            pieces.append("\n".join([*lines, f"ANSWER: {LETTERS[right[0]]}"]))
    return ("\n\n".join(pieces) + "\n").encode()


def _line(text: str) -> str:
    return " ".join(text.split("\n"))


def read_aiken(text: str) -> Reading:
    """Return the questions of an Aiken text."""
    reading = Reading()
    stem, options, first = "", list[str](), 0
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if len(reading.found) > MOST_ITEMS:
            return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
        answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
        if answer and (stem or options):
            content, problem = _content(stem, options, answer[1].strip())
            reading.add(content, f"第 {first} 行", first, problem)
            stem, options, first = "", [], 0
        elif answer:
            reading.fault(f"第 {number} 行", "只有 ANSWER，上面没有题目。请补上或删去。")
        elif option and stem and option[1] == (LETTERS + "KLMNOPQRSTUVWXYZ")[len(options) % 26]:
            options.append(option[2].strip())
        elif line.strip():
            if options:  # no ANSWER came: the question is over all the same
                reading.add(_content(stem, options, "")[0], f"第 {first} 行", first, _MISSING)
                stem, options, first = "", [], 0
            stem, first = f"{stem}\n{line.strip()}".strip(), first or number
    if stem:
        reading.add(_content(stem, options, "")[0], f"第 {first} 行", first, _MISSING)
    return reading


_MISSING = "没有答案：请在选项下面写一行 ANSWER: A。"


def _content(stem: str, options: list[str], answer: str) -> tuple[ItemContent, str | None]:
    place = LETTERS.find(answer) if len(answer) == 1 else -1
    right = 0 <= place < len(options)
    made = tuple(OptionContent(text, n == place) for n, text in enumerate(options))
    if [as_truth(text) for text in options] == [True, False]:
        return ItemContent("true_false", stem, options=made), None if right else _wrong(answer)
    return ItemContent("single", stem, options=made), None if right else _wrong(answer)


def _wrong(answer: str) -> str:
    if len(answer) > 1:
        return f"Aiken 的答案只能是一个字母，这里是“{answer[:20]}”。多选题请用 Excel 模板。"
    return f"答案“{answer[:20]}”没有对应的选项，请检查。" if answer else _MISSING

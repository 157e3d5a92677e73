"""Aiken: a stem on one line, options with letters, `ANSWER: B`. Single choice and nothing else."""

import re
from collections.abc import Sequence

from sanshi_lms.quizzes.content import ItemContent, OptionContent
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused

KINDS = ("single",)
_OPTION = re.compile(r"\s*([A-Za-z])\s*[).）．、]\s*(.*\S)\s*")
_ANSWER = re.compile(r"\s*(?:ANSWER|答案)\s*[:：]\s*([A-Za-z])\s*[.。]?\s*", re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def looks_like_aiken(text: str) -> bool:
    """Tell whether a text has its lines of answers."""
    return bool(re.search(r"^\s*ANSWER\s*[:：]\s*[A-Za-z]\s*$", text, re.MULTILINE | re.IGNORECASE))


def read_aiken(text: str) -> Reading:
    """Return the questions of an Aiken text."""
    reading = Reading()
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
        if answer and (stem or options):
            _add(reading, stem, options, answer[1].upper(), start)
            stem, options = [], []
        elif option and stem:
            options.append((option[1].upper(), option[2]))
        elif line.strip() and not options:
            start = start if stem else number
            stem.append(line.strip())
        elif line.strip():
            # The stem of the next question before an answer came: this one has none.
            reading.fault(f"第 {start} 行", "没有找到答案：选项下面要有“ANSWER: A”这样一行。")
            stem, options, start = [line.strip()], [], number
    if stem:
        reading.fault(f"第 {start} 行", "没有找到答案：选项下面要有“ANSWER: A”这样一行。")
    return reading if len(reading.found) <= MOST_ITEMS else refused(f"一次最多 {MOST_ITEMS} 题。")


def write_aiken(contents: Sequence[ItemContent]) -> str:
    """Return single choice questions as Aiken."""
    return "\n".join(_write(content) for content in contents)


def fits(content: ItemContent) -> bool:
    """Tell whether a question survives the format: one line each, none that looks like another.

    A stem that itself looks like an option or an answer would come back as one.
    """
    lines = [content.stem_md, *(option.text_md for option in content.options)]
    one_line = all(line.strip() == line and len(line.splitlines()) == 1 for line in lines)
    stem = content.stem_md
    return one_line and not (_OPTION.fullmatch(stem) or _ANSWER.fullmatch(stem))


def _add(
    reading: Reading, stem: list[str], options: list[tuple[str, str]], answer: str, start: int
) -> None:
    letters = [letter for letter, _ in options]
    content = ItemContent(
        "single",
        "\n".join(stem),
        options=tuple(OptionContent(text, letter == answer) for letter, text in options),
    )
    problem = None if answer in letters else f"答案是 {answer}，但没有这个选项。"
    reading.add(content, f"第 {start} 行", start, problem)


def _write(content: ItemContent) -> str:
    right = next(n for n, option in enumerate(content.options) if option.correct)
    options = [
        f"{_LETTERS[number]}. {option.text_md}" for number, option in enumerate(content.options)
    ]
    return "\n".join([content.stem_md, *options, f"ANSWER: {_LETTERS[right]}", ""])

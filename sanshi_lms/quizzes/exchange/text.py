"""Questions from pasted text, in the shapes that Chinese units really use.

A question begins with its number, or, where a word processor kept its automatic numbers to
itself, with the line above its options. Answers stand below it, in the brackets of its stem, or
in a list at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sanshi_lms.quizzes.exchange import text_answers, text_lines
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Fault, Reading, refused
from sanshi_lms.quizzes.exchange.text_build import build
from sanshi_lms.quizzes.exchange.text_lines import Head, Line, Start

MOST_CHARACTERS = 2_000_000
LONGEST_LINE = 10_000
_LOOK_AHEAD = 12


@dataclass
class Block:
    """The pieces of one question, as they were met."""

    line: int
    number: int
    style: str
    section: Head | None
    section_place: int
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    answer: list[str] | None = None
    explanation: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    parts: list[Block] = field(default_factory=list)


def read_text(text: str) -> Reading:
    """Return the questions of a pasted text, in its order."""
    if len(text) > MOST_CHARACTERS:
        return refused(f"文字太长了，一次最多 {MOST_CHARACTERS // 10_000} 万字，请分几次粘贴。")
    reader = _Reader(text_lines.lines_of(text))
    reader.read()
    reading = Reading(left_out=reader.left_out)
    if len(reader.blocks) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分几次粘贴。")
    for block in reader.blocks:
        made = build(block, reader.listed)
        place = (
            f"第 {block.number} 题（第 {block.line} 行）" if block.number else f"第 {block.line} 行"
        )
        reading.add(made.content, place, block.line, made.problem_zh)
    if not reader.blocks and text.strip():
        reading.fault("整段文字", "没有找到题目：每道题请以“1.”或“1、”这样的题号开头。")
    return reading


class _Reader:
    """Walks the lines once. `state` is the piece of the open question that lines belong to."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.left_out: list[Fault] = []
        self.listed: text_answers.Listed = {}
        self._open: Block | None = None
        self._section: Head | None = None
        self._sections = 0
        self._state = "stem"
        self._inner = 0  # last number of a list inside an answer

    def read(self) -> None:
        for place, line in enumerate(self.lines):
            if not line.shadow:
                continue
            if self.blocks and text_lines.opens_answer_list(self.lines, place):
                self.listed = text_answers.listed_answers(self.lines[place:])
                return
            self._take(place, line)

    def _take(self, place: int, line: Line) -> None:
        if len(line.text) > LONGEST_LINE:
            self.left_out.append(Fault(f"第 {line.number} 行", "这一行太长，没有读；请分成几行。"))
            return
        head = text_lines.head_of(line)
        if head:
            self._section, self._open, self._inner = head, None, 0
            self._sections += 1
            return
        start = text_lines.start_of(line)
        if start and self._begins(start, place):
            self._begin(line, start)
        elif start is None and self._begins_without_number(place):
            self._begin(line, Start(0, "none", line.text))
        elif self._open is None:
            self.left_out.append(
                Fault(f"第 {line.number} 行", f"不是题目，没有导入：{line.text[:40]}")
            )
        else:
            self._feed(line.text)

    def _begin(self, line: Line, start: Start) -> None:
        block = Block(line.number, start.number, start.style, self._section, self._sections)
        outer = self._case_of(start)
        (outer.parts if outer else self.blocks).append(block)
        self._open, self._state, self._inner = block, "stem", 0
        self._feed(start.rest)

    def _case_of(self, start: Start) -> Block | None:
        """Return the case that a sub-question belongs to."""
        if self._section is None or self._section.kind != "case" or not self.blocks:
            return None
        last = self.blocks[-1]
        same = last.section_place == self._sections
        return last if same and start.style != last.style and start.style != "none" else None

    def _begins(self, start: Start, place: int) -> bool:
        """Return whether a numbered line begins a question and is no list within an answer."""
        if self._open is None or self._state in {"stem", "options"}:
            return self._open is None or not self._is_inner(start, place)
        if start.number == 1 and not (start.style == self._open.style and self._leads(place)):
            self._inner = 1
            return False
        if self._inner and start.number == self._inner + 1 and not self._leads(place):
            self._inner = start.number
            return False
        return start.style == self._open.style or self._leads(place) or self._follows(start)

    def _is_inner(self, start: Start, place: int) -> bool:
        """Return whether a number in a stem counts within it: "(1)…(2)…" below "3."."""
        if self._open is None or start.style == self._open.style or self._open.style == "none":
            return False
        is_case = self._section is not None and self._section.kind == "case"
        return not is_case and not self._leads(place)

    def _follows(self, start: Start) -> bool:
        return self._open is not None and start.number == self._open.number + 1

    def _begins_without_number(self, place: int) -> bool:
        if any(key for key, _ in text_lines.fields_of(self.lines[place].text)[:1]):
            return False
        at = len(self._open.options) if self._open else 0
        before, options = text_lines.options_of(self.lines[place].text, at)
        if self._open is not None and options and not before:
            return False
        if self._open is None:
            return self._leads(place)
        if self._state == "stem":
            return False
        if self._state == "options":  # a second line of an option, unless other options follow
            return self._leads(place, by_answer=False)
        return self._leads(place, near=self._state == "explanation")

    def _leads(self, place: int, *, near: bool = False, by_answer: bool = True) -> bool:
        """Return whether options, or an answer of its own, follow the line at `place`."""
        if text_lines.options_of(self.lines[place].text, 0)[1]:
            return True
        begin = place + 1
        for line in self.lines[begin : begin + (3 if near else _LOOK_AHEAD)]:
            if not line.shadow:
                continue
            if text_lines.start_of(line) or text_lines.head_of(line):
                return False
            before, options = text_lines.options_of(line.text, 0)
            if options and not before:
                return True
            first = text_lines.fields_of(line.text)[:1]
            if first and first[0][0]:
                return by_answer and first[0][0] == "answer"
        return False

    def _feed(self, text: str) -> None:
        for key, value in text_lines.fields_of(text):
            if not key:
                self._plain(value)
            elif key in {"answer", "explanation"}:
                self._state = key
                self._plain(value)
            elif self._open:
                self._open.fields[key] = value

    def _plain(self, text: str) -> None:
        block = self._open
        if block is None:
            return
        if self._state == "explanation":
            block.explanation.append(text)
        elif self._state == "answer":
            block.answer = [*(block.answer or []), text]
        else:
            before, options = text_lines.options_of(text, len(block.options))
            if options and not before and not block.stem:  # "A、B 两栋楼…": no question is empty
                before, options = text, []
            if before:
                self._before_options(block, before)
            if options:
                block.options += options
                self._state = "options"

    def _before_options(self, block: Block, text: str) -> None:
        if self._state == "options" and block.options:
            block.options[-1] += f" {text}"
        else:
            block.stem.append(text)

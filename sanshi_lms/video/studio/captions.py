"""Captions from the very text that is spoken: cues of one line on a phone, as WebVTT."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rjieba

MAX_LINE = 20  # characters a line: about what 390 px carry at a size that older eyes read
_NO_LINE_START = "，。！？；：、,.!?;:…—”’」』）)》】%％"
_NO_LINE_END = "“‘「『（(《【"
_MIN_SECONDS = 0.2


@dataclass(frozen=True)
class Cue:
    """A caption: start and end in seconds from the video's beginning, and its text."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class SpokenClause:
    """A clause with the time it is heard (seconds); `ends_sentence` keeps cues within sentences."""

    text: str
    start: float
    end: float
    ends_sentence: bool


def make_cues(clauses: Sequence[SpokenClause]) -> list[Cue]:
    """Cues that together carry every character of the clauses, in order, never overlapping."""
    cues: list[Cue] = []
    group: list[SpokenClause] = []
    for clause in clauses:
        if group and _width("".join(c.text for c in group) + clause.text) > MAX_LINE:
            cues += _split(group)
            group = []
        group.append(clause)
        if clause.ends_sentence:
            cues += _split(group)
            group = []
    cues += _split(group)
    return cues


def to_webvtt(cues: Sequence[Cue], language: str = "zh-CN") -> str:
    """The cues as a WebVTT file (text escaped as its grammar asks)."""
    blocks = [f"WEBVTT\nLanguage: {language}"]
    for number, cue in enumerate(cues, 1):
        text = cue.text.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{number}\n{_stamp(cue.start)} --> {_stamp(cue.end)}\n{text}")
    return "\n\n".join(blocks) + "\n"


def break_text(text: str, limit: int = MAX_LINE) -> list[str]:
    """Cut a text into parts of at most about `limit` characters, of even length, between words.

    Joined again, the parts are the text. A single word longer than the limit is cut hard.
    """
    parts = -(-_width(text) // limit)
    if parts <= 1:
        return [text]
    goal = _width(text) / parts
    lines: list[str] = []
    line = ""
    for word in _words(text, limit):
        wide = _width(line) + _width(word)
        past_goal = line and abs(_width(line) - goal) <= abs(wide - goal)
        if line and (wide > limit or (past_goal and len(lines) < parts - 1)):
            lines.append(line)
            line = ""
        line += word
    return [*lines, line]


def _width(text: str) -> float:
    """Length in Chinese characters: a Latin letter or figure takes half the room."""
    return sum(0.5 if c.isascii() else 1.0 for c in text)


def _words(text: str, limit: int) -> Iterator[str]:
    """Words with the marks that may not be parted from them."""
    held = ""
    for token in rjieba.cut(text):
        starts_badly = token[0] in _NO_LINE_START or token.isspace()
        if held and not starts_badly and held[-1] not in _NO_LINE_END:
            yield from _hard(held, limit)
            held = ""
        held += token
    yield from _hard(held, limit)


def _hard(word: str, limit: int) -> Iterator[str]:
    yield from re.findall(rf".{{1,{limit}}}", word, re.DOTALL)


def _split(group: Sequence[SpokenClause]) -> list[Cue]:
    """One cue for a group of clauses, or several of even length for one long clause."""
    if not group:
        return []
    text = "".join(c.text for c in group)
    start, end = group[0].start, max(group[-1].end, group[0].start + _MIN_SECONDS)
    parts = break_text(text)
    cues, seen = [], 0
    for part in parts:
        begin = start + (end - start) * seen / len(text)
        seen += len(part)
        cues.append(Cue(begin, start + (end - start) * seen / len(text), part))
    return cues


def _stamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"

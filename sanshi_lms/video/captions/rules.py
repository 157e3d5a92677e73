"""What a caption may be: its times, its words, and what to say when it may not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_CUES = 20_000
MAX_CUE_TEXT = 500
MAX_SECONDS = 24 * 3600
TOLD_FAULTS = 3

# Control signs, and signs that reorder what stands beside them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2029\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


class CaptionError(ValueError):
    """The captions cannot be taken; the text says where and what to do."""


@dataclass(frozen=True)
class CueText:
    """One caption, shown from `start` to `end` (seconds)."""

    start: float
    end: float
    text: str


@dataclass
class Draft:
    """What a reader has found so far: cues, and faults as (line, sentence)."""

    cues: list[CueText] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, start: float, end: float, text: str) -> None:
        """Take a cue whose time stands in `line` (counted from 1), or note what is wrong with it.

        A cue without words is left out.
        """
        words = clean(text)
        if problem := cue_problem(start, end, words):
            self.faults.append((line, problem))
        elif words:
            self.cues.append(CueText(start, end, words))

    def finished(self) -> list[CueText]:
        """Return the cues in the order of time, each once. Raises CaptionError with the faults."""
        if self.faults:
            told = "".join(
                f"第 {line} 行：{problem}" for line, problem in self.faults[:TOLD_FAULTS]
            )
            more = len(self.faults) - TOLD_FAULTS
            raise CaptionError(told + (f"另外还有 {more} 处。" if more > 0 else ""))
        if len(self.cues) > MAX_CUES:
            raise CaptionError(f"字幕太多，最多 {MAX_CUES} 条。请检查文件是否重复。")
        return in_order(self.cues)


def in_order(cues: Sequence[CueText]) -> list[CueText]:
    """Return the cues sorted by time; what is twice the same (a shadow in ASS) stays once."""
    return sorted(dict.fromkeys(cues), key=lambda cue: (cue.start, cue.end))


def cue_problem(start: float, end: float, text: str) -> str | None:
    """Say what is wrong with a cue and how to mend it; None when nothing is."""
    if start < 0 or end < 0:
        return "时间是负数。请把字幕整体往后移，让第一句不早于 0 秒。"
    if not end <= MAX_SECONDS:
        return "时间超过 24 小时，请检查小时、分、秒有没有写错。"
    if not end > start:
        return "结束时间要晚于开始时间，请改正。"
    if len(text) > MAX_CUE_TEXT:
        return f"这一句有 {len(text)} 个字，太长，最多 {MAX_CUE_TEXT} 个。请分成几句。"
    return None


def clean(text: str) -> str:
    """Return the words as they are kept: no control signs, no empty lines, lines trimmed."""
    kept = (_INVISIBLE.sub("", line).strip() for line in _LINE_END.split(text))
    return "\n".join(line for line in kept if line)


def seconds_of(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    """Return a time of digits in seconds, exact to the thousandth."""
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + int((fraction or "0")[:3].ljust(3, "0"))) / 1000

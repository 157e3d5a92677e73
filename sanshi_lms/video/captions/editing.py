"""What the editor sends, checked anew, and how it differs from what was there. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sanshi_lms.video.captions.rules import MAX_CUES, CueText, clean, cue_problem, in_order


@dataclass(frozen=True)
class CueFault:
    """What is wrong with a caption (counted from 1), and the mend."""

    cue: int
    message: str


@dataclass(frozen=True)
class Changes:
    """How many captions became different, and in what way."""

    words: int = 0
    times: int = 0
    added: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.words or self.times or self.added or self.removed)

    def __str__(self) -> str:
        told = (
            (self.words, "改文字"),
            (self.times, "改时间"),
            (self.added, "新增"),
            (self.removed, "删除"),
        )
        return "、".join(f"{verb} {count} 句" for count, verb in told if count)


def read_rows(rows: object) -> tuple[list[CueText], list[CueFault]]:
    """Return the cues of `[[start, end, text], …]` in the order of time, and all faults."""
    if not isinstance(rows, list):
        return [], [CueFault(1, "发来的内容看不懂，请刷新页面后再保存。")]
    if len(rows) > MAX_CUES:
        return [], [CueFault(MAX_CUES, f"字幕太多，最多 {MAX_CUES} 句。")]
    cues: list[CueText] = []
    faults: list[CueFault] = []
    for number, row in enumerate(rows, start=1):
        found = _read_row(row)
        if isinstance(found, CueText):
            cues.append(found)
        else:
            faults.append(CueFault(number, found))
    return in_order(cues), faults


def _read_row(row: object) -> CueText | str:
    if not isinstance(row, list) or len(row) != 3:
        return "内容不完整，请刷新页面后再保存。"
    start, end, text = row
    if not (_is_time(start) and _is_time(end) and isinstance(text, str)):
        return "时间要填数字，例如 00:12.5。"
    words = clean(text)
    if not words:
        return "没有文字，请填上，或者删除这一句。"
    cue = CueText(round(float(start), 3), round(float(end), 3), words)
    return cue_problem(cue.start, cue.end, words) or cue


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 10**9 and math.isfinite(value)


def changes(before: Sequence[CueText], after: Sequence[CueText]) -> Changes:
    """Tell what became of `before`: a cue that kept its words, or its beginning, is the same."""
    gone = list((Counter(before) - Counter(after)).elements())
    new = list((Counter(after) - Counter(before)).elements())
    times = _pair(gone, new, lambda cue: cue.text)
    words = _pair(gone, new, lambda cue: cue.start)
    return Changes(words=words, times=times, added=len(new), removed=len(gone))


def _pair(gone: list[CueText], new: list[CueText], key: Callable[[CueText], object]) -> int:
    """Take from both lists those that agree in `key`; return how many pairs there were."""
    common = Counter(map(key, gone)) & Counter(map(key, new))
    for cues in (gone, new):
        left = common.copy()
        kept = []
        for cue in cues:
            if left[key(cue)] > 0:
                left[key(cue)] -= 1
            else:
                kept.append(cue)
        cues[:] = kept
    return common.total()

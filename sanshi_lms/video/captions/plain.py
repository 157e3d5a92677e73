"""Plain timed text: "00:12 文字", "[00:12.5]文字" as in lyrics, or words below a time. Pure."""

import re
from dataclasses import dataclass, field

from sanshi_lms.video.captions.rules import Draft, seconds_of
from sanshi_lms.video.captions.subrip import unmarked

SHORTEST_SECONDS = 4.0
SECONDS_A_SIGN = 0.4

_D = "[0-9０-９]"
_CLOCK = (
    rf"(?:({_D}{{1,2}})[:：])?({_D}{{1,3}})[:：]({_D}{{2}})(?:[.,:：]({_D}{{1,3}}))?"
    r"(?![0-9０-９:：])"
)
_OPEN, _CLOSE = r"[\[(（【<]?\s*", r"\s*[\])）】>]?"
_START = re.compile(_OPEN + _CLOCK + _CLOSE)
_END = re.compile(r"\s*[-–—~～至到]{1,2}\s*" + _OPEN + _CLOCK + _CLOSE)
_REST = re.compile(r"[\s:：、\-–—]*")
_META = re.compile(r"\[(ti|ar|al|au|by|re|ve|length|offset|id|lang|la)\s*[:：]([^\]]*)\]", re.I)


@dataclass
class _Line:
    number: int
    start: float
    end: float | None
    words: list[str] = field(default_factory=list)


def read(lines: list[str]) -> Draft:
    """Return what these lines say: each until the next, but no longer than it takes to read."""
    draft = Draft()
    found: list[_Line] = []
    offset, sorted_by_us, headless = 0.0, False, 0
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().lstrip("\ufeff")
        if not line:
            continue
        meta = _META.fullmatch(line)
        if meta:
            offset = _offset(meta) or offset
            continue
        times, rest = _times(number, line)
        if times:
            sorted_by_us = sorted_by_us or len(times) > 1
            for one in times:
                one.words.append(rest)
            found += times
        elif found:
            found[-1].words.append(line)
        else:
            headless = headless or number
    if found and headless:
        draft.faults.append(
            (headless, "开头没有时间。请写上时间，例如“00:12 文字”，或删掉这一行。")
        )
    if sorted_by_us:  # in lyrics a line that comes again carries all its times
        found.sort(key=lambda one: one.start)
    _fill(draft, found, offset)
    return draft


def _times(number: int, line: str) -> tuple[list[_Line], str]:
    found: list[_Line] = []
    at = 0
    while match := _START.match(line, at):
        if int(match[3]) > 59:
            break
        start, at = seconds_of(*match.groups()), match.end()
        end = _END.match(line, at)
        until = None
        if end and int(end[3]) <= 59:
            until, at = seconds_of(*end.groups()), end.end()
        found.append(_Line(number, start, until))
        if line[match.start()] not in "[【":
            break  # only lyrics have several times before their words
    rest = _REST.match(line, at)
    return found, line[rest.end() if rest and found else at :]


def _offset(meta: re.Match[str]) -> float:
    """Seconds by which lyrics come earlier than their times say."""
    if meta[1].lower() != "offset" or not re.fullmatch(r"\s*[+-]?[0-9]{1,6}\s*", meta[2]):
        return 0.0
    return int(meta[2]) / 1000


def _fill(draft: Draft, found: list[_Line], offset: float) -> None:
    for place, one in enumerate(found):
        words = unmarked("\n".join(one.words))
        following = found[place + 1] if place + 1 < len(found) else None
        if following and following.start < one.start:
            problem = "时间比前面一句还早，请按时间先后排列。"
            draft.faults.append((following.number, problem))
            continue
        until = one.end
        if until is None:
            until = one.start + max(SHORTEST_SECONDS, SECONDS_A_SIGN * len(words))
            if following and following.start > one.start:
                until = min(until, following.start)
        start = max(0.0, one.start - offset)
        end = until - offset
        if offset and end <= start:
            continue  # moved before the beginning
        draft.add(one.number, start, end, words)

"""SubRip and WebVTT: blocks of words under a line of two times. Pure."""

import html
import re

from sanshi_lms.video.captions.rules import Draft, seconds_of

_ARROW = "-->"
# Full-width signs and a colon before the thousandths come from phones and from other tools.
_D = "[0-9０-９]"
_TIME = rf"(-?)(?:({_D}{{1,3}})[:：])?({_D}{{1,3}})[:：]({_D}{{1,2}})(?:[.,，。:：]({_D}{{1,9}}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*(?:[-—–]{{1,3}}>|→)\s*{_TIME}(?![0-9０-９:：])")
_MARKUP = re.compile(r"</?[A-Za-z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_WRONG = "时间看不懂，应写成“00:00:01,000 --> 00:00:04,000”。"


def recognised(lines: list[str]) -> bool:
    """Tell whether a file of these lines is meant to have lines of two times."""
    return any(_ARROW in line or _TIMES.match(line) for line in lines)


def read(lines: list[str]) -> Draft:
    """Return what these lines say."""
    draft, at = Draft(), 0
    while at < len(lines):
        line = lines[at]
        at += 1
        match = _TIMES.match(line)
        if match is None:
            if _ARROW in line:
                draft.faults.append((at, _WRONG))
            continue
        here = at
        body: list[str] = []
        while at < len(lines) and lines[at].strip() and not _TIMES.match(lines[at]):
            if _ARROW in lines[at]:
                break
            body.append(lines[at])
            at += 1
        cut = at < len(lines) and _ARROW in lines[at]
        if cut and body and body[-1].strip().isdigit():
            body.pop()  # the number of the next cue: a blank line is missing between the two
        first, second = match.groups()[:5], match.groups()[5:]
        draft.add(here, _seconds(first), _seconds(second), unmarked("\n".join(body)))
    return draft


def unmarked(text: str) -> str:
    """The words without tags, styles and entities."""
    return html.unescape(_MARKUP.sub("", text))


def _seconds(parts: tuple[str | None, ...]) -> float:
    sign, hours, minutes, seconds, fraction = parts
    moment = seconds_of(hours, minutes or "0", seconds or "0", fraction)
    return -moment if sign and moment else moment

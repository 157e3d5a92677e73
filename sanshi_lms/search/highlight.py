"""Snippets with the found words marked: cut by ourselves, from escaped text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from sanshi_lms.core.registers import Cue
from sanshi_lms.search.analysis import BRIDGE, fold, is_han, written_simply

SNIPPET_CHARACTERS = 96
BEFORE_HIT = 24
MAX_MATCHES = 400
MOMENTS = 3
MOMENT_CHARACTERS = 36
APART_SECONDS = 5.0
_SENTENCE_END = "。！？；\n"
_BLANKS = re.compile(r"\s+")
_BLANK_AFTER_STOP = re.compile(r"(?<=[。！？；，：、])\s+")
Span = tuple[int, int]


@dataclass(frozen=True)
class Moment:
    """A place where the words stand: whole seconds of a video, or a page, and the words marked."""

    seconds: int
    text: Markup
    page: int | None = None
    url: str = ""
    label: str = ""


def marked(text: str, marks: Sequence[str]) -> Markup:
    """Return the whole of `text`, escaped, with every mark in <mark>."""
    return _render(text, _spans(text, marks), 0, len(text))


def snippet(sections: Sequence[str], marks: Sequence[str]) -> Markup:
    """Return the piece of the sections that shows most of the marks, the first one on a tie.

    Without any mark it is the beginning of the first section with text.
    """
    best: tuple[int, str, list[Span], int] | None = None
    for section in sections:
        spans = _spans(section, marks)
        start, worth = _best_window(section, spans, SNIPPET_CHARACTERS)
        if worth and (best is None or worth > best[0]):
            best = worth, section, spans, start
    if best is None:
        section = next((s for s in sections if s.strip()), "")
        return _cut(section, [], 0, SNIPPET_CHARACTERS)
    _, section, spans, start = best
    return _cut(section, spans, start, SNIPPET_CHARACTERS)


def moments(cues: Sequence[Cue], marks: Sequence[str]) -> list[Moment]:
    """Return the cues where most of the marks are said, at most three, in order of time.

    Words that run over from one cue into the next are found in the first.
    """
    if not marks or not cues:
        return []
    text = "\n".join(cue.text for cue in cues)
    starts: list[int] = []
    position = 0
    for cue in cues:
        starts.append(position)
        position += len(cue.text) + 1
    worth: dict[int, set[str]] = {}
    spans = _spans(text, marks)
    cue_index = 0
    for start, end in spans:
        while cue_index + 1 < len(starts) and starts[cue_index + 1] <= start:
            cue_index += 1
        worth.setdefault(cue_index, set()).add(text[start:end])
    points = {index: sum(map(len, said)) for index, said in worth.items()}
    least = max(points.values(), default=0) / 2
    order = sorted((i for i in points if points[i] > least), key=lambda i: (-points[i], i))
    chosen: list[int] = []
    for index in order:
        if all(_apart(cues[index], cues[other]) for other in chosen):
            chosen.append(index)
        if len(chosen) == MOMENTS:
            break
    return [
        Moment(
            int(cues[i].start),
            _cut(text, spans, _window(spans, starts[i], cues[i]), MOMENT_CHARACTERS),
            cues[i].page,
            cues[i].url,
            cues[i].label,
        )
        for i in sorted(chosen)
    ]


def _apart(one: Cue, other: Cue) -> bool:
    return (one.page, one.url) != (other.page, other.url) or (
        one.page is None and abs(one.start - other.start) >= APART_SECONDS
    )


def _window(spans: Sequence[Span], start: int, cue: Cue) -> int:
    """Return where the shown words begin: a page is long, so shortly before the first mark."""
    if cue.page is None:
        return start
    first = next((begin for begin, _ in spans if begin >= start), start)
    return max(start, first - BEFORE_HIT // 2)


def _spans(text: str, marks: Sequence[str]) -> list[Span]:
    if not marks:
        return []
    found: list[Span] = []
    # Folding is for Latin letters, full-width and traditional forms; other text is taken as it is.
    folded = text if all(map(is_han, marks)) and written_simply(text) else fold(text)
    for match in _pattern(tuple(marks)).finditer(folded):
        found.append(match.span())
        if len(found) == MAX_MATCHES:
            break
    return found


@lru_cache(maxsize=256)
def _pattern(marks: tuple[str, ...]) -> re.Pattern[str]:
    """Longer marks first. Quotation marks and one blank may stand between Han characters."""
    between = rf"[{re.escape(BRIDGE)}]*\s?[{re.escape(BRIDGE)}]*"
    ordered = sorted(marks, key=len, reverse=True)
    return re.compile(
        "|".join(
            between.join(map(re.escape, mark)) if is_han(mark) else re.escape(mark)
            for mark in ordered
        )
    )


def _best_window(text: str, spans: Sequence[Span], width: int) -> tuple[int, int]:
    """Return where the best window begins and its worth: characters of different marks in it."""
    best_start, best_worth = 0, 0
    for first, (start, _) in enumerate(spans):
        seen: set[str] = set()
        for begin, end in spans[first:]:
            if end - start > width - BEFORE_HIT:
                break
            seen.add(text[begin:end])
        worth = sum(map(len, seen))
        if worth > best_worth:
            best_start, best_worth = start, worth
    return _sentence_start(text, best_start), best_worth


def _sentence_start(text: str, position: int) -> int:
    """Return the start of the sentence if it is near, else a few characters before `position`."""
    earliest = max(0, position - BEFORE_HIT)
    near = max(text.rfind(end, earliest, position) for end in _SENTENCE_END)
    if near >= 0:
        return near + 1
    return earliest if earliest else 0


def _cut(text: str, spans: Sequence[Span], start: int, width: int) -> Markup:
    end = min(len(text), start + width)
    for begin, finish in spans:
        if begin < end < finish:
            end = finish
    before = "…" if text[:start].strip() and text[start - 1] not in _SENTENCE_END else ""
    after = "…" if text[end:].strip() else ""
    return Markup("{}{}{}").format(before, _render(text, spans, start, end), after)


def _render(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    pieces: list[str] = []
    at = start
    for begin, finish in spans:
        if finish <= at or begin >= end:
            continue
        begin = max(begin, at)
        pieces += _plain(text[at:begin]), "<mark>", _plain(text[begin:finish]), "</mark>"
        at = finish
    pieces.append(_plain(text[at:end]))
    return Markup("".join(pieces).strip())  # noqa: S704 - every piece of text was escaped


def _plain(text: str) -> str:
    return str(escape(_BLANKS.sub(" ", _BLANK_AFTER_STOP.sub("", text))))

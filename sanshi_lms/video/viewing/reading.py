"""What the player's page says: qualities with their bytes, captions as text to read. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sanshi_lms.video.captions import CueText

LONGEST_LINE = 60
PAUSE_SECONDS = 3.0
_SENTENCE_ENDS = "。！？!?…；;"
_NAMES = ((1080, "超清"), (720, "高清"), (0, "标清"))


@dataclass(frozen=True)
class Quality:
    """A picture size that a person can choose; `size` is the bytes of the whole video in it."""

    name: str
    label: str
    size: int


def quality_label(width: int, height: int) -> str:
    """Return what people here call a picture of this size: 高清 720p."""
    lines = min(width, height)
    return f"{next(word for least, word in _NAMES if lines >= least)} {lines}p"


def megabytes(size: int) -> str:
    """Return bytes as a person weighs them before playing: 约 0.6 MB, 约 48 MB, 约 1.2 GB."""
    millions = size / 1_000_000
    if millions >= 1000:
        return f"约 {millions / 1000:.1f} GB"
    shown = f"{millions:.0f}" if millions >= 9.95 else f"{max(millions, 0.1):.1f}"
    return f"约 {shown.removesuffix('.0')} MB"


def weights(sizes: Sequence[Quality]) -> str:
    """Return the line told before play, smallest first: 标清约 12 MB · 高清约 48 MB."""
    words = [one.label.split()[0] for one in sizes]
    if len(set(words)) < len(words):
        words = [f"{one.label} " for one in sizes]
    told = zip(words, sizes, strict=True)
    pieces = [f"{word}{megabytes(one.size)}".replace(" ", "\u00a0") for word, one in told]
    return " · ".join(pieces)  # a line ends between two sizes, never within one


@dataclass(frozen=True)
class TextLine:
    """A line of the text: what is said from `start` (seconds) on.

    `headings` are the chapters that begin with it.
    """

    start: float
    text: str
    headings: tuple[str, ...] = ()


def text_lines(cues: Iterable[CueText]) -> list[TextLine]:
    """Return captions joined to sentences: two words a line are for the screen, not for reading.

    A line ends with its sentence, before it grows longer than LONGEST_LINE, or where the speaker
    pauses.
    """
    lines: list[TextLine] = []
    start, words, ended = 0.0, "", 0.0
    for cue in cues:
        text = " ".join(cue.text.split())
        if words and (
            words[-1] in _SENTENCE_ENDS
            or len(words) + len(text) > LONGEST_LINE
            or cue.start - ended > PAUSE_SECONDS
        ):
            lines.append(TextLine(start, words))
            words = ""
        if not words:
            start = cue.start
        words = _joined(words, text)
        ended = cue.end
    if words:
        lines.append(TextLine(start, words))
    return lines


def with_headings(
    lines: Sequence[TextLine], chapters: Iterable[tuple[float, str]]
) -> list[TextLine]:
    """Return the lines with each chapter (start, title) over the line that it begins with.

    A chapter that begins in the middle of a sentence stands over the next one.
    """
    waiting = sorted(chapters)
    told: list[TextLine] = []
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        begun = [title for start, title in waiting if last or start <= line.start + 0.5]
        waiting = waiting[len(begun) :]
        told.append(replace(line, headings=tuple(begun)))
    return told


def _joined(before: str, after: str) -> str:
    """Chinese has no space between words, Latin script does."""
    latin = re.search(r"[A-Za-z0-9,.;:!?)]$", before) and re.match(r"[A-Za-z0-9(]", after)
    return f"{before} {after}" if latin else before + after


def only_rendition(master: str, name: str) -> str | None:
    """Return an HLS master playlist with one picture of `master` alone; None if it has no such.

    For players that choose by themselves (iPhone, WeChat): of one size there is no choice.
    """
    lines = master.splitlines()
    kept: list[str] = []
    found = False
    for number, line in enumerate(lines):
        if line.startswith("#EXT-X-STREAM-INF") and number + 1 < len(lines):
            if not lines[number + 1].startswith(f"{name}/"):
                continue
            found = True
        elif line and not line.startswith("#") and not line.startswith(f"{name}/"):
            continue
        kept.append(line)
    return "\n".join(kept) + "\n" if found else None

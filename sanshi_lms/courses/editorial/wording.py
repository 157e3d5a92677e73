"""What changed between two texts, as pieces to read: kept, taken out, put in. Plain values only.

Chinese has no blanks between words and a paragraph is one line, so lines say nothing. Texts are
compared by sentences first, and what stands in the place of another sentence by its characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]+|[^。！？；!?;\n]+")
_SIGN = re.compile(r"[A-Za-z0-9_]+|.", re.DOTALL)
CHARACTERS = 1500
"""Longest passage, on either side, that is compared by characters: it costs the square of it."""
ALIKE = 0.35
"""Passages that share less than this are shown as one taken out and one put in."""
CRUMB = 2
"""Most characters of what was kept by chance between two changes: shown as part of the change."""
AROUND = 40
"""How many kept characters stand before and after a change; the rest is left out in words."""


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    OUT = "out"
    PUT = "put"


@dataclass(frozen=True)
class Piece:
    """A piece of text and what became of it; `left_out` counts kept characters not shown."""

    mark: Mark
    text: str
    left_out: int = 0


def pieces(old: str, new: str) -> list[Piece]:
    """Return how `old` became `new`: kept and taken out make `old`, kept and put in make `new`."""
    first, second = _SENTENCE.findall(old), _SENTENCE.findall(new)
    # A change in the middle of sentences that are all alike: the matcher would not look at them.
    head = _alike(first, second)
    tail = _alike(first[head:][::-1], second[head:][::-1])
    before, after = "".join(first[:head]), "".join(first[len(first) - tail :])
    first, second = first[head : len(first) - tail], second[head : len(second) - tail]
    found = [Piece(Mark.KEPT, before)]
    for tag, a, b, c, d in SequenceMatcher(None, first, second).get_opcodes():
        out, put = "".join(first[a:b]), "".join(second[c:d])
        if tag == "equal":
            found.append(Piece(Mark.KEPT, out))
        else:
            found += _by_characters(out, put)
    return _joined([*found, Piece(Mark.KEPT, after)])


def shortened(found: Sequence[Piece]) -> list[Piece]:
    """Leave out what was kept far from any change, telling how much."""
    shown: list[Piece] = []
    for place, piece in enumerate(found):
        first, last = place == 0, place == len(found) - 1
        head, tail = (0 if first else AROUND), (0 if last else AROUND)
        spare = len(piece.text) - head - tail
        if piece.mark is not Mark.KEPT or spare <= AROUND:
            shown.append(piece)
            continue
        if head:
            shown.append(Piece(Mark.KEPT, piece.text[:head]))
        shown.append(Piece(Mark.KEPT, "", spare))
        if tail:
            shown.append(Piece(Mark.KEPT, piece.text[-tail:]))
    return shown


def counted(found: Iterable[Piece]) -> tuple[int, int]:
    """Return how many characters were taken out and put in."""
    rows = list(found)
    return (
        sum(len(one.text) for one in rows if one.mark is Mark.OUT),
        sum(len(one.text) for one in rows if one.mark is Mark.PUT),
    )


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """Return with how many equal sentences both begin."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(first), len(second)))


def _by_characters(old: str, new: str) -> list[Piece]:
    whole = [Piece(Mark.OUT, old), Piece(Mark.PUT, new)]
    if not old or not new or max(len(old), len(new)) > CHARACTERS:
        return whole
    first, second = _SIGN.findall(old), _SIGN.findall(new)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.ratio() < ALIKE:
        return whole
    found: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        out, put = "".join(first[a:b]), "".join(second[c:d])
        if tag == "equal":
            found.append(Piece(Mark.KEPT, out))
        else:
            found += [Piece(Mark.OUT, out), Piece(Mark.PUT, put)]
    return list(_without_crumbs([one for one in found if one.text]))


def _without_crumbs(found: Sequence[Piece]) -> Iterator[Piece]:
    """Make kept crumbs between two changes part of both: nobody reads letters that stayed."""
    for place, piece in enumerate(found):
        inside = 0 < place < len(found) - 1
        if piece.mark is Mark.KEPT and inside and len(piece.text) < CRUMB:
            yield Piece(Mark.OUT, piece.text)
            yield Piece(Mark.PUT, piece.text)
        else:
            yield piece


def _joined(found: Iterable[Piece]) -> list[Piece]:
    """Return each change as what was taken out, then what was put in, and kept pieces whole."""
    result: list[Piece] = []
    shown = (piece for piece in found if piece.text)
    for kept, group in groupby(shown, key=lambda piece: piece.mark is Mark.KEPT):
        rows = list(group)
        for mark in (Mark.KEPT,) if kept else (Mark.OUT, Mark.PUT):
            text = "".join(row.text for row in rows if row.mark is mark)
            result += [Piece(mark, text)] if text else []
    return result

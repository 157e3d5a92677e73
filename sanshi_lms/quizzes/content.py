"""What an item says and what is right, for every kind of item. Plain values, no database.

One shape for the editor, the packs, the files of other programs and the frozen papers: whoever
reads questions from anywhere makes `ItemContent`, whoever writes them takes it.

How a blank is written in a stem: three or more underscores (``___``), in reading order.
Fractions of a picture are 0..1 from its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

ContentKind = Literal[
    "single",
    "multiple",
    "true_false",
    "blanks",
    "ordering",
    "matching",
    "numeric",
    "short",
    "case",
    "hotspot",
]
CONTENT_KINDS: tuple[ContentKind, ...] = get_args(ContentKind)
DIFFICULTIES = (1, 2, 3)
"""Easy, usual, hard (易, 中, 难)."""


@dataclass(frozen=True)
class OptionContent:
    """One option of single, multiple or true_false; `text_md` is one line of Markdown."""

    text_md: str
    correct: bool
    feedback_md: str = ""


@dataclass(frozen=True)
class Blank:
    """One blank: any of `accepted` is right, compared without regard to width and outer spaces."""

    accepted: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """What belongs together; an empty `left` makes `right` a distractor."""

    left: str
    right: str


@dataclass(frozen=True)
class NumericKey:
    """A number: right within ± `tolerance` (absolute). `units` are accepted spellings, or none."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric: what earns how many points; `keywords` suggest that it was met."""

    text: str
    points: int
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    """A right place in a picture: a rectangle in fractions of its width and height."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Picture:
    """A picture of an item by its storage key; in a file to import, by its name there."""

    key: str
    alt: str = ""


@dataclass(frozen=True)
class ItemContent:
    """A question. Only the fields of its kind are filled; the others stay empty.

    options: single, multiple, true_false (正确 first); blanks: one for each ``___`` of the stem;
    sequence: ordering, in the right order; pairs: matching; numeric; rubric: short;
    parts: the sub-questions of a case, never cases themselves; picture and areas: hotspot.
    points: what the item weighs in its paper. difficulty: one of DIFFICULTIES.
    source_clause: where the answer stands, e.g. "渝规资发〔2024〕12号 第5条".
    lesson_seconds: where the linked lesson (`review_slug` within the course) explains it.
    """

    kind: ContentKind
    stem_md: str
    explanation_md: str = ""
    options: tuple[OptionContent, ...] = ()
    blanks: tuple[Blank, ...] = ()
    sequence: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    numeric: NumericKey | None = None
    rubric: tuple[Criterion, ...] = ()
    parts: tuple[ItemContent, ...] = ()
    picture: Picture | None = None
    areas: tuple[Area, ...] = ()
    points: int = 1
    topic: str = ""
    difficulty: int = 2
    source_clause: str = ""
    review_slug: str | None = None
    lesson_seconds: int | None = None
    tags: tuple[str, ...] = field(default=())

    @property
    def for_person(self) -> bool:
        """Tell whether a person marks it, or a part of it."""
        return self.kind == "short" or any(part.for_person for part in self.parts)

    @property
    def whole_rubric(self) -> tuple[Criterion, ...]:
        """The criteria a person goes by: of a case those of all its short answers, in order."""
        return self.rubric + tuple(one for part in self.parts for one in part.rubric)

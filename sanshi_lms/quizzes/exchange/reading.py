"""What every reader of questions returns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import content_problem

MOST_ITEMS = 2000
"""Most questions of one file; more are refused in words, because nobody could look them over."""
MOST_BYTES = 20_000_000
"""Largest file that is read, in bytes."""
MOST_FAULTS = 200


@dataclass(frozen=True)
class Fault:
    """Something that could not be read. `place_zh` says where, `words_zh` what and how to mend."""

    place_zh: str
    words_zh: str


@dataclass(frozen=True)
class Found:
    """One question with the place where it stood; `problem_zh` when it cannot be kept as it is.

    `row` is its row in a table or its first line in a text, counted from 1.
    """

    content: ItemContent
    place_zh: str
    row: int
    problem_zh: str | None = None


@dataclass
class Reading:
    """All that a file gave.

    `faults` belong to no question and must be mended: the file as a whole, or a broken part.
    `left_out` is what was not taken for a question and does no harm, such as a title. `pictures`
    are those that the texts name by number, see `pictured`.
    """

    found: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    @property
    def good(self) -> list[Found]:
        """Return the questions that can be kept."""
        return [one for one in self.found if one.problem_zh is None]

    @property
    def bad(self) -> list[Found]:
        """Return the questions that cannot."""
        return [one for one in self.found if one.problem_zh is not None]

    def add(
        self, content: ItemContent, place_zh: str, row: int, problem_zh: str | None = None
    ) -> None:
        """Keep a question, judged by the one rule unless its reader knows better."""
        self.found.append(Found(content, place_zh, row, problem_zh or content_problem(content)))

    def fault(self, place_zh: str, words_zh: str) -> None:
        """Keep a fault, up to a bound: a wrong file must not fill the page."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(place_zh, words_zh))

    def note(self, place_zh: str, words_zh: str) -> None:
        """Keep what was left out and does no harm, up to the same bound."""
        if len(self.left_out) < MOST_FAULTS:
            self.left_out.append(Fault(place_zh, words_zh))

    def __iter__(self) -> Iterator[ItemContent]:
        return (one.content for one in self.found)


def refused(words_zh: str) -> Reading:
    """Return the reading of a file that is refused as a whole."""
    return Reading(faults=[Fault("整个文件", words_zh)])

"""A report as a table: its head, and its rows a part at a time, for pages and files alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Cell = str | int | float | None
Row = Sequence[Cell]
Parts = Callable[[], Iterator[list[Row]]]


@dataclass(frozen=True)
class Table:
    """What goes into a file. `parts` reads the rows by some hundreds; `total` is how many.

    Between two parts nothing is held open: whoever writes them may commit.
    """

    title: str
    head: tuple[str, ...]
    total: int
    parts: Parts
    note: str = ""

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return self.total * len(self.head)


def of_rows(title: str, head: tuple[str, ...], rows: Sequence[Row], note: str = "") -> Table:
    """Return a table whose rows are all there already."""
    return Table(title, head, len(rows), lambda: iter([list(rows)]), note)

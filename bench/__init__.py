"""Measurements: `make bench`, or `make bench ONLY=search QUICK=1`.

A measurement is a module of this folder, named in `bench/__main__.py`, with

    def run(quick: bool) -> list[Figure]

`quick` asks for a sample of seconds, not minutes, with the same names. Put data into a folder of
your own (`scratch(name)`), never into the person's, and leave no process behind. Floors that the
project promises stand in the figure itself (`at_most`, `at_least`), so the table shows a miss.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured, in a few words, with the size of the data where it matters.
        value: the number itself.
        unit: "ms", "s", "MB", "1/s", or "×" for a ratio.
        at_most: the largest value that the project allows itself, if it has promised one.
        at_least: the smallest value, likewise.
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise holds; True when there is none."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that really occurred, never an average of two."""
    if not values:
        raise ValueError("a percentile of nothing")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """An empty folder on the disk of the project (a RAM disk would flatter), removed afterwards."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=cache))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

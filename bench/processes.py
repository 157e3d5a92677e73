"""What processes hold and use, from /proc: memory and CPU of a process with its descendants."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KILOBYTES = 1024  # in a MB, as the kernel counts


def family(root: int) -> Iterator[int]:
    """The process and all its living descendants."""
    pids = [root]
    while pids:
        pid = pids.pop()
        yield pid
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            pids += [int(child) for child in read(children).split()]


def memory_of(root: int) -> tuple[float, float]:
    """Return proportional and resident set size in MB."""
    rollups = [read(Path(f"/proc/{pid}/smaps_rollup")) for pid in family(root)]
    sums = {
        key: sum(int(n) for text in rollups for n in re.findall(rf"^{key}:\s+(\d+)", text, re.M))
        for key in ("Pss", "Rss")
    }
    return sums["Pss"] / KILOBYTES, sums["Rss"] / KILOBYTES


def cpu_seconds_of(root: int) -> float:
    """Return the user and system time so far."""
    total = 0
    for pid in family(root):
        fields = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        total += sum(int(ticks) for ticks in fields[11:13])
    return total / TICKS


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has just ended
        return ""

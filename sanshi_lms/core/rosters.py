"""Rosters: which column of a stranger's table is which, what each row says and lacks."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

HEAD_ROWS = 5
MOST_COLUMNS = 40
Row = TypeVar("Row")


@dataclass
class Table(Generic[Row]):
    """What a table gave. `cells` are the rows as they came, by line, for the file of faults."""

    head: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    cells: dict[int, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """What a table looks like: the headings of each column in their spellings, and its key."""

    columns: Mapping[str, Sequence[str]]
    needed: Sequence[str]
    key_zh: str
    head_zh: str
    key_of: Callable[[Row], str]


def read_rows(
    rows: Sequence[Sequence[str]],
    sheet: Sheet[Row],
    make: Callable[[int, Mapping[str, str]], Row | str],
) -> Table[Row] | str:
    """Return the rows of a table, each by `make` (a string is its fault), or why it is none."""
    found = None
    for number, cells in enumerate(rows[:HEAD_ROWS]):
        known = _places(cells, sheet.columns)
        if found is None and set(sheet.needed) <= set(known):
            found = number, known
    if found is None:
        return (
            f"没有找到表头：前 {HEAD_ROWS} 行里要有一行写着{sheet.head_zh}。"
            "请下载模板，按它的样子填。"
        )
    at, places = found
    table: Table[Row] = Table(head=list(rows[at]))
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[at + 1 :], at + 2):
        if not any(row):
            continue
        table.cells[line] = list(row)
        said = {name: _at(row, place) for name, place in places.items()}
        made = make(line, said)
        if isinstance(made, str):
            table.faults[line] = made
            continue
        key = sheet.key_of(made)
        if key in seen:
            table.faults[line] = f"{sheet.key_zh}“{key}”和第 {seen[key]} 行重复，请只留一行。"
            continue
        seen[key] = line
        table.rows.append(made)
    return table


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _places(row: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        plain = re.sub(r"[\s*（(].*$|[\s_-]", "", unicodedata.normalize("NFKC", cell)).lower()
        name = next((name for name, known in columns.items() if plain in known and plain), None)
        if name is not None:
            found.setdefault(name, place)
    return found

"""Rules of communities and 三师: short codes, tables that are pasted in, what a profile holds."""

import csv
import io
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 5
NAME_LENGTH = 30
ABOUT_LENGTH = 300
WORK_LENGTH = 800
QUALIFICATIONS = 8
LANGUAGES = ("普通话", "重庆话", "英语", "手语")
MOST_OPEN = 20
"""Most needs at a time that a 三师 may say they can carry."""
IMPORT_ROWS = 3000
_CODE = re.compile(r"[0-9A-Z]{3,12}")
_HEADINGS = {
    "区县": "district",
    "区": "district",
    "街道": "street",
    "街镇": "street",
    "镇街": "street",
    "社区": "name",
    "社区名称": "name",
    "名称": "name",
    "编号": "code",
    "短码": "code",
}


def new_code(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return a short code for a community's QR: no letters that are taken for others."""
    return "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """Return a community's code as it is kept, or None when it cannot be one."""
    plain = typed.strip().upper()
    return plain if _CODE.fullmatch(plain) else None


@dataclass(frozen=True)
class CommunityRow:
    """One line of a pasted table. `code` "" means: choose one. `line` counts from 1."""

    line: int
    district: str
    street: str
    name: str
    code: str = ""


@dataclass
class Pasted:
    """What a pasted table holds: rows to add, and a sentence for each line that is not taken."""

    rows: list[CommunityRow] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    known: int = 0


def read_table(
    text: str, known: Collection[tuple[str, str, str]], codes: Collection[str]
) -> Pasted:
    """Read 区县, 街道, 社区 and, if given, 编号 from CSV or from cells pasted out of a sheet.

    `known` holds what exists already as (district, street, name), `codes` their codes. A line that
    is there already is counted, not an error: pasting the same table twice changes nothing.
    """
    found = Pasted()
    lines = [line for line in _cells(text) if any(cell for cell in line[1])]
    if not lines:
        found.faults.append((1, "没有内容。请从表格里复制区县、街道、社区三列，再粘贴进来。"))
        return found
    columns = _columns(lines[0][1])
    if columns is not None:
        lines = lines[1:]
    else:
        columns = {"district": 0, "street": 1, "name": 2, "code": 3}
    if len(lines) > IMPORT_ROWS:
        found.faults.append((IMPORT_ROWS, f"一次最多 {IMPORT_ROWS} 行，请分几次粘贴。"))
        return found
    seen, used = set(known), set(codes)
    for number, cells in lines:
        row, fault = _row(number, cells, columns, used)
        if row is None:
            found.faults.append((number, fault))
            continue
        key = (row.district, row.street, row.name)
        if key in seen:
            found.known += 1
            continue
        seen.add(key)
        used.add(row.code)
        found.rows.append(row)
    return found


def _cells(text: str) -> Iterable[tuple[int, list[str]]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    mark = "\t" if "\t" in lines else "，" if "，" in lines and "," not in lines else ","
    reader = csv.reader(io.StringIO(lines), delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell longer than any sheet's: the row check says so
            cells = ["?" * (NAME_LENGTH + 1)] * 3
        yield reader.line_num, [cell.strip() for cell in cells]


def _columns(first: list[str]) -> dict[str, int] | None:
    named = {_HEADINGS[cell]: place for place, cell in enumerate(first) if cell in _HEADINGS}
    return named if {"district", "name"} <= set(named) else None


def _row(
    line: int, cells: list[str], columns: dict[str, int], used: Collection[str]
) -> tuple[CommunityRow | None, str]:
    def cell(name: str) -> str:
        place = columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    district, street, name, code = (cell(n) for n in ("district", "street", "name", "code"))
    for label, value in (("区县", district), ("街道", street), ("社区名称", name)):
        if not value:
            return None, f"缺少{label}。"
        if len(value) > NAME_LENGTH:
            return None, f"{label}太长，最多 {NAME_LENGTH} 个字。"
    plain = read_code(code) if code else ""
    if plain is None:
        return None, f"编号“{code[:20]}”不对，请用 3 到 12 个字母或数字，或者留空让系统来定。"
    if plain and plain in used:
        return None, f"编号“{plain}”已经有社区在用。"
    return CommunityRow(line, district, street, name, plain), ""


def read_lines(text: str) -> list[str]:
    """Return what was written one to a line, without blanks and repetitions."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def qualifications_problem(text: str) -> str | None:
    """Return what is wrong with qualifications written one to a line, or None."""
    lines = read_lines(text)
    if len(lines) > QUALIFICATIONS:
        return f"最多写 {QUALIFICATIONS} 项，请留最要紧的。"
    if any(len(line) > 2 * NAME_LENGTH for line in lines):
        return f"每一项最多 {2 * NAME_LENGTH} 个字，一行写一项。"
    return None

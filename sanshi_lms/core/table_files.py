"""A stranger's table, Excel or CSV, as rows of text; opened in a child process with limits."""

import csv
import io
import json
import sys
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.packed import Packed, Unreadable, decoded
from sanshi_lms.core.process import run_limited

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 20_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 40
LONGEST_CELL = 500
_CHILD = Path(__file__).with_name("table_child.py")
_BROKEN = "表格打不开。请在 Excel 或 WPS 里打开它，另存为 xlsx（不带宏、不加密码），再导入。"
_TOO_MUCH = "表格太大或太复杂，没有读。请只留名单本身，或分成几个文件，再导入。"


def read_table_file(source: Path) -> list[list[str]]:
    """Return the rows of the first sheet of a file in a private folder.

    Raises Refusal in words for what cannot be read within the bounds.
    """
    if source.stat().st_size > MOST_BYTES:
        raise Refusal(_TOO_MUCH)
    target = source.with_name("rows.json")
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), str(_CHILD.parents[2]), str(source), str(target)],
        cwd=source.parent,
        cpu_seconds=90,
        memory_bytes=1024**3,
        file_bytes=8 * MOST_BYTES,
        wall_seconds=120,
    )
    try:
        read = json.loads(target.read_text("utf-8")) if done.ok else None
    except (OSError, ValueError):
        read = None
    if read is None:
        raise Refusal(_TOO_MUCH)
    if "refused" in read:
        raise Refusal(str(read["refused"]))
    return [[str(cell) for cell in row] for row in read["rows"]]


def table_of(data: bytes) -> list[list[str]]:
    """Return the rows of a table, each cell as a person sees it. For the child."""
    if data.startswith(b"PK"):
        return _workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("这是旧版的 xls 文件，或者加了密码。" + _BROKEN)
    text = decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(_BROKEN) from None
    return _bounded([[_cell(cell) for cell in row[:MOST_COLUMNS]] for row in rows])


def table_xlsx(head: tuple[str, ...], rows: list[list[str]], note: str = "") -> bytes:
    """Return a workbook; what people typed is text in it and never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    for place in range(len(head)):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]].width = 20
    sheet.freeze_panes = "A2"
    cells = [WriteOnlyCell(sheet, value=label) for label in head]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for row in rows:
        typed = [WriteOnlyCell(sheet, value=text) for text in row]
        for cell in typed:
            cell.data_type = "s"
        sheet.append(typed)
    if note:
        book.create_sheet("说明").append([note])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _workbook(data: bytes) -> list[list[str]]:
    packed = Packed(data)
    if any(name.lower().endswith("vbaproject.bin") for name in packed.names):
        raise Unreadable("文件里有宏，可能有害，没有读。请另存为不带宏的 xlsx，再导入。")
    packed.read_all()
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [
            [_cell(value) for value in row[:MOST_COLUMNS]]
            for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 1)
        ]
    except Exception:  # openpyxl raises whatever broken parts make of it
        raise Unreadable(_BROKEN) from None
    return _bounded(rows)


def _bounded(rows: list[list[str]]) -> list[list[str]]:
    filled = [row for row in rows if any(row)]
    if len(filled) > MOST_ROWS:
        raise Unreadable(f"一次最多 {MOST_ROWS} 行，请分成几个文件。")
    return rows


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # a phone number that Excel took for a number
    return " ".join(str(value).split())[:LONGEST_CELL]

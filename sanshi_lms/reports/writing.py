"""Tables into files that an office opens: Excel, and CSV as Excel reads it."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from sanshi_lms.core.cells import plain_cell
from sanshi_lms.core.table_files import XLSX
from sanshi_lms.reports.tables import Cell, Table

Told = Callable[[float], None]
TYPES = {"xlsx": XLSX, "csv": "text/csv"}
_WIDTH, _WIDE = 14, 34
_WIDE_HEADS = ("单位", "题目", "课程", "值得看一看")


def write_table(table: Table, form: str, path: Path, told: Told = lambda _: None) -> int:
    """Write a table to `path` as "xlsx" or "csv"; returns its rows. `told` hears the share done."""
    return (_xlsx if form == "xlsx" else _csv)(table, path, told)


def _xlsx(table: Table, path: Path, told: Told) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("报表")
    for place, label in enumerate(table.head, 1):
        width = _WIDE if label in _WIDE_HEADS else max(_WIDTH, 2 * min(len(label), 14))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2"
    sheet.append([_cell(sheet, label, bold=True) for label in table.head])
    rows = 0
    for part in table.parts():
        for row in part:
            sheet.append([_cell(sheet, value) for value in row])
        rows += len(part)
        told(rows / max(table.total, 1))
    if table.note:
        about = book.create_sheet("说明")
        about.append([_cell(about, table.note)])
    book.save(path)
    return rows


def _csv(table: Table, path: Path, told: Told) -> int:
    rows = 0
    # With a mark of order at its beginning Excel reads it as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_text(label) for label in table.head])
        for part in table.parts():
            writer.writerows([_text(value) for value in row] for row in part)
            rows += len(part)
            told(rows / max(table.total, 1))
    return rows


def _text(value: Cell) -> str | int | float:
    """What people typed is never a formula; numbers of ours stay numbers."""
    if value is None:
        return ""
    return plain_cell(value) if isinstance(value, str) else value


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value="".join(sign for sign in value if sign >= " "))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell

"""Questions from an Excel workbook or CSV: its tables as rows of text."""

import csv
import io
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from sanshi_lms.core.packed import Packed, Unreadable, decoded
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.table import columns_of, read_rows

MOST_COLUMNS = 60
MOST_SHEETS = 30
_MOST_ROWS = 2 * MOST_ITEMS + 100


def read_xlsx(data: bytes) -> Reading:
    """Return the questions of all sheets that have a head; others are told as left out."""
    Packed(data).read_all()
    try:
        book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        sheets = [one for one in book.worksheets if isinstance(one, Worksheet)][:MOST_SHEETS]
        tables = [(one.title, _rows(one)) for one in sheets if one.sheet_state == "visible"]
    except Unreadable:
        raise
    except Exception:  # openpyxl raises whatever broken parts make of it
        raise Unreadable(
            "工作簿打不开，可能没有拷贝完整。请在 Excel 或 WPS 里另存为 xlsx，再导入。"
        ) from None
    return _join(tables)


def read_csv(data: bytes) -> Reading:
    """Return the questions of a table in text, its cells parted by commas, tabs or semicolons."""
    text = decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=first.count)
    try:
        rows = [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:
        raise Unreadable("表格的引号不成对，读不了。请在 Excel 里另存为 xlsx，再导入。") from None
    return read_rows(rows)


def _join(tables: list[tuple[str, list[list[str]]]]) -> Reading:
    useful = [(title, rows) for title, rows in tables if columns_of(rows)]
    if not useful:
        return read_rows(tables[0][1] if tables else [])
    whole = Reading()
    for title, rows in useful:
        part = read_rows(rows, f"工作表“{title}”" if len(useful) > 1 else "")
        whole.found += part.found
        whole.faults += part.faults
        whole.left_out += part.left_out
    if len(whole.found) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个文件。")
    return whole


def _rows(sheet: Worksheet) -> list[list[str]]:
    if sheet.max_row > 100_000:
        raise Unreadable("工作表的行太多。请把题目复制到一个新的工作簿里，再导入。")
    rows = [
        [_text(value) for value in row]
        for row in sheet.iter_rows(
            max_col=min(MOST_COLUMNS, sheet.max_column),
            max_row=min(_MOST_ROWS, sheet.max_row),
            values_only=True,
        )
    ]
    for area in list(sheet.merged_cells.ranges)[:10_000]:
        _fill(rows, area.min_row - 1, area.max_row, area.min_col - 1)
    return rows


def _fill(rows: list[list[str]], first: int, end: int, column: int) -> None:
    """Repeat a cell that was merged downwards: its words hold for all of its rows."""
    if first >= len(rows) or column >= len(rows[first]):
        return
    for row in rows[first + 1 : end]:
        row[column] = row[column] or rows[first][column]


def _text(value: object) -> str:
    """Return a cell as a person sees it."""
    match value:
        case None:
            return ""
        case bool():
            return "对" if value else "错"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime() if value.time() == time(0):
            return f"{value.year}年{value.month}月{value.day}日"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
    return str(value).replace("\r\n", "\n").replace("\r", "\n")

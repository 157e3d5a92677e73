"""Reading what somebody typed from a paper sheet: xlsx, csv, or lines that were pasted."""

import csv
import io
import zipfile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sanshi_lms.core.errors import Refusal
from sanshi_lms.training.sessions.rules import MOST_LINES

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
LONGEST_TEXT = 200_000
MOST_CELLS = 30
_UNREADABLE = "这个文件读不懂。请在 Excel 或 WPS 里另存为 xlsx 或 csv，或者直接把姓名粘贴到下面。"
_TOO_LONG = f"一次最多 {MOST_LINES} 行，请分几次导入。"


def rows_of_text(text: str) -> list[list[str]]:
    """Return the rows of pasted lines: cells end at tabs, commas or spaces of any width."""
    if len(text) > LONGEST_TEXT:
        raise Refusal(_TOO_LONG, 413)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    _refuse_long(len(lines))
    wide = str.maketrans({"，": ",", "、": ",", "；": ",", "\t": ",", "\u3000": ",", ";": ","})
    return [[cell.strip() for cell in line.translate(wide).split(",")] for line in lines]


def text_of_file(name: str, content: bytes) -> str:
    """Return a file as pasted lines, so that what is looked at is what is entered afterwards."""
    if len(content) > LARGEST_FILE:
        raise Refusal("文件太大，签到表请不要超过 2 MB。", 413)
    if not content:
        raise Refusal("文件是空的，请检查以后再选。")
    rows = _rows_of_xlsx(content) if content[:2] == b"PK" else _rows_of_csv(name, content)
    return "\n".join(
        ",".join(cell.replace(",", " ").replace("\n", " ") for cell in r) for r in rows
    )


def _rows_of_xlsx(content: bytes) -> list[list[str]]:
    try:
        _refuse_bomb(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = []
        for row in sheet.iter_rows(max_col=MOST_CELLS, values_only=True):
            rows.append([_cell(value) for value in row])
            _refuse_long(len(rows))
    except Refusal:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError,
            TypeError, AttributeError, SyntaxError, EOFError, NotImplementedError):  # fmt: skip
        raise Refusal(_UNREADABLE) from None
    return rows


def _refuse_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise Refusal("文件太大，签到表请不要超过 2 MB。", 413)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a phone number that a spreadsheet took for a quantity
    return str(value)[:100]


def _rows_of_csv(name: str, content: bytes) -> list[list[str]]:
    del name
    if b"\x00" in content:
        raise Refusal(_UNREADABLE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refusal(_UNREADABLE)
    try:
        rows = [row[:MOST_CELLS] for row in csv.reader(io.StringIO(text.replace("\t", ",")))]
    except csv.Error:
        raise Refusal(_UNREADABLE) from None
    _refuse_long(len(rows))
    return rows


def _refuse_long(count: int) -> None:
    if count > MOST_LINES:
        raise Refusal(_TOO_LONG, 413)

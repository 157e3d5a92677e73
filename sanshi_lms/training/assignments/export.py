"""The sheet of who × course × state, as a spreadsheet that an office opens."""

import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from sanshi_lms.core.clock import local
from sanshi_lms.training.assignments.queries import Cell
from sanshi_lms.training.assignments.rules import STATES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = (
    "姓名",
    "账号",
    "单位",
    "岗位",
    "任务",
    "课程",
    "截止日期",
    "进度",
    "情况",
    "完成日期",
    "备注",
)
_WIDTHS = (12, 16, 36, 12, 24, 30, 12, 8, 10, 12, 30)


def sheet_xlsx(cells: Iterable[Cell], paths: Mapping[int, str], moment: datetime) -> bytes:
    """Return the rows of `cells`; `paths` names units. `moment` says when it was made."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("必修完成情况")
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJK"[place]].width = width
    sheet.freeze_panes = "A3"
    sheet.append([f"必修完成情况，{local(moment):%Y-%m-%d %H:%M} 导出"])
    head = [WriteOnlyCell(sheet, value=label) for label in HEAD]
    for one in head:
        one.font = Font(bold=True)
    sheet.append(head)
    for cell in cells:
        sheet.append([_text(sheet, value) for value in _values(cell, paths)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _values(cell: Cell, paths: Mapping[int, str]) -> tuple[str, ...]:
    person, done = cell.person, cell.completed_at
    return (
        person.display_name,
        person.username,
        paths.get(person.unit_id or 0, ""),
        person.post,
        cell.assignment.title,
        cell.course.title,
        cell.due_on.isoformat(),
        f"{int(cell.share * 100)}%",
        STATES[cell.state],
        local(done).date().isoformat() if done else "",
        cell.remark,
    )


def _text(sheet: WriteOnlyWorksheet, value: str) -> Any:
    """Return a cell that no spreadsheet takes for a formula: names are typed by strangers."""
    cell = WriteOnlyCell(sheet, value="".join(sign for sign in value if sign >= " "))
    cell.data_type = "s"
    return cell

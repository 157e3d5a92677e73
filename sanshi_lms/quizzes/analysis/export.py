"""The item analysis as a spreadsheet."""

import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from sanshi_lms.core.clock import local
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.analysis.queries import Analysis, ItemFigures

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = ("题号", "题目", "作答人数", "答对率", "区分度", "没有作答", "值得看一看", "选项与人数")
_WIDTHS = (6, 50, 10, 10, 10, 10, 40, 60)


def analysis_xlsx(found: Analysis, title: str, moment: datetime) -> bytes:
    """Return the figures of each question; `moment` says when it was made."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("试题分析")
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    sheet.freeze_panes = "A3"
    told = f"{title}，{found.attempts} 人第一次作答，{local(moment):%Y-%m-%d %H:%M} 导出"
    sheet.append([told])
    head = [WriteOnlyCell(sheet, value=label) for label in HEAD]
    for one in head:
        one.font = Font(bold=True)
    sheet.append(head)
    for figures in found.items:
        sheet.append([_cell(sheet, value) for value in _values(figures)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _values(figures: ItemFigures) -> tuple[int | float | str | None, ...]:
    options = "；".join(
        f"{'✓' if use.correct else ''}{use.text}：{use.chosen}" for use in figures.options
    )
    return (
        figures.number,
        plain_text(figures.item.stem_md),
        figures.sums.asked,
        _rounded(figures.facility),
        _rounded(figures.discrimination),
        figures.unanswered,
        "；".join(figures.verdicts),
        options,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _cell(sheet: WriteOnlyWorksheet, value: int | float | str | None) -> Any:
    """Return a cell; text is never taken for a formula and has no signs a file cannot hold."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value="".join(sign for sign in value if sign >= " "))
    cell.data_type = "s"
    return cell

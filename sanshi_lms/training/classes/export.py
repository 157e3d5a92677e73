"""The 结业 list as a spreadsheet that an office opens."""

import io
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from sanshi_lms.core.cells import plain_cell
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.queries import Standing, plan_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (14, 18, 24, 12, 40)
_STATES = {"in": "学习中", "done": "已结业"}


def completion_xlsx(
    subject: TrainingClass, standings: Sequence[Standing], moment: datetime
) -> bytes:
    """Return the list; `moment` is local and says when it was made."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "结业名单"
    sheet.append([plain_cell(subject.title)])
    sheet.append([f"结业条件：{subject.rule.sentence(plan_of(subject.courses))}"])
    sheet.append([f"导出时间：{moment:%Y-%m-%d %H:%M}"])
    labels = [part.label for part in standings[0].parts] if standings else []
    head = ["姓名", "账号", "单位", "状态", "还差什么", *labels]
    sheet.append(head)
    for one in standings:
        person = one.member.person
        state = _STATES.get(one.member.state, "")
        if one.meets and one.member.state == "in":
            state = "可以结业"
        cells = [person.display_name, person.username, person.organisation, state]
        cells += ["；".join(one.lacks), *(part.words for part in one.parts)]
        sheet.append([plain_cell(cell) for cell in cells])
    for cell in sheet[4]:
        cell.font = Font(bold=True)
    for number, width in enumerate((*_WIDTHS, *(14 for _ in labels)), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows(min_row=5, min_col=5, max_col=5):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A5"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()

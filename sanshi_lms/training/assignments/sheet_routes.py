"""/admin/training/duties: who × course × state of all required training, on a page and as xlsx."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from sanshi_lms.account import unit_names, unit_paths, units_below
from sanshi_lms.core.access import needs, own_reach
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.export import XLSX, sheet_xlsx
from sanshi_lms.training.assignments.forms import MOST_UNITS
from sanshi_lms.training.assignments.queries import Cell
from sanshi_lms.training.assignments.rules import STATES, TONES

blueprint = Blueprint(
    "duty_sheet_admin",
    __name__,
    url_prefix="/admin/training/duties",
    template_folder="../templates",
)
ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Choice:
    """What the sheet is narrowed to; 0 and "" do not narrow."""

    assignment: int
    course: int
    unit: int
    state: str
    words: str


@blueprint.get("/")
@needs("training.manage", within=True)
def sheet() -> str:
    """Show the sheet."""
    choice = _choice()
    found = _cells(choice)
    pages = max(1, -(-len(found) // ROWS_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = found[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return render_template(
        "training/duty_sheet.html",
        cells=shown,
        total=len(found),
        page={"number": number, "pages": pages},
        choice=choice,
        assignments=queries.running_within(own_reach()),
        courses=queries.published_courses(),
        units=queries.units_to_choose(MOST_UNITS, own_reach()),
        states=STATES,
        tones=TONES,
        names=unit_names(cell.person.unit_id for cell in shown),
    )


@blueprint.get("/sheet.xlsx")
@needs("training.manage", within=True)
def sheet_file() -> Response:
    """Send what the sheet shows as a spreadsheet."""
    moment = now()
    answer = Response(sheet_xlsx(_cells(_choice()), unit_paths(), moment), mimetype=XLSX)
    name = f"duties-{local(moment):%Y%m%d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _choice() -> Choice:
    state = request.args.get("state", "")
    return Choice(
        _number("assignment"),
        _number("course"),
        _number("unit"),
        state if state in STATES else "",
        request.args.get("q", "").strip()[:60],
    )


def _number(name: str) -> int:
    return row_number(request.args.get(name)) or 0


def _cells(choice: Choice) -> list[Cell]:
    wanted = [one for one in queries.running() if choice.assignment in {0, one.id}]
    inside = units_below(choice.unit) if choice.unit else None
    found = queries.cells(wanted, queries.local_today(), unit_ids=inside, reach=own_reach())
    return [
        cell
        for cell in found
        if choice.course in {0, cell.course.id}
        and (not choice.state or cell.state == choice.state)
        and (choice.words in cell.person.display_name or choice.words in cell.person.username)
    ]

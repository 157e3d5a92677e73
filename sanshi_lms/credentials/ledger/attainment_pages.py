"""The page 达标情况 and its Excel file, the same for administrators and for leaders of units."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.account import unit_paths
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.web import Page
from sanshi_lms.credentials.ledger.attainment import (
    STATES,
    Attained,
    attained,
    scope_of,
    workbook,
)

PEOPLE_ON_PAGE = 50
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """What somebody wants listed; `unit_id` None is all that they may see."""

    unit_id: int | None
    year: int
    state: str
    today: date


def asked_of(allowed: Collection[int] | None) -> Asked:
    """Read the query of the page; what is not allowed or odd is as if it had not been asked."""
    today = local(now()).date()
    year = request.args.get("year", today.year, type=int)
    unit_id = request.args.get("unit", 0, type=int)
    known = set(unit_paths()) if allowed is None else set(allowed)
    state = request.args.get("state", "")
    return Asked(
        unit_id=unit_id if unit_id in known else None,
        year=year if today.year - 10 <= year <= today.year else today.year,
        state=state if state in STATES else "",
        today=today,
    )


def list_page(template: str, allowed: Collection[int] | None, endpoint: str) -> str:
    """Return the page; `allowed` are the units of which this person may know, None for all."""
    asked = asked_of(allowed)
    everybody = attained(scope_of(asked.unit_id, allowed), asked.year, asked.today)
    rows = [one for one in everybody if asked.state in {"", one.state}]
    paths = {k: v for k, v in unit_paths().items() if allowed is None or k in set(allowed)}

    values: dict[str, Any] = {"unit": asked.unit_id, "year": asked.year}
    values["state"] = asked.state or None

    def url_of(**changes: Any) -> str:
        values: dict[str, Any] = {
            "unit": asked.unit_id,
            "year": asked.year,
            "state": asked.state or None,
        }
        return url_for(endpoint, **{**values, **changes})

    return render_template(
        template,
        asked=asked,
        page=_page(rows),
        counts={state: sum(one.state == state for one in everybody) for state in STATES},
        states=STATES,
        units=sorted(paths.items(), key=lambda unit: unit[1]),
        years=[asked.today.year - back for back in range(3)],
        url_of=url_of,
        here=url_for(endpoint),
        sheet_url=url_for(f"{endpoint}_xlsx", **values),
    )


def sheet_answer(rows: Sequence[Attained], year: int) -> Response:
    """Return the Excel file."""
    response = make_response(workbook(rows, year))
    response.headers["Content-Type"] = _SHEET
    response.headers["Content-Disposition"] = f'attachment; filename="credit-hours-{year}.xlsx"'
    return response


def _page(rows: Sequence[Attained]) -> Page[Attained]:
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    start = (number - 1) * PEOPLE_ON_PAGE
    return Page(rows[start : start + PEOPLE_ON_PAGE], number, PEOPLE_ON_PAGE, len(rows))

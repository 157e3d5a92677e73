"""What a page of a report is asked: its filters, within the reach of whoever asks."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from sanshi_lms.core.access import current_person, reach_for
from sanshi_lms.reports.making import to_query
from sanshi_lms.reports.people import post_choices, role_choices, unit_choices
from sanshi_lms.reports.queries import views_for
from sanshi_lms.reports.reach import RIGHT, Units
from sanshi_lms.reports.rules import REPORTS, Filters, Report, read_filters
from sanshi_lms.training import LearningGroup, learning_groups

PAGE_SIZE = 30


@dataclass(frozen=True)
class Asked:
    """A report, its filters and whose figures may be in it."""

    report: Report
    filters: Filters
    units: Units

    @property
    def query(self) -> str:
        """The filters as a form carries them."""
        return to_query(self.filters)

    def address(self, **more: Any) -> str:
        """Return the address of the same report, with some filters changed."""
        return address_of(self.report.key, self.filters, **more)

    def choices(self) -> dict[str, Any]:
        """Return what the fields of its form offer, and the views that were saved for it."""
        return {
            "units": unit_choices(self.units),
            "roles": role_choices(),
            "posts": post_choices(self.units),
            "groups": groups_by_kind(),
            "views": views_for(current_person().id, self.units, self.report.key),
        }


def asked(report: str) -> Asked:
    """Read the request's address."""
    given = {name: request.args.getlist(name) for name in request.args}
    return Asked(REPORTS[report], read_filters(given), reach_here())


def address_of(report: str, filters: Filters, **more: Any) -> str:
    """Return the address of a report with filters, some of them changed."""
    values: dict[str, Any] = {**filters.values(), **more}
    return url_for(f"reports.{report}", **{k: v for k, v in values.items() if v})


def page_number() -> int:
    """Return which page of a list is asked."""
    return max(1, min(request.args.get("page", 1, type=int), 100_000))


def groups_by_kind() -> dict[str, list[LearningGroup]]:
    """Return classes, programmes and assignments under what they are called."""
    found: dict[str, list[LearningGroup]] = {}
    for one in learning_groups(reach_for(RIGHT)):
        found.setdefault(one.kind, []).append(one)
    return found


def reach_here() -> Units:
    """Return the reach of whoever asks: every view takes it from here."""
    return reach_for(RIGHT).units

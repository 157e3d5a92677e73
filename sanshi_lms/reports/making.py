"""Which table each report gives; pages, files and schedules all take it from here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from sanshi_lms.reports.classes import classes_table
from sanshi_lms.reports.compare import compare_table
from sanshi_lms.reports.hours import hours_table
from sanshi_lms.reports.items import items_table
from sanshi_lms.reports.lectures import lectures_table
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import LONGEST_QUERY, Filters, read_filters
from sanshi_lms.reports.sheet import sheet_table
from sanshi_lms.reports.tables import Table

Maker = Callable[[Filters, Units, datetime], Table]
MAKERS: Mapping[str, Maker] = {
    "sheet": sheet_table,
    "classes": classes_table,
    "compare": compare_table,
    "lectures": lectures_table,
    "items": items_table,
    "hours": hours_table,
}


def table_of(report: str, filters: Filters, units: Units, moment: datetime) -> Table:
    """Return a report as a table, of the people within reach. Raises Refusal."""
    return MAKERS[report](filters, units, moment)


def to_query(filters: Filters) -> str:
    """Return filters as they are kept."""
    return urlencode(filters.values(), doseq=True)[:LONGEST_QUERY]


def from_query(query: str) -> Filters:
    """Return filters as they were kept, or as a page sends them."""
    return read_filters(parse_qs(query[:LONGEST_QUERY], max_num_fields=60))

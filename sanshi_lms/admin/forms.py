"""What a request asks of the audit trail: typed values, and what could not be understood."""

from collections.abc import Mapping
from datetime import date

from sanshi_lms.admin.queries import AuditFilter
from sanshi_lms.core.row_numbers import row_number

YEARS = range(2000, 2101)


def audit_filter(asked: Mapping[str, str]) -> tuple[AuditFilter, str | None]:
    """Return the filter of a request, and a sentence when a part of it was left aside."""
    person = asked.get("person", "")
    verb = asked.get("verb", "").replace("\x00", "")
    problem = None
    days: dict[str, date | None] = {"since": None, "until": None}
    for name in days:
        if text := asked.get(name, "").strip():
            days[name] = _day(text)
            if days[name] is None:
                problem = "日期没有看懂，请写成 2026-11-23 这样；下面没有按日期筛选。"
    since, until = days["since"], days["until"]
    if since and until and since > until:
        since, until = until, since
    number = row_number(person)
    return AuditFilter(number, verb, since, until), problem


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None

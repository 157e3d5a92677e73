"""What a list of needs is narrowed to by its address."""

from collections.abc import Mapping

from sanshi_lms.community.needs.queries import Narrowed
from sanshi_lms.core.row_numbers import row_number

VIEWS = {"mine": "等我办", "open": "在办", "ended": "已结束"}
_KNOWN = {"mine", "open", "ended", "late", "all"}


def narrowed_by(values: Mapping[str, str]) -> Narrowed:
    """Return what the query of an address asks for; what makes no sense narrows nothing."""
    view = values.get("view", "")
    return Narrowed(
        view=view if view in _KNOWN else "mine",
        state=values.get("state", "")[:20],
        community_id=number_in(values.get("community")),
        kind_id=number_in(values.get("kind")),
        district=values.get("district", "")[:30],
    )


def number_in(text: str | None) -> int | None:
    """Return a row's number, or None for everything that cannot be one."""
    return row_number((text or "").strip())

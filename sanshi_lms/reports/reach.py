"""Of whose people somebody may read: the one place that decides it for all reports."""

from sanshi_lms.account import User, reach_of, units_below

RIGHT = "reports.view"
Units = frozenset[int] | None
"""Ids of units, those below included; None is everybody, those without a unit too."""


def units_of(person: User) -> Units:
    """Return of which units `person` may read figures; of none: no units."""
    return reach_of(person, RIGHT).units


def inside(unit_id: int, units: Units) -> Units:
    """Return the units below `unit_id` (0: all) that lie within reach."""
    if not unit_id:
        return units
    below = frozenset(units_below(unit_id))
    return below if units is None else below & units

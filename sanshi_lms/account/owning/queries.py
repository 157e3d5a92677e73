"""Reads about whose things are."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from sanshi_lms.account.grants.rules import EVERYTHING_ZH
from sanshi_lms.account.models import Unit
from sanshi_lms.account.units.queries import highest, unit_names, unit_paths
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach


def owned(unit_id: InstrumentedAttribute[Any], reach: Reach) -> ColumnElement[bool]:
    """Tell, inside a statement, whether a thing whose unit stands in a column is within reach."""
    return true() if reach.units is None else unit_id.in_(reach.units)


def sole_unit(reach: Reach) -> Unit | None:
    """Return the one unit below which all others within reach are; it need not be asked for."""
    found = highest(reach)
    return db.session.get(Unit, next(iter(found))) if len(found) == 1 else None


def owner_path(unit_id: int | None) -> str:
    """Return whose a thing is, as people read it."""
    return unit_paths().get(unit_id or 0, EVERYTHING_ZH)


def owner_names(ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return whose things are, as lists show it, in one query."""
    found: dict[int | None, str] = {None: EVERYTHING_ZH}
    found.update((number, name) for number, name in unit_names(ids).items())
    return found

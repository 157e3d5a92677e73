"""Reads of looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from sanshi_lms.account.looks.models import Look
from sanshi_lms.account.looks.rules import KEPT
from sanshi_lms.account.models import User
from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db

MOST_SHOWN = 50
_By, _Whose = aliased(User), aliased(User)


@dataclass(frozen=True)
class Narrowed:
    """What looks are narrowed to: `by` and `whose` are words of a name; empty narrows nothing."""

    by: str = ""
    whose: str = ""
    since: date | None = None
    until: date | None = None


def looks_query(narrowed: Narrowed) -> Select[*tuple[Any, ...]]:
    """Return the query of looks with who looked and whose it was, the newest first."""
    query = select(Look, _By, _Whose).join(_By, _By.id == Look.by_id)
    query = query.outerjoin(_Whose, _Whose.id == Look.whose_id)
    for words, person in ((narrowed.by, _By), (narrowed.whose, _Whose)):
        if words:
            columns = (person.username, person.display_name)
            query = query.where(or_(*(one.contains(words, autoescape=True) for one in columns)))
    if narrowed.since:
        query = query.where(Look.at >= _midnight(narrowed.since))
    if narrowed.until:
        query = query.where(Look.at < _midnight(narrowed.until + timedelta(days=1)))
    return query.order_by(Look.at.desc(), Look.id.desc())


def looks_at(user_id: int) -> Sequence[Any]:
    """Return who looked at what of a person, with the looks, the newest first."""
    query = select(Look, _By).join(_By, _By.id == Look.by_id).where(Look.whose_id == user_id)
    return db.session.execute(
        query.order_by(Look.at.desc(), Look.id.desc()).limit(MOST_SHOWN)
    ).all()


def some_looks_are_old(at: datetime) -> bool:
    """Tell whether there are looks that were kept long enough."""
    old = select(Look.id).where(Look.at < at - KEPT).limit(1)
    return db.session.scalar(old) is not None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)

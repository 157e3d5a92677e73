"""Writes of looks."""

from datetime import datetime

from sqlalchemy import delete

from sanshi_lms.account.looks.models import Look
from sanshi_lms.account.looks.rules import FIELDS, KEPT, WHERE_LENGTH
from sanshi_lms.core.audit import asked_from
from sanshi_lms.core.db import db


def note_look(by_id: int, whose_id: int | None, field: str, about: str, at: datetime) -> None:
    """Note in the caller's transaction that somebody saw a field of somebody else unmasked.

    `field` is a key of FIELDS, `about` such as "need:12". One's own is nobody's business.
    """
    if field not in FIELDS:
        raise ValueError(f"not a sensitive field: {field}")
    if by_id == whose_id:
        return
    path, address = asked_from()
    db.session.add(
        Look(
            at=at,
            by_id=by_id,
            whose_id=whose_id,
            field=field,
            about=about,
            place=path[:WHERE_LENGTH],
            address=address[:45],
        )
    )


def forget_old_looks(at: datetime) -> None:
    """Delete what was kept long enough."""
    db.session.execute(delete(Look).where(Look.at < at - KEPT))

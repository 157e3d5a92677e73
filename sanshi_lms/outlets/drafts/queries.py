"""Reads of accounts and drafts."""

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.outlets.drafts.models import Draft, OfficialAccount

SHOWN = 10


def accounts() -> list[OfficialAccount]:
    """Return the accounts in use, by name."""
    query = select(OfficialAccount).where(OfficialAccount.active)
    return list(db.session.scalars(query.order_by(OfficialAccount.name)))


def drafts_of(kind: str, ref: int) -> list[Draft]:
    """Return the latest drafts of a piece, the newest first."""
    query = select(Draft).where(Draft.kind == kind, Draft.ref == ref)
    return list(db.session.scalars(query.order_by(Draft.id.desc()).limit(SHOWN)))

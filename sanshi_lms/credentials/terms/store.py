"""Reads and writes of terms."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.terms.models import MOST_MONTHS, Term
from sanshi_lms.credentials.terms.rules import REMINDED


def months_of(subject: str) -> int:
    """Return how many months certificates for `subject` are valid; 0 means for ever."""
    return db.session.scalar(select(Term.months).where(Term.subject == subject)) or 0


def set_months(subject: str, months: int) -> int:
    """Let certificates that are awarded from now on be valid for `months`; 0 means for ever.

    Returns what it was before.

    Raises Refusal for a number that makes no sense.
    """
    if not 0 <= months <= MOST_MONTHS:
        raise Refusal(f"有效期请填 0 到 {MOST_MONTHS} 个月，0 表示长期有效。")
    term = db.session.get(Term, subject)
    before = term.months if term else 0
    if term is None:
        db.session.add_all([Term(subject=subject, months=months)] if months else [])
    elif months:
        term.months = months
    else:
        db.session.delete(term)
    return before


def ending_soon(today: date) -> Sequence[Certificate]:
    """Return the certificates whose end is near enough for a reminder."""
    last = today + timedelta(days=max(REMINDED))
    query = select(Certificate).where(
        Certificate.expires_on.between(today, last), Certificate.revoked_at.is_(None)
    )
    return db.session.scalars(query.order_by(Certificate.id)).all()

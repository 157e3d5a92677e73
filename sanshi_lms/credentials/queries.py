"""Reads of the room credentials."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, func, or_, select

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import settings
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.ledger.models import CreditEntry
from sanshi_lms.credentials.models import Certificate

Verdict = Literal["valid", "revoked", "altered", "unknown", "mistyped"]


@dataclass(frozen=True)
class Verification:
    """What is known of a number somebody typed or scanned."""

    verdict: Verdict
    number: str | None = None
    certificate: Certificate | None = None


def verify(typed: str) -> Verification:
    """Return what stands behind a number; the certificate itself only when it can be relied on."""
    number = rules.normalise_number(typed)
    if number is None:
        return Verification("mistyped")
    certificate = certificate_by_number(number)
    if certificate is None:
        return Verification("unknown", number)
    if not rules.seal_holds(certificate.seal, seal_of(certificate)):
        return Verification("altered", number)
    return Verification("revoked" if certificate.revoked_at else "valid", number, certificate)


def seal_of(certificate: Certificate) -> str:
    """Return the seal that the fields of `certificate` should carry."""
    return rules.seal(
        settings().secret_key.encode(),
        number=certificate.number,
        user_id=certificate.user_id,
        holder_name=certificate.holder_name,
        title=certificate.title,
        credit_hours=certificate.credit_hours,
        issued_at=certificate.issued_at,
        source_ref=certificate.source_ref,
    )


def certificate_by_number(number: str) -> Certificate | None:
    """Return the certificate with this number, written as it is printed."""
    return db.session.scalar(select(Certificate).where(Certificate.number == number))


def certificates_by_number(numbers: Collection[str]) -> dict[str, Certificate]:
    """Return the certificates with these numbers, in one query."""
    query = select(Certificate).where(Certificate.number.in_(numbers))
    return {one.number: one for one in db.session.scalars(query)}


def count_valid(since: datetime | None = None) -> int:
    """Return how many certificates are not revoked, or how many of them are new since a moment."""
    query = select(func.count(Certificate.id)).where(Certificate.revoked_at.is_(None))
    if since is not None:
        query = query.where(Certificate.issued_at >= since)
    return db.session.scalar(query) or 0


def certificate_for(source_ref: str) -> Certificate | None:
    """Return the certificate that was awarded for `source_ref`, if any."""
    return db.session.scalar(select(Certificate).where(Certificate.source_ref == source_ref))


def chain_of(source_ref: str) -> Sequence[Certificate]:
    """Return all certificates for the same thing, the first one first: the last may be valid.

    A thing that is completed again after its certificate was void has a further one.
    """
    later = Certificate.source_ref.startswith(rules.again_prefix(source_ref), autoescape=True)
    query = select(Certificate).where(
        (Certificate.source_ref == rules.first_ref(source_ref)) | later
    )
    return db.session.scalars(query.order_by(Certificate.id)).all()


def latest_certificate(source_ref: str) -> Certificate | None:
    """Return the last certificate for the same thing, valid or not."""
    chain = chain_of(source_ref)
    return chain[-1] if chain else None


def neighbours_of(certificate: Certificate) -> tuple[Certificate | None, Certificate | None]:
    """Return the certificates for the same thing before and after this one."""
    chain = list(chain_of(certificate.source_ref))
    place = next(n for n, one in enumerate(chain) if one.id == certificate.id)
    return (
        chain[place - 1] if place else None,
        chain[place + 1] if place + 1 < len(chain) else None,
    )


def certificates_of(user_id: int) -> Sequence[Certificate]:
    """Return a person's certificates, newest first, revoked ones too."""
    query = select(Certificate).where(Certificate.user_id == user_id)
    return db.session.scalars(
        query.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    ).all()


def old_line_holds(line: CreditEntry) -> bool:
    """Tell whether a line from before rules is what a certificate of that time says."""
    certificate = certificate_for(line.source_ref)
    return (
        certificate is not None
        and rules.seal_holds(certificate.seal, seal_of(certificate))
        and (certificate.user_id, certificate.credit_hours) == (line.user_id, line.hours)
    )


def certificates_query(words: str) -> Select[Certificate]:
    """Return the query of all certificates, newest first, narrowed by number, name or title."""
    query = select(Certificate).order_by(Certificate.id.desc())
    if not words:
        return query
    number = rules.normalise_number(words)
    if number:
        return query.where(Certificate.number == number)
    columns = (Certificate.number, Certificate.holder_name, Certificate.title)
    return query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))

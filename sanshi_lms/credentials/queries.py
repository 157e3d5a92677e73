"""Reads of the room credentials."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Select, func, or_, select

from sanshi_lms.account import User, within
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.ledger.models import CreditEntry
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.signing.keys import key_ring
from sanshi_lms.credentials.signing.payload import (
    Content,
    Signed,
    from_base64,
    short_title,
    tie_of,
)

Verdict = Literal["valid", "expired", "revoked", "replaced", "altered", "unknown", "mistyped"]


@dataclass(frozen=True)
class Verification:
    """What is known of a number somebody typed or scanned."""

    verdict: Verdict
    number: str | None = None
    certificate: Certificate | None = None


def verify(typed: str, today: date, mark: str | None = None) -> Verification:
    """Return what stands behind a number; the certificate itself only when it can be relied on.

    `mark` is the key and signature that a QR code showed beside the number, if it did.
    """
    number = rules.normalise_number(typed)
    if number is None:
        return Verification("mistyped")
    certificate = certificate_by_number(number)
    if certificate is None:
        return Verification("unknown", number)
    if not is_genuine(certificate) or not (mark is None or is_marked(certificate, mark)):
        return Verification("altered", number)
    return Verification(standing_of(certificate, today), number, certificate)


def standing_of(certificate: Certificate, today: date) -> Verdict:
    """Return whether a genuine certificate is valid on a day in Chongqing, and if not, why."""
    if certificate.revoked_at is not None:
        return "replaced" if certificate.reissued else "revoked"
    over = certificate.expires_on is not None and certificate.expires_on < today
    return "expired" if over else "valid"


def signed(certificate: Certificate) -> Signed:
    """Return the statement that the row says was signed; `is_genuine` tells whether it was."""
    signature = from_base64(certificate.signature) or b""
    return Signed(certificate.number, certificate.key_id, signature, content_of(certificate))


def is_genuine(certificate: Certificate) -> bool:
    """Tell whether the row is word for word what we signed."""
    return key_ring().holds(signed(certificate))


def is_marked(certificate: Certificate, mark: str) -> bool:
    """Tell whether a QR code's key and signature (`mark`) are the certificate's own."""
    ours = [signed(certificate).mark, certificate.former_mark or ""]
    return any(one and hmac.compare_digest(mark.encode(), one.encode()) for one in ours)


def content_of(certificate: Certificate) -> Content:
    """Return what of a certificate is signed besides its number."""
    expires = certificate.expires_on
    issued = certificate.issued_at.astimezone(UTC).isoformat(timespec="seconds")
    return Content(
        name=certificate.holder_name,
        title=short_title(certificate.title),
        hours=rules.hours_text(certificate.credit_hours),
        issued=local(certificate.issued_at).date().isoformat(),
        expires=expires.isoformat() if expires else "",
        issuer=certificate.issuer,
        tie=tie_of(str(certificate.user_id), certificate.source_ref, issued, certificate.title),
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


def latest_certificates(prefix: str) -> dict[str, Certificate]:
    """Return the last certificate of each thing whose name begins so, by the first one's name.

    `prefix` such as "class:3:user:" finds those of a whole class in one query.
    """
    begins = Certificate.source_ref.startswith(prefix, autoescape=True)
    query = select(Certificate).where(begins).order_by(Certificate.id)
    return {rules.first_ref(one.source_ref): one for one in db.session.scalars(query)}


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
        and is_genuine(certificate)
        and (certificate.user_id, certificate.credit_hours) == (line.user_id, line.hours)
    )


def certificates_query(words: str, reach: Reach) -> Select[Certificate]:
    """Return the query of the certificates of people within reach, newest first.

    `words` narrow by number, name or title.
    """
    query = select(Certificate).order_by(Certificate.id.desc())
    if not reach.everything:
        query = query.join(User, User.id == Certificate.user_id).where(within(reach))
    if not words:
        return query
    number = rules.normalise_number(words)
    if number:
        return query.where(Certificate.number == number)
    columns = (Certificate.number, Certificate.holder_name, Certificate.title)
    return query.where(or_(*(c.contains(words, autoescape=True) for c in columns)))

"""Writes of the room credentials: awarding and revoking."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.ledger.actions import enter_stated_hours, reverse_entry
from sanshi_lms.credentials.ledger.queries import entries_of_award
from sanshi_lms.credentials.models import (
    LONGEST_NAME,
    LONGEST_SOURCE_REF,
    LONGEST_TITLE,
    Certificate,
)
from sanshi_lms.credentials.queries import certificate_for, seal_of

_NUMBERS_TO_TRY = 5
SHORTEST_REASON = 4


def award_certificate(
    user_id: int,
    holder_name: str,
    title: str,
    credit_hours: Decimal | int | float | str,
    source_ref: str,
    at: datetime | None = None,
) -> Certificate:
    """Return the certificate for `source_ref`, awarding it when it is new.

    It shows the hours that stand in the ledger for `source_ref`; whoever counts by rules calls
    `award_hours` first. When nothing stands there, `credit_hours` are entered as they are stated.
    However often and from however many places at once this is called, there is one certificate
    and one entry in the ledger: the table's unique constraint decides, not a look beforehand.
    A certificate that was revoked stays revoked.
    """
    if not source_ref or len(source_ref) > LONGEST_SOURCE_REF:
        raise ValueError("source_ref must name what the certificate is for")
    moment = (at or now()).replace(microsecond=0)
    known = certificate_for(source_ref)
    if known is not None:
        return known
    hours = _hours_entered(user_id, title, rules.credit_hours_of(credit_hours), source_ref, moment)
    for _ in range(_NUMBERS_TO_TRY):
        known = certificate_for(source_ref)
        if known is not None:
            return known
        certificate = Certificate(
            number=rules.new_number(local(moment).year),
            user_id=user_id,
            holder_name=rules.clean_name(holder_name)[:LONGEST_NAME],
            title=" ".join(title.split())[:LONGEST_TITLE],
            credit_hours=hours,
            issued_at=moment,
            source_ref=source_ref,
        )
        certificate.seal = seal_of(certificate)
        try:
            with db.session.begin_nested():
                db.session.add(certificate)
        except IntegrityError:
            continue  # somebody else awarded it just now, or (31⁸ to 1) the number is taken
        note("credentials.award", f"certificate:{certificate.number}", None, {"title": title})
        return certificate
    raise RuntimeError(f"no certificate could be written for {source_ref}")


def revoke_certificate(certificate: Certificate, reason: str, at: datetime) -> None:
    """Declare a certificate void and take its credit hours back by a counter-entry.

    Raises Refusal when it is void already or no reason is given: the reason is shown to everyone
    who verifies the certificate.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明撤销原因，核验证书的人会看到它。")
    if certificate.revoked_at is not None:
        raise Refusal("这张证书已经撤销过了。", 409)
    certificate.revoked_at = at
    certificate.revoked_reason = reason[:LONGEST_TITLE]
    for line in entries_of_award(certificate.source_ref):
        reverse_entry(line, f"证书撤销：{reason}", at)
    note(
        "credentials.revoke",
        f"certificate:{certificate.number}",
        {"revoked": False},
        {"revoked": True, "reason": reason},
    )


def _hours_entered(
    user_id: int, title: str, stated: Decimal, source_ref: str, at: datetime
) -> Decimal:
    """Return what the ledger holds for `source_ref`, entering `stated` when it holds nothing."""
    lines = entries_of_award(source_ref)
    if not lines and stated:
        lines = [enter_stated_hours(user_id, title, stated, source_ref, at)]
    return max(Decimal(0), sum((line.hours for line in lines), Decimal(0)))

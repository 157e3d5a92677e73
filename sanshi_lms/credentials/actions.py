"""Writes of the room credentials: awarding and revoking."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials import rules
from sanshi_lms.credentials.designs.rules import USUAL_ISSUER
from sanshi_lms.credentials.designs.store import chosen_for
from sanshi_lms.credentials.ledger.actions import enter_stated_hours, reverse_entry
from sanshi_lms.credentials.ledger.queries import entries_of_award
from sanshi_lms.credentials.models import (
    LONGEST_NAME,
    LONGEST_SOURCE_REF,
    LONGEST_TITLE,
    Certificate,
)
from sanshi_lms.credentials.queries import certificate_for, chain_of, content_of, is_genuine
from sanshi_lms.credentials.signing.keys import key_ring
from sanshi_lms.credentials.signing.payload import to_base64
from sanshi_lms.credentials.terms.rules import subject_of
from sanshi_lms.credentials.terms.store import months_of

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
    A certificate that was revoked stays revoked. It ends when the term of what it
    is for says so.
    """
    if not source_ref or len(source_ref) > LONGEST_SOURCE_REF:
        raise ValueError("source_ref must name what the certificate is for")
    moment = (at or now()).replace(microsecond=0)
    known = certificate_for(source_ref)
    if known is not None:
        return known
    design = chosen_for(subject_of(source_ref))
    hours = _hours_entered(user_id, title, rules.credit_hours_of(credit_hours), source_ref, moment)
    for _ in range(_NUMBERS_TO_TRY):
        known = certificate_for(source_ref)
        if known is not None:
            return known
        certificate = Certificate(
            number=rules.new_number(local(moment).year, prefix=design.prefix if design else ""),
            user_id=user_id,
            holder_name=rules.clean_name(holder_name)[:LONGEST_NAME],
            title=" ".join(title.split())[:LONGEST_TITLE],
            credit_hours=hours,
            issued_at=moment,
            source_ref=source_ref,
            issuer=design.issuer if design else USUAL_ISSUER,
            design_id=design.id if design else None,
            expires_on=_end(source_ref, local(moment).date()),
        )
        sign(certificate)
        try:
            with db.session.begin_nested():
                db.session.add(certificate)
        except IntegrityError:
            continue  # somebody else awarded it just now, or (31⁸ to 1) the number is taken
        note("credentials.award", f"certificate:{certificate.number}", None, {"title": title})
        return certificate
    raise RuntimeError(f"no certificate could be written for {source_ref}")


def _end(source_ref: str, day: date) -> date | None:
    months = months_of(subject_of(source_ref))
    return rules.months_after(day, months) if months else None


def sign(certificate: Certificate) -> None:
    """Sign all frozen fields of a new certificate with the key of today."""
    statement = key_ring().sign(certificate.number, content_of(certificate))
    certificate.key_id = statement.key_id
    certificate.signature = to_base64(statement.signature)


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
    for source_ref in _refs_of_hours(certificate):
        for line in entries_of_award(source_ref):
            reverse_entry(line, f"证书撤销：{reason}", at)
    note(
        "credentials.revoke",
        f"certificate:{certificate.number}",
        {"revoked": False},
        {"revoked": True, "reason": reason},
    )


def reissue_certificate(
    certificate: Certificate, holder_name: str, reason: str, at: datetime
) -> Certificate:
    """Exchange a certificate for one with the holder's right name; the hours stay as they are.

    Raises Refusal when it is void, when nothing would change, or when no reason is given.
    """
    reason, name = " ".join(reason.split()), rules.clean_name(holder_name)[:LONGEST_NAME]
    if certificate.revoked_at is not None:
        raise Refusal("这张证书已经撤销或换发过，不能再换发。", 409)
    if not is_genuine(certificate):
        raise Refusal("证书记录与签发时不一致，不能换发，请先查明原因。", 409)
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明换发原因，例如：身份证上的名字更正了。")
    if name in (certificate.holder_name, rules.NAMELESS):
        raise Refusal("请填写更正后的姓名，要和现在证书上的不同。")
    certificate.revoked_at, certificate.reissued = at, True
    certificate.revoked_reason = f"换发新证：{reason}"[:LONGEST_TITLE]
    fresh = Certificate(
        number=rules.new_number(local(at).year, prefix=rules.prefix_of(certificate.number)),
        user_id=certificate.user_id,
        holder_name=name,
        title=certificate.title,
        credit_hours=certificate.credit_hours,
        issued_at=at.replace(microsecond=0),
        source_ref=rules.again_ref(certificate.source_ref),
        issuer=certificate.issuer,
        design_id=certificate.design_id,
        expires_on=certificate.expires_on,
    )
    sign(fresh)
    db.session.add(fresh)
    db.session.flush()
    note(
        "credentials.reissue",
        f"certificate:{certificate.number}",
        {"holder_name": certificate.holder_name},
        {"holder_name": name, "number": fresh.number, "reason": reason},
    )
    return fresh


def _refs_of_hours(certificate: Certificate) -> list[str]:
    """Return under which awards its hours stand: an exchanged one left them with the first."""
    chain = list(chain_of(certificate.source_ref))
    place = next(n for n, one in enumerate(chain) if one.id == certificate.id)
    refs = [certificate.source_ref]
    while place and chain[place - 1].reissued:
        place -= 1
        refs.append(chain[place].source_ref)
    return refs


def _hours_entered(
    user_id: int, title: str, stated: Decimal, source_ref: str, at: datetime
) -> Decimal:
    """Return what the ledger holds for `source_ref`, entering `stated` when it holds nothing."""
    lines = entries_of_award(source_ref)
    if not lines and stated:
        lines = [enter_stated_hours(user_id, title, stated, source_ref, at)]
    return max(Decimal(0), sum((line.hours for line in lines), Decimal(0)))

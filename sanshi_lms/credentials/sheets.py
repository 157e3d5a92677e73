"""From the record of a certificate to what its paper says."""

from flask import url_for

from sanshi_lms.core.clock import local
from sanshi_lms.core.web import public_address
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.pdf import Sheet
from sanshi_lms.credentials.queries import signed


def sheet_of(subject: Certificate) -> Sheet:
    """Return what the printed certificate says."""
    url = verify_url(subject)
    return Sheet(
        number=subject.number,
        holder_name=subject.holder_name,
        title=subject.title,
        credit_hours=subject.credit_hours,
        issued_on=local(subject.issued_at).date(),
        verify_url=url,
        qr_url=signed(subject).address(url),
        issuer=subject.issuer,
        expires_on=subject.expires_on,
    )


def verify_url(subject: Certificate) -> str:
    """Return the address that verifies a certificate."""
    return public_address(url_for("credentials.verify", number=subject.number))

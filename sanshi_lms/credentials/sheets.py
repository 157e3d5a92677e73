"""From the record of a certificate to what its paper says."""

from flask import url_for

from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.web import public_address
from sanshi_lms.credentials.designs.models import Design
from sanshi_lms.credentials.designs.rules import DesignDraft
from sanshi_lms.credentials.designs.store import draft_of, picture
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.pdf import Look, Sheet, Signatory
from sanshi_lms.credentials.queries import signed


def sheet_of(subject: Certificate, look: Look | None = None) -> Sheet:
    """Return what the printed certificate says; who prints many gives the look of each design."""
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
        look=look or look_of(subject.design_id),
    )


def look_of(design_id: int | None) -> Look:
    """Return how a version of a design looks in print; ours without one."""
    if design_id is None:
        return Look()
    design = db.session.get_one(Design, design_id)
    return look_of_draft(draft_of(design))


def look_of_draft(draft: DesignDraft) -> Look:
    """Return how a design would look, before it is kept."""
    return Look(
        heading=draft.heading,
        body=draft.body,
        portrait=draft.portrait,
        paper=draft.look,
        seal=picture(draft.seal_id) if draft.seal_id else None,
        signatures=[
            Signatory(one.name, one.post, picture(one.picture_id) if one.picture_id else None)
            for one in draft.signatures
        ],
    )


def verify_url(subject: Certificate) -> str:
    """Return the address that verifies a certificate."""
    return public_address(url_for("credentials.verify", number=subject.number))

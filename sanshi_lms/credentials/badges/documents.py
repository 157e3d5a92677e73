"""The documents of Open Badges 3.0: a badge, its issuer, and the list of those that are void."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.credentials.badges.contexts import BADGES, CREDENTIALS
from sanshi_lms.credentials.badges.proofs import Document, multikey, written
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.signing.keys import KeyRing
from sanshi_lms.credentials.signing.payload import to_base64
from sanshi_lms.credentials.terms.rules import subject_of

LIST_LENGTH = 131_072
"""Bits of one list: the least that lets nobody be singled out (W3C Bitstring Status List 1.0)."""
_SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)


@dataclass(frozen=True)
class Addresses:
    """Our public addresses. `status_list` is the one of the list in which a certificate stands."""

    site: str
    issuer: str
    badge: str
    status_list: str


def place_of(certificate_id: int) -> tuple[int, int]:
    """Return in which list a certificate stands, and at which bit."""
    return divmod(certificate_id, LIST_LENGTH)


def badge(certificate: Certificate, at: Addresses) -> Document:
    """Return a certificate as an OpenBadgeCredential, without its proof."""
    story = f"学完“{certificate.title}”的全部内容，达到结业要求。"
    bit = str(place_of(certificate.id)[1])
    found: Document = {
        "@context": [CREDENTIALS, BADGES],
        "id": at.badge,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.title,
        "issuer": {
            "id": at.issuer,
            "type": ["Profile"],
            "name": certificate.issuer,
            "url": at.site,
        },
        "validFrom": written(certificate.issued_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": certificate.holder_name,
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": f"{at.site}#{subject_of(certificate.source_ref)}",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": certificate.title,
                "description": story,
                "criteria": {"narrative": story},
                "creditsAvailable": float(certificate.credit_hours),
                "inLanguage": "zh-CN",
            },
        },
        "credentialStatus": {
            "id": f"{at.status_list}#{bit}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": bit,
            "statusListCredential": at.status_list,
        },
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if certificate.expires_on is not None:
        last = datetime.combine(certificate.expires_on, time(23, 59, 59), LOCAL_ZONE)
        found["validUntil"] = written(last)
    return found


def issuer(ring: KeyRing, at: Addresses, name: str) -> Document:
    """Return who issues, with all keys that ever signed: they stay good for what they signed."""
    methods = [
        {
            "id": f"{at.issuer}#{key.key_id}",
            "type": "Multikey",
            "controller": at.issuer,
            "publicKeyMultibase": multikey(key),
        }
        for key in ring.keys
    ]
    return {
        "@context": [CREDENTIALS, BADGES],
        "id": at.issuer,
        "type": ["Profile"],
        "name": name,
        "url": at.site,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def status_list(void: Iterable[int], at: Addresses, moment: datetime) -> Document:
    """Return the list as a credential, without its proof; `void` are bits (0 to LIST_LENGTH)."""
    bits = bytearray(LIST_LENGTH // 8)
    for bit in void:
        bits[bit // 8] |= 0x80 >> bit % 8
    return {
        "@context": [CREDENTIALS],
        "id": at.status_list,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": at.issuer,
        "validFrom": written(moment),
        "credentialSubject": {
            "id": f"{at.status_list}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": "u" + to_base64(gzip.compress(bytes(bits), mtime=0)),
        },
    }

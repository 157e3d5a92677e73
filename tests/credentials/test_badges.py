"""Open Badges 3.0: proofs hold and break, lists tell what is void, documents have their shape."""

import base64
import gzip
import hashlib
from datetime import UTC, datetime
from typing import Any

import base58
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from pyld import jsonld

from sanshi_lms.core.db import transaction
from sanshi_lms.credentials import (
    award_certificate,
    certificate_for,
    revoke_certificate,
    set_months,
)
from sanshi_lms.credentials.badges.contexts import load
from sanshi_lms.credentials.signing.keys import rotate
from tests.people import Cast

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
REF = "course:1:user:1"


@pytest.fixture
def number(app: Flask, people: Cast) -> str:
    user_id = people.id("cadre")
    with app.app_context(), transaction():
        set_months("course:1", 12)
        return award_certificate(user_id, "王小明", "加装电梯", "1.5", REF, WHEN).number


def canonical(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    return str(jsonld.normalize(document, options)).encode()


def check(document: dict[str, Any], client: FlaskClient) -> None:
    """Verify as the standard tells a stranger to: from the document and the issuer's alone."""
    plain = {name: value for name, value in document.items() if name != "proof"}
    proof = dict(document["proof"])
    signature = base58.b58decode(proof.pop("proofValue").removeprefix("z"))
    method = proof["verificationMethod"]
    owner = client.get(method.partition("#")[0].removeprefix("http://localhost")).get_json()
    assert method in owner["assertionMethod"]
    (key,) = [one for one in owner["verificationMethod"] if one["id"] == method]
    assert key["publicKeyMultibase"].startswith("z6Mk")
    raw = base58.b58decode(key["publicKeyMultibase"][1:])
    options = {"@context": document["@context"], **proof}
    data = b"".join(hashlib.sha256(canonical(one)).digest() for one in (options, plain))
    Ed25519PublicKey.from_public_bytes(raw[2:]).verify(signature, data)


def test_a_badge_is_verified_by_its_issuer_document(
    app: Flask, client: FlaskClient, people: Cast, number: str
) -> None:
    answer = people.client("cadre").get(f"/credentials/{number}/badge.json")
    assert answer.status_code == 200
    badge = answer.get_json()
    check(badge, client)
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["validUntil"] == "2027-03-05T15:59:59Z"
    subject = badge["credentialSubject"]
    assert subject["achievement"]["creditsAvailable"] == 1.5
    assert subject["identifier"][0]["identityHash"] == "王小明"
    for change in ("name", "validFrom"):
        with pytest.raises(InvalidSignature):
            check({**badge, change: "2026-03-06T01:00:00Z"}, client)
    with app.app_context():
        rotate()
    check(badge, client)  # what an older key signed stays good
    assert people.client("pro").get(f"/credentials/{number}/badge.json").status_code == 404
    assert client.get(f"/credentials/{number}/badge.json").status_code == 302


def test_the_status_list_tells_what_is_void(
    app: Flask, client: FlaskClient, people: Cast, number: str
) -> None:
    badge = people.client("cadre").get(f"/credentials/{number}/badge.json").get_json()
    entry = badge["credentialStatus"]
    path = entry["statusListCredential"].removeprefix("http://localhost")

    def is_void() -> bool:
        found = client.get(path)
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        check(found.get_json(), client)
        encoded = found.get_json()["credentialSubject"]["encodedList"]
        assert encoded.startswith("u")
        bits = gzip.decompress(
            base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        )
        assert len(bits) * 8 == 131_072
        place = int(entry["statusListIndex"])
        return bool(bits[place // 8] >> (7 - place % 8) & 1)

    assert not is_void()
    with app.app_context(), transaction():
        held = certificate_for(REF)
        assert held
        revoke_certificate(held, "由他人代学", WHEN)
    assert is_void()
    assert people.client("cadre").get(f"/credentials/{number}/badge.json").status_code == 410
    assert client.get("/credentials/status/1").status_code == 404

"""Data Integrity proofs, cryptosuite eddsa-rdfc-2022 (W3C VC Data Integrity EdDSA, section 3.2)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import base58
from pyld import jsonld

from sanshi_lms.credentials.badges.contexts import load
from sanshi_lms.credentials.signing.keys import KeyRing, PublicKey

Document = dict[str, Any]
_ED25519_PUB = b"\xed\x01"  # the multicodec prefix of an Ed25519 public key
_BASE58 = "z"  # the multibase prefix of base58-btc


def multikey(key: PublicKey) -> str:
    """Return a public key as `publicKeyMultibase`: z6Mk…"""
    return _BASE58 + base58.b58encode(_ED25519_PUB + key.raw).decode()


def signed(document: Document, ring: KeyRing, controller: str, at: datetime) -> Document:
    """Return the document with a proof by the key of today, `controller` being its owner."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": written(at),
        "verificationMethod": f"{controller}#{ring.current.key_id}",
        "proofPurpose": "assertionMethod",
    }
    signature = ring.signer.sign(hash_of(document, proof))
    return {
        **document,
        "proof": {**proof, "proofValue": _BASE58 + base58.b58encode(signature).decode()},
    }


def hash_of(document: Document, proof: Document) -> bytes:
    """Return the 64 bytes that are signed: what the proof says of itself, then the document."""
    options = {"@context": document["@context"], **proof}
    return (
        hashlib.sha256(_canonical(options)).digest() + hashlib.sha256(_canonical(document)).digest()
    )


def written(moment: datetime) -> str:
    """Return a moment as XML Schema writes it, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _canonical(document: Document) -> bytes:
    """Return the document as canonical N-Quads (RDFC-1.0)."""
    text: str = jsonld.normalize(
        document,
        {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load},
    )
    return text.encode()

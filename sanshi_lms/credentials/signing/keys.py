"""The keys that sign certificates: one file beside the database, readable by the server alone.

Only the newest key signs. Of an older one the public half stays, so that what it signed can be
checked for ever; its private half is destroyed when the next one takes over.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sanshi_lms.core.durable import create_private, replace_private
from sanshi_lms.core.settings import settings
from sanshi_lms.credentials.signing.payload import Content, Signed, from_base64, message, to_base64

FILE = "credential_keys.json"
_SEED_BYTES = 32


class KeysUnreadableError(Exception):
    """The key file is there but cannot be used; `str()` says what is wrong with it."""


@dataclass(frozen=True)
class PublicKey:
    """A key that checks. `key_id` is eight characters of the SHA-256 of its 32 bytes."""

    key_id: str
    raw: bytes
    since: str

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` was made over `data` with the private half."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class KeyRing:
    """All keys, the oldest first; `signer` is the private half of the last."""

    keys: Sequence[PublicKey]
    signer: Ed25519PrivateKey

    @property
    def current(self) -> PublicKey:
        """Return the key that signs now."""
        return self.keys[-1]

    def sign(self, number: str, content: Content) -> Signed:
        """Return the signed statement."""
        key_id = self.current.key_id
        return Signed(number, key_id, self.signer.sign(message(number, key_id, content)), content)

    def find(self, key_id: str) -> PublicKey | None:
        """Return the key with this id."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def holds(self, signed: Signed) -> bool:
        """Tell whether a statement was signed by one of our keys, word for word."""
        key = self.find(signed.key_id)
        return key is not None and key.holds(signed.signature, signed.message())

    def public(self) -> list[dict[str, str]]:
        """Return the public halves as a JSON Web Key Set lists them (RFC 8037)."""
        return [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.key_id,
             "x": to_base64(key.raw), "since": key.since}
            for key in self.keys
        ]  # fmt: skip


_read: dict[Path, tuple[tuple[int, int], KeyRing]] = {}


def key_ring() -> KeyRing:
    """Return this installation's keys; the first are made when there are none.

    A rotation by the command line is noticed at once. Raises KeysUnreadableError.
    """
    path = key_file()
    try:
        state = path.stat()
    except FileNotFoundError:
        create_private(path, _written([_new_key()]))
        state = path.stat()
    mark = (state.st_mtime_ns, state.st_size)
    known = _read.get(path)
    if known is None or known[0] != mark:
        known = _read[path] = (mark, _load(path))
    return known[1]


def key_file() -> Path:
    """Return where the keys lie. Lost, nothing that they signed can be checked: back it up."""
    return settings().keys_dir / FILE


def rotate() -> KeyRing:
    """Let a new key sign from now on, and destroy the private half of the one before."""
    path = key_file()
    key_ring()
    kept = [{name: row[name] for name in ("public", "since")} for row in _rows(path)]
    replace_private(path, _written([*kept, _new_key()]))
    return key_ring()


def _new_key() -> dict[str, str]:
    private = Ed25519PrivateKey.generate()
    return {
        "public": to_base64(private.public_key().public_bytes_raw()),
        "private": to_base64(private.private_bytes_raw()),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _written(rows: Sequence[dict[str, str]]) -> bytes:
    return json.dumps({"keys": list(rows)}, indent=1).encode()


def _load(path: Path) -> KeyRing:
    rows = _rows(path)
    try:
        keys = [_public(row) for row in rows]
        seed = from_base64(rows[-1]["private"]) or b""
        signer = Ed25519PrivateKey.from_private_bytes(seed)
    except (KeyError, IndexError, ValueError) as error:
        raise KeysUnreadableError(f"{path}: {error!r}") from error
    if signer.public_key().public_bytes_raw() != keys[-1].raw:
        raise KeysUnreadableError(f"{path}: the halves of the last key do not belong together")
    return KeyRing(keys, signer)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text("utf-8"))["keys"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeysUnreadableError(f"{path}: {error!r}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise KeysUnreadableError(f"{path}: no list of keys")
    return rows


def _public(row: dict[str, Any]) -> PublicKey:
    raw = from_base64(row["public"]) or b""
    if len(raw) != _SEED_BYTES:
        raise ValueError("a public key has 32 bytes")
    return PublicKey(hashlib.sha256(raw).hexdigest()[:8], raw, str(row["since"]))

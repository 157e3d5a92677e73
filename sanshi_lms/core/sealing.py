"""Secrets that we must be able to read again, sealed by the installation's key before they rest."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sanshi_lms.core.settings import settings


def seal(secret: str, purpose: bytes) -> str:
    """Return `secret` sealed for one purpose; only the same purpose opens it again."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, purpose: bytes) -> str | None:
    """Return a sealed secret; None when SECRET_KEY is another one by now."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(purpose: bytes) -> Fernet:
    derive = HKDF(SHA256(), length=32, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings().secret_key.encode())))

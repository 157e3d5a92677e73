"""Scan tokens: the server's proof that a browser saw the code on the wall a short while ago."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from sanshi_lms.core.settings import settings
from sanshi_lms.training.sessions import rules

_PURPOSE = "training.scan"
NONCE_BYTES = 12


@dataclass(frozen=True)
class Scan:
    """Which session was scanned when; `nonce` also lies in a cookie of the browser that did."""

    session_id: int
    second: int
    nonce: str


def second_of(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970."""
    return int(moment.timestamp())


def secret() -> bytes:
    """Return the key of codes."""
    return settings().secret_key.encode()


def present_code(session_id: int, moment: datetime) -> str:
    """Return the code that is on the wall now."""
    return rules.code_of(secret(), session_id, rules.window_of(second_of(moment)))


def issue(session_id: int, moment: datetime) -> tuple[str, str]:
    """Return a token for a scan made now, and its nonce for the cookie."""
    nonce = secrets.token_hex(NONCE_BYTES)
    return str(_signer().dumps([session_id, second_of(moment), nonce])), nonce


def read(text: str) -> Scan | None:
    """Return what a token says, or None when we did not sign it."""
    try:
        parts = _signer().loads(text)
    except BadSignature:
        return None
    return Scan(*parts)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=_PURPOSE)

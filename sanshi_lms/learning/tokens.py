"""Playback-session tokens: the server's proof that it made this page for this person and lesson."""

import secrets
from dataclasses import dataclass
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

from sanshi_lms.core.clock import now
from sanshi_lms.core.settings import settings

_PURPOSE = "learning.watch"


@dataclass(frozen=True)
class WatchToken:
    """Who watches what; `opened_at_ms` is our clock when the page was made."""

    user_id: int
    lesson_id: int
    session: str
    opened_at_ms: int
    duration_ms: int


def clock_ms() -> int:
    """Return the server's clock in milliseconds since 1970."""
    return round(now().timestamp() * 1000)


def issue(user_id: int, lesson_id: int, duration_ms: int, opened_at_ms: int | None = None) -> str:
    """Return a fresh token for one opening of a lesson page, now unless told otherwise."""
    opened = clock_ms() if opened_at_ms is None else opened_at_ms
    parts = [user_id, lesson_id, secrets.token_hex(8), opened, duration_ms]
    return str(_signer(settings().secret_key).dumps(parts))


def read(text: str) -> WatchToken | None:
    """Return what a token says, or None when we did not sign it."""
    try:
        return _proved(settings().secret_key, text)
    except BadSignature:
        return None


@lru_cache(16_384)
def _proved(secret: str, text: str) -> WatchToken:
    """Prove a token once: a page sends its own every fifteen seconds."""
    return WatchToken(*_signer(secret).loads(text))


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_PURPOSE)

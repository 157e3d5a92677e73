"""The name of a form: whatever is sent under one name twice happened once."""

import secrets

LENGTH = 32


def new_nonce() -> str:
    """Return a name for a form that is opened now."""
    return secrets.token_hex(LENGTH // 2)


def read_nonce(text: str | None) -> str | None:
    """Return a name that came back as it is kept, or None when it cannot be one of ours."""
    plain = text or ""
    whole = len(plain) == LENGTH and plain.isascii() and plain.isalnum()
    return plain if whole else None

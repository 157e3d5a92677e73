"""What people write beside a lesson, as it comes from a form or a script: text, second, key.

Pure: standard library only. `second` counts whole seconds of media time from the start.
"""

import re
import secrets
import unicodedata

LARGEST_SECOND = 10 * 24 * 3600
_KEY = re.compile(r"[A-Za-z0-9-]{8,36}")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{1,2})")
_KEPT_SIGNS = frozenset("\n\t")
# Direction marks let a text read otherwise than it was looked at.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(text: object) -> str:
    """Return what somebody wrote without control signs and blank ends; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        sign
        for sign in lines
        if sign in _KEPT_SIGNS
        or (unicodedata.category(sign) not in {"Cc", "Cs"} and sign not in _DIRECTION)
    )
    return "".join(kept).strip()


def read_second(given: object) -> int | None:
    """Return the second that was typed ("3:12", "1:03:12", "192") or sent as a number, or None.

    Full-width digits and colons are read too. None also for what makes no sense: the place is then
    the lesson as a whole.
    """
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int | float):
        return int(given) if 0 <= given <= LARGEST_SECOND else None
    if not isinstance(given, str) or len(given) > 20:
        return None
    text = unicodedata.normalize("NFKC", given).strip()
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,3})?", text):
        total = int(float(text))
    else:
        return None
    return total if total <= LARGEST_SECOND else None


def read_key(given: object) -> str:
    """Return the key under which a device sent something, or a new one when it sent none.

    The same key twice is the same thing sent twice.
    """
    return given if isinstance(given, str) and _KEY.fullmatch(given) else new_key()


def new_key() -> str:
    """Return a key for one thing to be written."""
    return secrets.token_hex(12)

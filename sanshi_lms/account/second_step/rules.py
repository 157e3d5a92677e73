"""Rules of the second step: how a code is read, and which half minutes it may belong to."""

import unicodedata

RECOVERY_CODES = 10
TURN_SECONDS = 30
TOLERANCE = 1
"""Turns before and after the present one: a phone's clock is seldom right to the second."""
_ALPHABET = frozenset("ABCDEFGHJKMNPQRSTVWXYZ23456789")


def plain_code(text: str) -> str:
    """Return a code without what people type around it: full-width digits, spaces, hyphens."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())


def is_phone_code(code: str) -> bool:
    """Tell whether a plain code has the form of one from the phone."""
    return len(code) == 6 and code.isdigit()


def is_recovery_code(code: str) -> bool:
    """Tell whether a plain code has the form of one that was kept."""
    return len(code) == 12 and set(code) <= _ALPHABET


def turns_open(seconds: float, used: int) -> range:
    """Return the turns whose code is taken at a moment, none of them used before."""
    present = int(seconds // TURN_SECONDS)
    return range(max(present - TOLERANCE, used + 1), present + TOLERANCE + 1)


def shown_code(code: str) -> str:
    """Return a kept code as it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def alphabet() -> str:
    """Return the signs of kept codes; none is mistaken for another on paper."""
    return "".join(sorted(_ALPHABET))

"""Codes of needs, and phone numbers, as people read, type and paste them. Pure."""

import re
import secrets
from collections.abc import Callable, Sequence

CODE_DIGITS = 12
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}\d{7,8})")


def new_code(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return a fresh code for whoever asks: digits only, so that anybody can read it aloud.

    Eleven random digits and a check digit: a hundred thousand million, behind a rate limit.
    """
    body = "".join(choose("0123456789") for _ in range(CODE_DIGITS - 1))
    return body + _check_digit(body)


def read_code(typed: str) -> str | None:
    """Return the code in what somebody typed or pasted, or None when it cannot be one of ours."""
    last = typed[:200].strip().rpartition("/n/")[2]
    digits = "".join(
        str(int(c)) for c in last if c.isdigit() and c.isdecimal()
    )  # full-width digits too
    other = re.sub(r"[\s\d\-‐‑–—－·.]", "", last)
    if other or len(digits) != CODE_DIGITS or _check_digit(digits[:-1]) != digits[-1]:
        return None
    return digits


def spoken_code(code: str) -> str:
    """Return a code in groups of four, as it is read aloud."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def _check_digit(body: str) -> str:
    """Return Luhn's digit: it finds every single wrong digit and most swaps of neighbours."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def read_phone(typed: str) -> str | None:
    """Return a phone number in digits, or None when it cannot be one."""
    plain = re.sub(r"[\s\-－()（）]", "", typed)
    found = _PHONE.fullmatch("".join(str(int(c)) if c.isdecimal() else c for c in plain))
    return found[1] if found else None

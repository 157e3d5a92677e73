"""Rules of certificates: how a number is made and read, and what state it is in.

A certificate number reads ``SS2026-7K3M-9QWX-4T``: the letters SS (三师), the year of issue, eight
random characters and two check characters. People copy it from paper by hand, so the alphabet
leaves out I, L, O, 0 and 1, and the check characters find every mistake in one or two places,
which includes any two characters swapped.
"""

import calendar
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 characters. A prime count, so that the two check characters form a code of distance three."""

PREFIX = "SS"
BODY_LENGTH = 8
TYPED_LENGTH_LIMIT = 2_000
"""Longest text, in characters, that is looked at as a typed number."""

_CANONICAL = re.compile(
    rf"([A-Z]{{2,4}})([0-9]{{4}})([{ALPHABET}]{{{BODY_LENGTH}}})([{ALPHABET}]{{2}})"
)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_.·・/]+")
_HUNDREDTH = Decimal("0.01")
MOST_CREDIT_HOURS = Decimal("9999.99")
NAMELESS = "（未填写姓名）"
_NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"})
_DIGITS = "〇一二三四五六七八九"


def check_characters(year: int, body: str, prefix: str = PREFIX) -> str:
    """Return the two check characters over the year's four digits, the body and another prefix.

    With v the values and i their places from 1, the characters are Σv and Σi·v modulo 31: any two
    columns (1, i) are independent, so no one or two changes can cancel out.
    """
    letters = "" if prefix == PREFIX else prefix  # numbers from before others had one
    values = [int(digit) for digit in f"{year:04d}"] + [ALPHABET.index(c) for c in body + letters]
    plain = sum(values) % len(ALPHABET)
    weighted = sum(place * value for place, value in enumerate(values, 1)) % len(ALPHABET)
    return ALPHABET[plain] + ALPHABET[weighted]


def new_number(
    year: int, choose: Callable[[Sequence[str]], str] = secrets.choice, *, prefix: str = ""
) -> str:
    """Return a fresh number for ``year``; 31⁸ bodies a year make guessing hopeless.

    ``choose`` picks one character of the alphabet; it is an argument for tests. ``prefix`` is the
    issuer's own, of letters of the alphabet; ours without one.
    """
    body, begin = "".join(choose(ALPHABET) for _ in range(BODY_LENGTH)), prefix or PREFIX
    return _written(begin, year, body, check_characters(year, body, begin))


def prefix_of(number: str) -> str:
    """Return the issuer's letters of a number."""
    return re.match(r"[A-Z]*", number)[0]  # type: ignore[index]  # it matches at least nothing


def normalise_number(typed: str) -> str | None:
    """Return the number as printed, or None when what was typed cannot be a number of ours.

    Lower case, full-width characters, any kind of dash, spaces, and a whole pasted address
    (``https://…/v/SS2026-…``) are all forgiven.
    """
    if len(typed) > TYPED_LENGTH_LIMIT:
        return None
    last = re.split(r"[?#]", typed.strip())[0].rpartition("/v/")[2]
    last = unicodedata.normalize("NFKC", last)
    plain = _SEPARATORS.sub("", last).upper()
    match = _CANONICAL.fullmatch(plain)
    if match is None:
        return None
    prefix, year, body, check = match.groups()
    if not set(prefix) <= set(ALPHABET):
        return None
    if not hmac.compare_digest(check_characters(int(year), body, prefix), check):
        return None
    return _written(prefix, int(year), body, check)


def _written(prefix: str, year: int, body: str, check: str) -> str:
    return f"{prefix}{year:04d}-{body[:4]}-{body[4:]}-{check}"


_AGAIN = "#"


def first_ref(source_ref: str) -> str:
    """Return what the first award for the same thing was for: "course:3:user:7#2" → without #2."""
    return source_ref.partition(_AGAIN)[0]


def again_prefix(source_ref: str) -> str:
    """Return how the later awards for the same thing begin."""
    return f"{first_ref(source_ref)}{_AGAIN}"


def again_ref(source_ref: str) -> str:
    """Return what the award after this one is for; its certificate gets a number of its own."""
    turn = source_ref.partition(_AGAIN)[2]
    return f"{again_prefix(source_ref)}{int(turn or 1) + 1}"


def credit_hours_of(value: Decimal | int | float | str) -> Decimal:
    """Return ``value`` as credit hours (学时) with two decimals.

    Raises ValueError for a negative, unbounded or non-numeric value: it is a programming error of
    the caller, never something a learner typed.
    """
    try:
        hours = Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP)
    except InvalidOperation as error:
        raise ValueError(f"not a number of credit hours: {value!r}") from error
    if not hours.is_finite() or not 0 <= hours <= MOST_CREDIT_HOURS:
        raise ValueError(f"credit hours out of range: {value!r}")
    return hours


def hours_text(hours: Decimal) -> str:
    """Return credit hours without needless zeros: 0.50 → "0.5", 10.00 → "10"."""
    text = f"{hours:.2f}".rstrip("0").rstrip(".")
    return text or "0"


def clean_name(name: str) -> str:
    """Return a holder's name for print: one line, only what can belong to a name.

    Control and direction marks and emoji go; the look-alikes of the middle dot in the names of
    ethnic minorities (买买提·艾力) become U+00B7, the one in GB/T 15834-2011, 4.14.
    """
    kept = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in _NOT_IN_NAMES)
    one_line = " ".join(kept.replace("\ufe0f", "").split())
    return re.sub(r"[•‧∙⋅・･]", "·", one_line) or NAMELESS


def date_in_characters(day: date) -> str:
    """Return a date as certificates write it: 二〇二六年三月五日."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_below_forty(day.month)}月{_below_forty(day.day)}日"


def _below_forty(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones else "")
    )


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

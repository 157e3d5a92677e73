"""Looks at new passwords with all that is known: the list, our words, who it is for."""

from functools import lru_cache
from importlib.resources import files

from sanshi_lms.account.passwords import rules
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.syllables import syllables


class WeakPassword(Refusal):
    """A password that is not taken."""


def password_problem(password: str, username: str, display_name: str = "") -> str | None:
    """Return what is wrong with a new password of a person, or None."""
    spellings = rules.spellings_of(syllables(display_name))
    return rules.password_problem(password, username, spellings, is_common)


def refuse_weak(password: str, username: str, display_name: str) -> None:
    """Raise WeakPassword unless the password is good enough for this person."""
    problem = password_problem(password, username, display_name)
    if problem:
        raise WeakPassword(problem)


def is_common(plain: str) -> bool:
    """Tell whether a text in small letters is among the most frequent passwords of known leaks."""
    return plain.isascii() and "\n" not in plain and f"\n{plain}\n".encode() in _list()


@lru_cache(maxsize=1)
def _list() -> bytes:
    # Bytes, not a set: a quarter of a megabyte instead of three, and a fifth of a millisecond.
    return b"\n" + (files(__package__) / "common.txt").read_bytes()

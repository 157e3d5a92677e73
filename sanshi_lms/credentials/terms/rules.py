"""Rules of expiry: when a certificate may be renewed, and when its holder is reminded."""

from datetime import date, timedelta

REMINDED = (60, 30, 7)
"""Days before the end."""
RENEWABLE_DAYS = 60


def subject_of(source_ref: str) -> str:
    """Return what certificates for `source_ref` are about: "course:3:user:7#2" → "course:3"."""
    return source_ref.partition(":user:")[0]


def opens_on(expires_on: date) -> date:
    """Return from which day on a certificate may be renewed."""
    return expires_on - timedelta(days=RENEWABLE_DAYS)


def may_be_renewed(expires_on: date | None, today: date) -> bool:
    """Tell whether the time for it has come; an expired certificate may be renewed at any time."""
    return expires_on is not None and opens_on(expires_on) <= today


def reminder_due(expires_on: date, today: date) -> int | None:
    """Return which reminder is due: the latest one whose day has come, None before and after all.

    A worker that slept for a month sends the newest only.
    """
    left = (expires_on - today).days
    if left < 0:
        return None
    return min((days for days in REMINDED if left <= days), default=None)

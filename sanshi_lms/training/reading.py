"""Small things that several pages of training read."""

from datetime import date


def read_day(text: str) -> date | None:
    """Return a day as date fields send it, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None

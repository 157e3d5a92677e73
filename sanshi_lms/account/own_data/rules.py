"""Rules of one's own data: how long a copy lies ready, how long somebody may think it over."""

from datetime import datetime, timedelta

KEPT = timedelta(days=7)
"""How long a copy can be fetched."""
TO_THINK = timedelta(days=7)
"""How long leaving can be taken back; GB/T 35273-2020 8.5 b) asks for 15 working days at most."""
GONE_NAME = "已注销用户"


def gone_username(user_id: int) -> str:
    """Return the account name of somebody who left; nobody can register it, for its sign."""
    return f"~{user_id}"


def can_be_fetched(ready_at: datetime | None, at: datetime) -> bool:
    """Tell whether a copy is made and not yet too old."""
    return ready_at is not None and at < ready_at + KEPT

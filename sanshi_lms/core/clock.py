"""The one clock. Actions take the time as an argument; edges read it here."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return `moment` in the zone our people live in."""
    return moment.astimezone(LOCAL_ZONE)

"""Form fields that several rooms ask for."""

from datetime import datetime

from wtforms import DateTimeLocalField
from wtforms.validators import DataRequired

from sanshi_lms.core.clock import LOCAL_ZONE, local


def when_field(label: str) -> DateTimeLocalField:
    """Return a field for a day and an hour in the zone our people live in."""
    return DateTimeLocalField(
        label,
        [DataRequired("请选择日期和时间。")],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        invalid_value_message="请选择日期和时间，例如 2026-03-14 09:00。",
    )


def from_field(typed: datetime) -> datetime:
    """Return the moment that such a field names."""
    return typed.replace(tzinfo=LOCAL_ZONE)


def to_field(moment: datetime) -> datetime:
    """Return a moment as such a field shows it."""
    return local(moment).replace(tzinfo=None)

"""Form fields that several rooms ask for."""

from datetime import datetime

from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from sanshi_lms.core.clock import LOCAL_ZONE, local

PICK = "请从列出的选项里选。"


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


def stripped(value: str | None) -> str:
    """Return text as it is kept: without blanks around it, line ends as ours."""
    return (value or "").replace("\r\n", "\n").strip()


def at_most(number: int) -> Length:
    """Return the check that a text has at most so many characters."""
    return Length(max=number, message=f"请不要超过 {number} 个字。")


def whole(label: str, least: int, most: int, default: int | None = None) -> IntegerField:
    """Return a field for a whole number within bounds."""
    words = f"请填 {least} 到 {most} 之间的整数。"
    checks = [InputRequired(words), NumberRange(least, most, words)]
    return IntegerField(label, checks, default=default, invalid_value_message="请填整数。")

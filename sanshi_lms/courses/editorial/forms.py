"""Forms of the editorial flow: what came with a step, read into typed values."""

from collections.abc import Mapping
from datetime import datetime

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import from_field
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses.editorial.actions import Given

_FORMAT = "%Y-%m-%dT%H:%M"


def read_step(form: Mapping[str, str], words: str) -> Given:
    """Return a step as it was sent. Raises Refusal for a moment that is none."""
    seen = row_number(form.get("version"))
    typed = form.get("publish_at", "")
    moment = None
    if typed:
        try:
            moment = from_field(datetime.strptime(typed[:16], _FORMAT))  # noqa: DTZ007 - ours next
        except ValueError:
            raise Refusal("请选择定时发布的日期和时间，例如 2026-12-01 09:00。") from None
    return Given(form.get("verb", ""), -1 if seen is None else seen, words, moment)

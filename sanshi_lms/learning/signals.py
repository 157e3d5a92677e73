"""News of learning that travels upward, sent inside the transaction of what it tells."""

from blinker import Signal

course_completed = Signal()
"""Sent as (None, user_id=…, course_id=…, at=…), once for each person and course."""

"""Writes of feedback. Not audited: who said what is not told to anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanshi_lms.core.db import insert_or_update
from sanshi_lms.core.errors import Refusal
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.feedback.rules import ASKED, LONGEST_WORDS
from sanshi_lms.learning.queries import enrolment_of


def say(
    user_id: int, course_id: int, taps: Mapping[str, int | None], words: str, at: datetime
) -> None:
    """Keep what a person says of a course that they take, in place of what they said before.

    Raises Refusal when they have not begun the course, or said nothing.
    """
    if enrolment_of(user_id, course_id) is None:
        raise Refusal("学过这门课才能评价。请先学一课。", 403)
    if len(words) > LONGEST_WORDS:
        raise Refusal(f"最多写 {LONGEST_WORDS} 个字，现在有 {len(words)} 个字。")
    values: dict[str, Any] = {asked.name: taps.get(asked.name) for asked in ASKED}
    if not words and not any(values.values()):
        raise Refusal("还没有选，请点一下您的看法。")
    key = {"user_id": user_id, "course_id": course_id}
    insert_or_update(Feedback, key, **values, words=words, said_at=at)

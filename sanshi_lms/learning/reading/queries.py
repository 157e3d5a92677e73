"""Reads of reading time."""

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.reading import rules
from sanshi_lms.learning.reading.models import ReadingTime
from sanshi_lms.learning.ruling import rule_for


def spent_ms(user_id: int, lesson_id: int) -> int:
    """Return how long the person has had the text before them."""
    row = db.session.get(ReadingTime, (user_id, lesson_id))
    return row.spent_ms if row else 0


def asked_ms(user_id: int | None, lesson: Lesson) -> int:
    """Return how long the rule asks the person to read; 0 when it asks for no time."""
    rule = rule_for(user_id, lesson.course_id)
    return rules.wanted_ms(lesson.minutes, rule.reading_percent)


def refuse_unread(user_id: int, lesson: Lesson) -> None:
    """Raise Refusal while the text was not long enough before the person."""
    asked, spent = asked_ms(user_id, lesson), spent_ms(user_id, lesson.id)
    if spent < asked:
        raise Refusal(f"这一课要真正读满时间才能记为学完，{rules.missing_sentence(spent, asked)}")

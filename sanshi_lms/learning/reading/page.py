"""What the page of a text needs to measure reading."""

from dataclasses import dataclass

from sanshi_lms.account import User
from sanshi_lms.courses import Lesson
from sanshi_lms.learning import tokens
from sanshi_lms.learning.reading.queries import asked_ms, spent_ms
from sanshi_lms.learning.reading.rules import READ_KINDS, missing_sentence


@dataclass(frozen=True)
class ReadingPanel:
    """How long is asked and was read, in ms, and the session that this page reports under."""

    asked_ms: int
    spent_ms: int
    session: str

    @property
    def enough(self) -> bool:
        """Tell whether the time was spent."""
        return self.spent_ms >= self.asked_ms

    @property
    def sentence(self) -> str:
        """Say how much is still to be read."""
        return missing_sentence(self.spent_ms, self.asked_ms)


def reading_of(person: User, lesson: Lesson) -> ReadingPanel | None:
    """Return the panel of a text whose rule asks for time, None for all other lessons."""
    asked = asked_ms(person.id, lesson) if lesson.kind in READ_KINDS else 0
    if not asked:
        return None
    return ReadingPanel(
        asked, spent_ms(person.id, lesson.id), tokens.issue(person.id, lesson.id, 0)
    )

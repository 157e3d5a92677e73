"""Rules of the book of mistakes: how much at a time, and when a question is known."""

BATCH = 10
SECONDS_EACH = 30
"""Ten questions at half a minute: five minutes."""
KNOWN_AFTER = 3
LONGEST_DAYS = 30
"""A question comes back at least once a month until it is known: courses do not last longer."""


def streak_after(streak: int, *, right: bool) -> int:
    """Return how often in a row a question was answered right, with this answer."""
    return streak + 1 if right else 0


def is_known(streak: int) -> bool:
    """Tell whether a question leaves the book: right three times in a row, with days between."""
    return streak >= KNOWN_AFTER


def minutes_of(questions: int) -> int:
    """Return about how many minutes so many questions take, at least one."""
    return max(1, round(questions * SECONDS_EACH / 60))

"""When a question comes back: the spaced repetition of the library fsrs, in days.

Its state is kept as the plain values it gives; nothing here is random, so that a page shown twice
says the same.
"""

from datetime import datetime
from typing import Any

from fsrs import Card, Rating, Scheduler

from sanshi_lms.quizzes.mistakes.rules import LONGEST_DAYS

# Without steps of minutes: a question comes back another day, never in the same sitting.
_SCHEDULER = Scheduler(
    learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False
)


def answered(
    kept: dict[str, Any] | None, at: datetime, *, right: bool
) -> tuple[dict[str, Any], datetime]:
    """Return the new state and when the question is due again; `kept` None begins anew."""
    card = Card.from_dict(kept) if kept else Card(card_id=1, due=at)  # type: ignore[arg-type]
    rating = Rating.Good if right else Rating.Again
    card, _ = _SCHEDULER.review_card(card, rating, at)
    return dict(card.to_dict()), card.due

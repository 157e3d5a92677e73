"""Writes of the book of mistakes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.frozen import FrozenPaper, ShownItem, show_item
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.mistakes.queries import kept_for
from sanshi_lms.quizzes.mistakes.rules import is_known, streak_after
from sanshi_lms.quizzes.mistakes.spacing import answered
from sanshi_lms.quizzes.models import Attempt


def take_in(attempt: Attempt, at: datetime) -> None:
    """Enter what was answered wrong in a marked attempt; what is known already comes anew.

    What a person has to mark is left out: the book tells at once whether an answer is right.
    """
    wrong = [one.item_id for one in attempt.answers if one.chosen and one.is_right is False]
    if wrong:
        paper = FrozenPaper.from_json(attempt.version.content)
        alone = {item.item_id for item in paper.items if not item.content.for_person}
        wrong = [item_id for item_id in wrong if item_id in alone]
    if not wrong:
        return
    kept = kept_for(attempt.user_id, wrong)
    for item_id in wrong:
        entry = kept.get(item_id)
        if entry is None:
            card, due = answered(None, at, right=False)
            entry = Mistake(user_id=attempt.user_id, item_id=item_id, wrong=1, reviews=0)
            db.session.add(entry)
        else:
            card, due = answered(entry.card, at, right=False)
            entry.wrong += 1
            entry.reviews += 1  # a page that still shows it answers an older return
        entry.version_id, entry.card, entry.due_at = attempt.version_id, card, due
        entry.streak, entry.last_at = 0, at


def answer_again(entry: Mistake, review: int, given: Sequence[Any], at: datetime) -> None:
    """Mark an answer to the return number `review`; a second click changes nothing.

    Raises Refusal for what cannot be an answer.
    """
    if review != entry.reviews or entry.due_at is None:
        return
    shown = asked(entry, seed_of(entry))
    chosen = shown.taken(given)
    if chosen is None:
        raise Refusal("这个答案和题目对不上，请刷新页面后再做一次。")
    if not chosen:
        raise Refusal("请先作答，再看对不对。")
    right = shown.item.mark(chosen).is_right
    entry.last_chosen, entry.last_seed, entry.last_at = chosen, seed_of(entry), at
    entry.card, due = answered(entry.card, at, right=right)
    entry.streak = streak_after(entry.streak, right=right)
    entry.wrong += 0 if right else 1
    entry.reviews += 1
    entry.due_at = None if is_known(entry.streak) else due


def asked(entry: Mistake, seed: int) -> ShownItem:
    """Return the question as it was asked, its options in the order of `seed`."""
    item = FrozenPaper.from_json(entry.version.content).item(entry.item_id)
    if item is None:  # pragma: no cover - the version is the one that asked it
        raise LookupError(entry.item_id)
    return show_item(item, seed)


def seed_of(entry: Mistake) -> int:
    """Return the seed of the coming return: places cannot be learned by heart."""
    return entry.id * 1000 + entry.reviews

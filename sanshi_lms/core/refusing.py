"""Refusals where many rooms have the same one: a constraint that decides, a page that tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import flash
from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.db import db, rollback
from sanshi_lms.core.errors import Refusal


@contextmanager
def taken_means(sentence: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> Iterator[None]:
    """Refuse with `sentence` what a constraint of the table turns down in this block.

    The constraint decides, not a look beforehand: two people who act at once both saw it free. What
    the transaction changed before the block stays.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise Refusal(sentence, status) from None


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell of a refusal in this block on the next page, and take back what was changed."""
    try:
        yield
    except Refusal as refusal:
        rollback()
        flash(refusal.message, "error")

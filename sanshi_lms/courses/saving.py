"""What all writes of courses share: one editor at a time, sentences for broken constraints."""

from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses.models import Course, Lesson

SLUG_TAKEN = "这个网址名已经有人用了，请换一个。"


class StaleVersion(Refusal):
    """Somebody else saved in the meantime; nothing of theirs is overwritten."""

    def __init__(self) -> None:
        super().__init__("在您编辑的时候，别人已经改过并保存了。您写的内容还在下面，没有丢。", 409)


def claim(row: Course | Lesson, version: int) -> None:
    """Take the right to save over `version`; of two editors who saw it only one gets it."""
    model = type(row)
    claimed = db.session.execute(
        update(model)
        .where(model.id == row.id, model.version == version)
        .values(version=version + 1)
    )
    if row_count(claimed) == 0:
        raise StaleVersion


def insert_or_refuse(row: Course | Lesson) -> None:
    with taken_means(SLUG_TAKEN):
        db.session.add(row)


def write_or_refuse(write: Callable[[], None]) -> None:
    with taken_means(SLUG_TAKEN):
        write()


def flush_or_refuse(sentence: str) -> None:
    """Rooms above may hold foreign keys to us: what they hold is not deleted."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Refusal(sentence) from None

"""Writes down what is heard of courses: whoever publishes or withdraws one, a version is kept.

Packs and the command line come through here too, so the list of versions has no gap.
"""

from datetime import datetime

from sqlalchemy import update

from sanshi_lms.core.db import db, insert_missing
from sanshi_lms.courses.editorial.freezing import freeze
from sanshi_lms.courses.editorial.models import EditorialFlow, EditorialStep
from sanshi_lms.courses.editorial.queries import flow_of
from sanshi_lms.courses.editorial.rules import Stage
from sanshi_lms.courses.models import Course
from sanshi_lms.courses.signals import course_published, course_withdrawn


def setup() -> None:
    """Hear of what is published and withdrawn."""
    course_published.connect(_on_published)
    course_withdrawn.connect(_on_withdrawn)


def write_down(
    course_id: int, verb: str, person_id: int | None, moment: datetime, *,
    version_id: int | None = None, seen: int | None = None, words: str = "",
) -> None:  # fmt: skip
    """Add a step to the way of a course."""
    db.session.add(
        EditorialStep(
            course_id=course_id, at=moment, verb=verb, person_id=person_id,
            version_id=version_id, seen=seen, words=words,
        )
    )  # fmt: skip
    db.session.flush()


def _on_published(course: Course, *, at: datetime, by_id: int | None, words: str) -> None:
    version = freeze(course.id, by_id, at)
    _set(course.id, at, frozen_id=version.id)
    write_down(course.id, "publish", by_id, at, version_id=version.id, words=words)


def _on_withdrawn(course: Course, *, at: datetime, by_id: int | None, words: str) -> None:
    published = flow_of(course.id).frozen_id
    _set(course.id, at)
    write_down(course.id, "withdraw", by_id, at, version_id=published, words=words)


def _set(course_id: int, moment: datetime, **values: int) -> None:
    """Let the way of a course begin anew."""
    insert_missing(
        EditorialFlow, course_id=course_id, stage=Stage.WRITING.value, version=0, changed_at=moment
    )
    mine = update(EditorialFlow).where(EditorialFlow.course_id == course_id)
    fresh = {"stage": Stage.WRITING.value, "publish_at": None, "changed_at": moment, **values}
    db.session.execute(mine.values(version=EditorialFlow.version + 1, **fresh))
    db.session.refresh(flow_of(course_id))

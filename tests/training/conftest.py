"""What the tests of training share: an application on each engine, and completing courses."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms import create_app
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import get_lesson, lessons_of
from sanshi_lms.learning.actions import complete_lesson
from tests.conftest import ready_for_tests, settings_in
from tests.credentials.ledger.conftest import put_in_force

Complete = Callable[[int, int], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def either_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    url = request.getfixturevalue("postgres_url")
    chosen = settings_in(tmp_path / "data", DATABASE_URL=url)
    application = ready_for_tests(create_app(chosen))
    with application.app_context():
        db.create_all()
        db.session.remove()
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def complete(app: Flask) -> Complete:
    """Complete all lessons of a course for a person."""

    def all_lessons(user_id: int, course_id: int) -> None:
        with app.app_context(), transaction():
            for found in lessons_of(course_id):
                lesson = get_lesson(found.id)
                assert lesson is not None
                complete_lesson(user_id, lesson, "read", now())

    return all_lessons


@pytest.fixture
def ninety(app: Flask) -> int:
    """The sample of 90 hours a year in force for everybody."""
    with app.app_context(), transaction():
        return put_in_force("sample-90-hours")

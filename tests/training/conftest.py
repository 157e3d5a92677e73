"""What the tests of training share: an application on each engine, and completing courses."""

from collections.abc import Callable

import pytest
from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.courses import get_lesson, lessons_of
from sanshi_lms.learning.actions import complete_lesson
from tests.credentials.ledger.conftest import put_in_force

Complete = Callable[[int, int], None]


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

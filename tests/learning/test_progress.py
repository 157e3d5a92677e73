"""How far many people are with many courses."""

from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning import progress_of
from sanshi_lms.learning.actions import complete_lesson
from tests.learning.conftest import Lift
from tests.people import Cast


def test_progress_of_many(app: Flask, people: Cast, lift: Lift) -> None:
    cadre, pro, resident = (people.id(part) for part in ("cadre", "pro", "resident"))
    with app.app_context(), transaction():
        for person, lessons in (
            (cadre, [lift.lecture, lift.text, lift.quiz]),
            (pro, [lift.text]),
        ):
            for lesson_id in lessons:
                lesson = get_lesson(lesson_id)
                assert lesson is not None
                complete_lesson(person, lesson, "read", now())
    with app.app_context():
        found = progress_of([cadre, pro, resident], [lift.course, 999])
        assert progress_of([], []) == {}
    assert set(found) == {(cadre, lift.course), (pro, lift.course)}
    assert found[cadre, lift.course].share == 1.0
    assert found[cadre, lift.course].completed_at is not None
    assert round(found[pro, lift.course].share, 3) == 0.333
    assert found[pro, lift.course].completed_at is None

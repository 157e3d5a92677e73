"""What the tests of this room share: a published course with a lecture, a text and a quiz."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson, get_lesson
from sanshi_lms.learning import tokens
from sanshi_lms.video.models import Video

MINUTE_MS = 60_000


@dataclass
class Clockwork:
    """The server's clock, set by hand."""

    moment: datetime = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def on(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    """Put the clock of this room into the test's hands."""
    hands = Clockwork()
    monkeypatch.setattr("sanshi_lms.learning.tokens.now", hands)
    monkeypatch.setattr("sanshi_lms.learning.api_routes.now", hands)
    monkeypatch.setattr("sanshi_lms.learning.reading.api_routes.now", hands)
    monkeypatch.setattr("sanshi_lms.learning.side_door.now", hands)
    return hands


@dataclass(frozen=True)
class Lift:
    """Ids of the course and its lessons."""

    app: Flask
    course: int
    lecture: int
    text: int
    quiz: int
    paper: int = 77

    def token(self, user_id: int, lesson_id: int | None = None, minutes: float = 10) -> str:
        """Return the playback session that the lesson page would carry."""
        with self.app.test_request_context():
            chosen = lesson_id or self.lecture
            return tokens.issue(user_id, chosen, round(minutes * MINUTE_MS))


@pytest.fixture
def lift(app: Flask) -> Lift:
    """A published course of three required lessons."""
    moment = now()
    with app.app_context(), transaction():
        course = Course(
            slug="lift",
            title="加装电梯",
            topic="城市更新",
            kind="技能培训",
            credit_hours=Decimal("0.50"),
            status="published",
            published_at=moment,
            created_at=moment,
            updated_at=moment,
        )
        db.session.add(course)
        db.session.flush()
        kinds = [("video", 5), ("reading", None), ("quiz", 77)]
        lessons = [
            Lesson(
                course_id=course.id,
                position=place,
                slug=kind,
                title=f"第 {place} 课",
                kind=kind,
                target_id=target,
                minutes=10,
                body_md="",
                required=True,
                updated_at=moment,
            )
            for place, (kind, target) in enumerate(kinds, start=1)
        ]
        db.session.add_all(lessons)
        db.session.flush()
        return Lift(app, course.id, *(lesson.id for lesson in lessons))


@pytest.fixture
def film(app: Flask, lift: Lift) -> Lift:
    """The same course with a film of five minutes behind its lecture."""
    moment = now()
    with app.app_context(), transaction():
        video = Video(
            title="讲课",
            source_name="a.mp4",
            source_key="video/originals/film",
            source_size=1,
            created_at=moment,
            media_key="video/film",
            made_at=moment,
            seconds=300.0,
        )
        db.session.add(video)
        db.session.flush()
        lesson = get_lesson(lift.lecture)
        assert lesson is not None
        lesson.target_id = video.id
    return lift

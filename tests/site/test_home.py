"""The front door shows what is published, to whom it serves, and another lesson each day."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, register_lesson_kind
from sanshi_lms.learning.actions import enrol
from sanshi_lms.site.queries import front_door
from sanshi_lms.site.rules import turn_of_the_day
from tests.courses.conftest import load, talk
from tests.courses.packs import COURSE, TALK, Talk, lift, write_pack
from tests.people import Cast

__all__ = ["load", "talk"]
MONDAY = date(2026, 11, 23)


def test_every_lesson_has_its_turn() -> None:
    for count in (1, 2, 3, 5, 7):
        lessons = list(range(7))
        days = [turn_of_the_day(lessons, MONDAY + timedelta(n), count) for n in range(7)]
        assert {lesson for day in days for lesson in day} == set(lessons)
        assert all(len(set(day)) == count for day in days)


@pytest.mark.parametrize(("lessons", "shown"), [([], []), ([1], [1]), ([1, 2], [1, 2])])
def test_few_lessons_are_not_shown_twice(lessons: list[int], shown: list[int]) -> None:
    assert sorted(turn_of_the_day(lessons, MONDAY, 4)) == shown


@pytest.fixture
def video(app: Flask) -> Talk:
    """A kind of lesson that is called video, whose target is a text file."""
    kind = Talk()
    kind.name = "video"
    register_lesson_kind(app, kind)
    return kind


@pytest.fixture
def lifted(load: Callable[[Path], None], video: Talk, tmp_path: Path) -> Talk:
    """The course “加装电梯” with one video, published."""
    lesson = TALK.replace("kind: talk", "kind: video").replace("talk: 02", "video: 02")
    load(write_pack(tmp_path, lift(second=lesson)))
    return video


@pytest.mark.usefixtures("lifted")
def test_home_shows_courses_lessons_and_whom_they_serve(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/courses/lift"' in page
    today = page.split("今天学一个")[1].split("</section>")[0]
    assert 'href="/courses/lift/vote"' in today
    assert "8 分钟" in today
    who = page.split("您是哪一位")[1].split("</section>")[0]
    assert "社区干部" in who
    assert "物业人员" not in who


def test_a_video_that_is_not_ready_is_not_the_lesson_of_the_day(app: Flask, lifted: Talk) -> None:
    lifted.unready.update(lifted.texts)
    with app.app_context():
        door = front_door(MONDAY)
    assert [card.course.slug for card in door.cards] == ["lift"]
    assert door.today == []


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_nothing_hidden_stands_in_the_front_door(
    app: Flask, client: FlaskClient, status: str
) -> None:
    with app.app_context(), transaction():
        db.session.scalars(select(Course)).one().status = status
    page = client.get("/").text
    assert "加装电梯，" not in page
    assert "/courses/lift" not in page
    assert "课程正在准备" in page


def test_home_shows_the_first_six_of_many(
    app: Flask, load: Callable[[Path], None], tmp_path: Path
) -> None:
    for number in range(8):
        course = COURSE.replace("加装电梯", f"加装电梯 {number}")
        write_pack(tmp_path, lift(course=course), f"lift-{number}")
    load(tmp_path)
    with app.app_context():
        assert len(front_door(MONDAY).cards) == 6


@pytest.mark.usefixtures("lifted")
def test_home_takes_a_learner_back_to_where_they_stopped(app: Flask, people: Cast) -> None:
    learner = people.client("cadre")
    assert "接着学" not in learner.get("/").text
    with app.app_context(), transaction():
        course = db.session.scalars(select(Course)).one()
        enrol(people.id("cadre"), course.id, now())
    page = learner.get("/").text
    panel = page.split("接着学")[1].split("</section>")[0]
    assert "先问意愿" in panel
    assert 'href="/courses/lift/wishes"' in panel
    assert "0%" in panel
    assert "接着学" not in people.client("pro").get("/").text

"""Share pictures: their sizes, what is kept, and that drafts have none."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from sanshi_lms.core.db import transaction
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Course
from sanshi_lms.outlets.cards.rules import MOST_BYTES, SHAPES
from tests.outlets.cards.conftest import Lecture, fetch
from tests.outlets.cards.test_heads import make_story
from tests.people import Cast


def look(client: FlaskClient, path: str) -> Image.Image:
    sent = fetch(client, path)
    assert sent.status == 200, sent.text
    assert sent.mimetype == "image/jpeg"
    assert len(sent.data) <= MOST_BYTES
    assert sent.headers["Cache-Control"] == "public, max-age=3600"
    return sent.picture()


def kept(app: Flask, folder: str) -> list[str]:
    with app.app_context():
        return storage().names(f"outlets/cards/{folder}")


def test_a_course_has_its_picture_in_every_shape(
    app: Flask, client: FlaskClient, lecture: Lecture
) -> None:
    path = f"/outlets/cards/course/{lecture.course_id}.jpg"
    assert look(client, path).size == (1200, 630)
    names = kept(app, f"course-{lecture.course_id}")
    assert len(names) == len(SHAPES)
    for shape, size in SHAPES.items():
        assert look(client, f"{path}?shape={shape}").size == (size.width, size.height)
    assert kept(app, f"course-{lecture.course_id}") == names, "drawn once"
    assert client.get(f"{path}?shape=x").status_code == 404


def test_another_title_is_another_picture_and_the_old_one_goes(
    app: Flask, client: FlaskClient, lecture: Lecture
) -> None:
    path = f"/outlets/cards/course/{lecture.course_id}.jpg"
    before = fetch(client, path)
    names = kept(app, f"course-{lecture.course_id}")
    with app.app_context(), transaction() as session:
        session.get_one(Course, lecture.course_id).title = "长" * 100
    after = fetch(client, path)
    assert before.data != after.data
    assert before.headers["ETag"] != after.headers["ETag"]
    assert len(kept(app, f"course-{lecture.course_id}")) == len(names)
    again = fetch(client, path, **{"If-None-Match": after.headers["ETag"]})
    assert again.status == 304


def test_the_poster_of_an_open_lecture_is_in_its_picture_and_of_a_closed_one_not(
    client: FlaskClient, lecture: Lecture
) -> None:
    path = f"/outlets/cards/lesson/{lecture.lesson_id}.jpg"
    place = (1200 - 64 - 440, 300)  # the left edge of the poster: bars of a test picture
    shown = look(client, path).convert("RGB").getpixel(place)
    lecture.close()
    hidden = look(client, path).convert("RGB").getpixel(place)
    assert shown != hidden
    ground = look(client, path).convert("RGB").getpixel((place[0] - 100, 300))
    assert isinstance(hidden, tuple)
    assert isinstance(ground, tuple)
    assert max(abs(a - b) for a, b in zip(hidden, ground, strict=True)) < 24, "only ground"


@pytest.mark.parametrize("role", ["visitor", "author"])
def test_a_draft_has_no_picture(
    app: Flask, client: FlaskClient, people: Cast, lecture: Lecture, role: str
) -> None:
    lecture.hide()
    draft = make_story(app, people.id("admin"), "draft")
    who = client if role == "visitor" else people.client(role)
    for path in (f"course/{lecture.course_id}", f"lesson/{lecture.lesson_id}", f"story/{draft}"):
        assert who.get(f"/outlets/cards/{path}.jpg").status_code == 404


def test_a_case_whose_picture_is_lost_still_has_a_card(
    app: Flask, client: FlaskClient, people: Cast
) -> None:
    number = make_story(app, people.id("admin"), "published")
    assert look(client, f"/outlets/cards/story/{number}.jpg").size == (1200, 630)
    assert look(client, "/outlets/cards/site.jpg?shape=square").size == (800, 800)

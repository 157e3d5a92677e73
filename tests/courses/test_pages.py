"""Public pages: they work, nothing hidden is seen by a stranger, and the edges."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import event, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Doing, Lesson, LessonMark, Playback, use_learner_side
from sanshi_lms.courses.learner import PasserBy
from sanshi_lms.courses.models import Attachment, Course
from tests.courses.packs import COURSE, READING, Talk, lift, write_pack
from tests.people import Cast

Load = Callable[[Path], None]
ATTACHED = READING.replace("minutes", "attachments: [files/清单.txt]\nminutes")
ATTACHED += "\n请先看[清单](files/清单.txt)。\n"


@pytest.fixture
def lifted(load: Load, tmp_path: Path) -> Path:
    """The course “加装电梯”, published."""
    files = {**lift(first=ATTACHED), "files/清单.txt": "一、二、三"}
    load(write_pack(tmp_path, files))
    return tmp_path


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that the database is asked."""
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def hide(app: Flask, status: str) -> None:
    """Give the course another status."""
    with app.app_context(), transaction():
        db.session.scalars(select(Course)).one().status = status


def an_attachment(app: Flask) -> int:
    """Return the id of the course's attachment."""
    with app.app_context():
        return db.session.scalars(select(Attachment)).one().id


@pytest.mark.usefixtures("lifted")
def test_the_catalogue_shows_published_courses(client: FlaskClient) -> None:
    page = client.get("/courses/")
    assert page.status_code == 200
    assert "共有 <b>1</b> 门课程" in page.text
    assert 'href="/courses/lift"' in page.text
    assert "14 分钟" in page.text
    assert "0.5 学时" in page.text
    assert "/poster/1.jpg" in page.text


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("audience=居民", 1),
        ("audience=三师", 0),
        ("topic=城市更新", 1),
        ("topic=城市体检", 0),
        ("kind=技能培训&audience=社区干部", 1),
        ("length=short", 1),
        ("length=medium", 0),
        ("length=nonsense&topic=<script>", 1),
        ("page=0", 1),
        ("page=abc", 1),
    ],
)
def test_filters_narrow_the_catalogue(client: FlaskClient, asked: str, found: int) -> None:
    page = client.get(f"/courses/?{asked}")
    assert page.status_code == 200
    assert page.text.count('href="/courses/lift"') == found
    assert "<script>" not in page.text


def test_an_empty_catalogue_says_so(client: FlaskClient) -> None:
    assert "还没有课程" in client.get("/courses/").text


@pytest.mark.usefixtures("lifted")
def test_a_course_page_leads_into_the_first_lesson(client: FlaskClient) -> None:
    page = client.get("/courses/lift")
    assert page.status_code == 200
    assert "学完以后，您能做到" in page.text
    assert "开始学习" in page.text
    assert page.text.index('href="/courses/lift/wishes"') < page.text.index(
        'href="/courses/lift/vote"'
    )
    assert "社区干部、居民" in page.text


@pytest.mark.usefixtures("lifted")
def test_a_lesson_page_shows_its_screen_text_and_neighbours(client: FlaskClient) -> None:
    page = client.get("/courses/lift/vote")
    assert page.status_code == 200
    assert "双过三分之二" in page.text
    assert "讲一讲两道门槛" in page.text
    assert 'rel="prev"' in page.text
    assert 'rel="next"' not in page.text
    first = client.get("/courses/lift/wishes").text
    assert "下一课：依法表决" in first


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    ("asked", "start"), [("", "0.0"), ("?t=83", "83.0"), ("?t=1:23", "83.0"), ("?t=x", "0.0")]
)
def test_a_second_in_the_address_reaches_the_player(
    client: FlaskClient, asked: str, start: str
) -> None:
    assert f'data-start="{start}"' in client.get(f"/courses/lift/vote{asked}").text


@pytest.mark.usefixtures("lifted")
def test_an_attachment_is_saved_and_never_opened(app: Flask, client: FlaskClient) -> None:
    address = f"/courses/lift/wishes/files/{an_attachment(app)}"
    assert f'href="{address}"' in client.get("/courses/lift/wishes").text
    answer = client.get(address, buffered=True)
    assert answer.text == "一、二、三"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E6%B8%85%E5%8D%95.txt" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_a_hidden_course_is_seen_by_nobody_but_its_editors(
    app: Flask, client: FlaskClient, people: Cast, status: str
) -> None:
    hide(app, status)
    addresses = [
        "/courses/lift",
        "/courses/lift/vote",
        f"/courses/lift/wishes/files/{an_attachment(app)}",
    ]
    for stranger in (client, people.client("cadre"), people.client("pro")):
        assert "加装电梯" not in stranger.get("/courses/").text.split("<main")[1]
        for address in addresses:
            answer = stranger.get(address, buffered=True)
            assert answer.status_code == 404
            assert "双过" not in answer.text
    editor = people.client("author")
    for address in addresses:
        assert editor.get(address, buffered=True).status_code == 200
    banner = {"draft": "草稿", "withdrawn": "已下架"}[status]
    assert banner in editor.get("/courses/lift/vote").text
    assert 'href="/courses/lift"' not in editor.get("/courses/").text


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    "address",
    [
        "/courses/none",
        "/courses/lift/none",
        "/courses/lift/vote/files/1",
        "/courses/lift/wishes/files/999",
        "/courses/lift/wishes/files/-1",
        "/courses/lift/wishes/files/99999999999999999999",
        "/courses/..%2f..%2fetc/passwd",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


class Halfway(PasserBy):
    """A learner who has done the first lesson; all methods note who asked."""

    def marks(self, person: Any, lesson_ids: Collection[int]) -> Mapping[int, LessonMark]:
        """The first is done."""
        return {min(lesson_ids): LessonMark(Doing.DONE, 1.0)} if person else {}

    def lesson_panel(self, lesson: Lesson, person: Any) -> Markup:
        """Say how far."""
        del lesson, person
        return Markup("<p>已看 40%</p>")

    def playback(self, lesson: Lesson, person: Any) -> Playback:
        """Continue where it stopped."""
        del lesson, person
        return Playback(start_seconds=42.0, report_url="/report", session_token="t")


@pytest.mark.usefixtures("lifted")
def test_the_learners_side_marks_lessons_and_continues(app: Flask, people: Cast) -> None:
    use_learner_side(app, Halfway())
    learner = people.client("cadre")
    page = learner.get("/courses/lift").text
    assert "继续学习" in page
    assert "lesson--done" in page
    lesson = learner.get("/courses/lift/vote").text
    assert "已看 40%" in lesson
    assert 'data-start="42.0"' in lesson
    assert 'data-start="7.0"' in learner.get("/courses/lift/vote?t=7").text


def test_pages_ask_a_fixed_number_of_queries(
    app: Flask, client: FlaskClient, load: Load, tmp_path: Path, talk: Talk
) -> None:
    def asked(address: str) -> tuple[int, int]:
        before = talk.asked
        with counted_queries(app) as queries:
            assert client.get(address).status_code == 200
        return len(queries), talk.asked - before

    load(write_pack(tmp_path, lift()))
    client.get("/account/sign-in")  # what all pages share is read once
    few = {address: asked(address) for address in ("/courses/", "/courses/lift/vote")}
    more = {f"{n:02}-more-{n}.md": READING for n in range(3, 20)}
    write_pack(tmp_path, {**lift(), **more})
    for number in range(8):
        write_pack(tmp_path, lift(course=COURSE), slug=f"course-{number}")
    load(tmp_path)
    for address, figures in few.items():
        assert asked(address) == figures
    assert few["/courses/"][0] <= 7
    assert few["/courses/lift/vote"][0] <= 9  # the first view; a second asks for less

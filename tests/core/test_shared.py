"""What pages share: never older than the page, never more than its bytes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update

from sanshi_lms import create_app
from sanshi_lms.core import shared
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.shared import Memory, SharedMark, weight
from sanshi_lms.courses import Course, lessons_of

AT = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.fixture
def course(app: Flask) -> int:
    """A published course without lessons."""
    with app.app_context(), transaction() as session:
        made = Course(
            slug="lift", title="加装电梯", topic="城市更新", kind="技能培训", status="published",
            published_at=AT, created_at=AT, updated_at=AT,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The reads of courses that reach the database."""
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if "courses_" in statement:
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def rename(app: Flask, title: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Course).values(title=title))


@pytest.mark.usefixtures("course")
def test_a_second_page_reads_no_course_and_a_change_by_another_process_shows_at_once(
    app: Flask, client: FlaskClient, chosen_settings: Settings
) -> None:
    assert "加装电梯" in client.get("/courses/lift").text
    with statements(app) as asked:
        assert "加装电梯" in client.get("/courses/lift").text
    assert asked == []
    other = create_app(chosen_settings)
    rename(other, "电梯加装")
    assert "电梯加装" in client.get("/courses/lift").text
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("course")
def test_what_is_taken_back_leaves_the_mark_and_plain_sql_changes_it(app: Flask) -> None:
    def marks() -> dict[str, str]:
        with app.app_context():
            rows = db.session.execute(select(SharedMark.subject, SharedMark.mark))
            return {row[0]: row[1] for row in rows}

    before = marks()
    with app.app_context(), suppress(ZeroDivisionError), transaction() as session:
        session.execute(update(Course).values(title="不算数"))
        raise ZeroDivisionError
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE core_jobs SET priority = priority"))
    assert marks() == before
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE courses_courses SET title = '改了'"))
    assert marks()["courses"] != before["courses"]


def test_who_changes_something_reads_it_from_the_database(app: Flask, course: int) -> None:
    with app.test_request_context("/"):
        assert lessons_of(course) == []
        db.session.execute(update(Course).values(title="改了"))
        with statements(app) as asked:
            assert lessons_of(course) == []
        assert asked, "this request has written: nobody shares with it"
        db.session.rollback()
    with app.test_request_context("/", method="POST"), statements(app) as asked:
        assert lessons_of(course) == []
        assert asked
    with app.test_request_context("/"):
        lessons_of(course).append("not kept")  # type: ignore[arg-type]  # on purpose
        assert lessons_of(course) == []


def test_the_memory_keeps_to_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_BYTES", 10_000)
    memory = Memory()
    for number in range(50):
        memory.keep(number, "mark", "x" * 1000)
    memory.keep("huge", "mark", "x" * 9000)
    assert memory.bytes <= 10_000
    assert memory.find(49, "mark") == ("x" * 1000,)
    assert memory.find(49, "newer") is memory.find(0, "mark") is memory.find("huge", "mark") is None
    memory.keep(49, "newer", "y")
    assert memory.find(49, "newer") == ("y",)
    assert weight(["x" * 1000] * 3) < weight(["x" * 1000, "y" * 1000])

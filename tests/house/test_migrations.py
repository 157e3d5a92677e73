"""Migrations: one head, the same tables as the models, up and down with data, on both engines."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from sanshi_lms import create_app
from sanshi_lms.account import User, ensure_person
from sanshi_lms.community.actions import add_community
from sanshi_lms.community.needs.filing import Report, file_need
from sanshi_lms.community.rules import CommunityRow
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.queries import verify
from sanshi_lms.learning.actions import enrol
from sanshi_lms.learning.feedback.actions import say
from sanshi_lms.learning.models import WatchClock
from sanshi_lms.learning.notes.actions import write_note
from sanshi_lms.learning.questions.actions import answer, ask, report
from sanshi_lms.learning.wall_clock import Clock, Session
from sanshi_lms.training.classes.roster import add_person
from sanshi_lms.training.sessions.actions import set_attendance
from tests.conftest import MIGRATIONS, settings_in
from tests.house.test_leaving import leaving
from tests.training.making import make_class, make_course, make_programme, make_session


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database of each engine."""
    extra = {}
    if request.param == "postgresql":
        extra = {"DATABASE_URL": request.getfixturevalue("postgres_url")}
    app = create_app(settings_in(tmp_path, **extra))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def put_data_in() -> None:
    with transaction():
        person, _ = ensure_person("cadre", "王小明", "石油路街道", "cadre", "linjiang-menhu-7")
        session = Session("a", 1_000, 1_000, 9_000, 3_000, 7, 255)
        clock = Clock(9_000, ((2_000, 5_000),), (session,))
        db.session.add(WatchClock(user_id=person.id, state=clock.dump()))
        award_certificate(person.id, "王小明", "加装电梯", 1, "course:1:user:1")
        when = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
        place = add_community(CommunityRow(1, "渝中区", "石油路街道", "石油路社区"), when)
        report = Report(place.id, 1, "想装电梯", "3 栋", ("老人",), None, "resident", "form-1")
        file_need(report, [], when)
        subject = make_class(make_programme(required=(make_course("a", "甲"),)))
        add_person(subject, "cadre", when)
        meeting = make_session(subject.id)
        set_attendance(meeting, {person.id}, {person.id}, person.id, when)
        write_beside_a_lesson(person, when)


def write_beside_a_lesson(person: User, when: datetime) -> None:
    """Put a note, an accepted answer, a report and feedback in."""
    course = Course(slug="lift", title="加装电梯", topic="城市更新", kind="技能培训")
    course.created_at = course.updated_at = when
    db.session.add(course)
    db.session.flush()
    lesson = Lesson(course_id=course.id, position=1, slug="a", title="第一课", kind="reading")
    lesson.minutes, lesson.updated_at = 5, when
    db.session.add(lesson)
    db.session.flush()
    write_note(person.id, lesson, "note-0001", 3, "记住", when)
    asked = ask(person, lesson, "ask-00001", 3, "这样办行吗？", when)
    given = answer(person, asked, "reply-001", "行，这样就可以。", when)
    given.accepted = True
    report(asked, person, "试一试", when)
    enrol(person.id, course.id, when)
    say(person.id, course.id, {"useful": 3}, "好", when)


def test_there_is_one_head() -> None:
    folder = ScriptDirectory.from_config(_config())
    assert len(folder.get_heads()) == 1


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return config


@pytest.mark.usefixtures("bare")
def test_the_migrations_make_what_the_models_say() -> None:
    upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadata)
    assert [one for one in differences if not is_leaving(one)] == []


def is_leaving(difference: Any) -> bool:
    """Tell whether a difference is a column or table that the code gave up before the database."""
    if not isinstance(difference, tuple) or difference[0] not in {"remove_column", "remove_table"}:
        return False
    column = difference[0] == "remove_column"
    return (f"{difference[2]}.{difference[3].name}" if column else difference[1].name) in leaving()


def test_a_table_in_use_makes_the_migrations_wait_and_come_again(
    postgres_url: str, tmp_path: Path
) -> None:
    app = create_app(settings_in(tmp_path, DATABASE_URL=postgres_url))
    with app.app_context():
        upgrade(MIGRATIONS, revision="0061")
        db.session.remove()
    plain = postgres_url.replace("+psycopg", "")
    told: list[str] = []
    with psycopg.connect(plain) as writer:
        writer.execute("LOCK TABLE courses_attachments IN ROW EXCLUSIVE MODE")

        class Listening(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                """Let go of the table once the migrations gave way."""
                told.append(record.getMessage())
                writer.rollback()

        log, listening = logging.getLogger("alembic.env"), Listening()
        log.addHandler(listening)
        try:
            with app.app_context():
                upgrade(MIGRATIONS)
                newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
                db.session.remove()
                db.engine.dispose()
        finally:
            log.removeHandler(listening)
    assert any("in use" in words for words in told)
    assert newest == ScriptDirectory(MIGRATIONS).get_current_head()


@pytest.mark.usefixtures("bare")
def test_up_down_and_up_again_with_data() -> None:
    upgrade(MIGRATIONS)
    put_data_in()
    downgrade(MIGRATIONS, revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade(MIGRATIONS)
    put_data_in()


OLD_ROWS = """
INSERT INTO video_videos (id, title, source_name, source_key, source_size, created_at,
 width, height, has_poster, notices)
 VALUES (1, 't', 'n', 'k', 1, '2026-03-05 01:00:00', 0, 0, false, '');
INSERT INTO video_caption_tracks (id, video_id, language, label, sha256, created_at)
 VALUES (1, 1, 'zh', '中文', 'x', '2026-03-05 01:00:00');
INSERT INTO video_caption_cues (track_id, position, start, "end", text) VALUES (1, 0, 0, 1, '字')
"""


@pytest.mark.usefixtures("bare")
def test_what_hangs_on_an_altered_table_survives() -> None:
    upgrade(MIGRATIONS, revision="0001")
    with transaction() as session:
        for statement in OLD_ROWS.split(";"):
            session.execute(text(statement))
    for step, revision in ((upgrade, "head"), (downgrade, "0001"), (upgrade, "head")):
        step(MIGRATIONS, revision=revision)
        with db.engine.connect() as connection:
            for table in ("video_videos", "video_caption_tracks", "video_caption_cues"):
                count = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
                assert count == 1, f"{table} after {revision}"
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT is_default FROM video_caption_tracks"))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET hours = 90", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_refuses_to_change_the_ledger(change: str) -> None:
    if change.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no such statement")
    upgrade(MIGRATIONS)
    put_data_in()
    statement = text(change.format("credentials_credit_entries"))
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(statement)


@pytest.mark.usefixtures("bare")
def test_sealed_certificates_are_signed_on_the_way_up_and_altered_ones_are_not() -> None:
    upgrade(MIGRATIONS)
    with transaction():
        person, _ = ensure_person("cadre", "王小明", "石油路街道", "cadre", "linjiang-menhu-7")
        numbers = [
            award_certificate(person.id, "王小明", "加装电梯", 1, f"course:{n}:user:1").number
            for n in (1, 2)
        ]
    downgrade(MIGRATIONS, revision="0036")
    with db.engine.begin() as connection:
        forged = text("UPDATE credentials_certificates SET holder_name = '李四' WHERE number = :n")
        connection.execute(forged, {"n": numbers[1]})
    upgrade(MIGRATIONS)
    day = local(now()).date()
    assert [verify(number, day).verdict for number in numbers] == ["valid", "altered"]

"""The real worker: a change is searchable within two seconds, a damaged index mends itself."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core.changes import touch
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.settings import Settings, settings
from sanshi_lms.courses import Course
from sanshi_lms.search.engine import IndexDamagedError, Question
from sanshi_lms.search.sources import engine
from tests.search.stores import execute

ROOT = Path(__file__).resolve().parents[2]


def found(query: str) -> int:
    try:
        # Courses only: pages of help have some of the words too, and stand behind them.
        return engine().search(Question(query, chosen={"kind": "course"})).total
    except IndexDamagedError:
        return -1


def seconds_until(condition: Callable[[], bool], at_most: float) -> float:
    started = time.monotonic()
    while not condition():
        waited = time.monotonic() - started
        assert waited < at_most, f"not within {at_most} s"
        time.sleep(0.02)
    return time.monotonic() - started


def start_worker(app: Flask) -> subprocess.Popen[bytes]:
    """Start the real worker on the installation of `app`."""
    chosen: Settings = app.extensions["settings"]
    env = dict(
        os.environ,
        DATA_DIR=str(chosen.data_dir),
        DATABASE_URL=chosen.database_url,
        SECRET_KEY=chosen.secret_key,
        LOG_LEVEL="WARNING",
    )
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=env)


@pytest.fixture
def worker(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of `app`'s installation, once it has made the index."""
    process = start_worker(app)
    with app.app_context():
        seconds_until(lambda: found("电梯") >= 0, at_most=60)
        yield process
        engine().close()  # type: ignore[attr-defined]  # it keeps files or connections open
    process.terminate()
    process.wait(timeout=20)


def publish(slug: str, title: str) -> None:
    with transaction() as session:
        course = Course(
            slug=slug, title=title, topic="城市更新", kind="技能培训", status="published",
            published_at=now(), created_at=now(), updated_at=now(),
        )  # fmt: skip
        session.add(course)
        session.flush()
        touch("course", course.id)


@pytest.mark.usefixtures("worker")
def test_a_change_is_searchable_within_two_seconds() -> None:
    publish("first", "屋面防水")
    seconds_until(lambda: found("屋面防水") == 1, at_most=20)  # the worker has warmed up
    times = []
    for n in range(3):
        publish(f"course-{n}", f"第{n}期 边坡治理")
        times.append(seconds_until(lambda n=n: found(f"第{n}期") == 1, at_most=20))  # type: ignore[misc]
    assert min(times) < 2.0, times


@pytest.mark.usefixtures("worker")
def test_a_damaged_index_mends_itself() -> None:
    publish("first", "屋面防水")
    seconds_until(lambda: found("屋面防水") == 1, at_most=20)
    for file in settings().index_dir.glob("g-*/*.seg"):
        file.write_bytes(b"garbage")
    if settings().database_url.startswith("postgresql"):
        execute(settings().database_url, "DROP SCHEMA sanshi_search CASCADE")
    assert found("屋面防水") == -1
    seconds_until(lambda: found("屋面防水") == 1, at_most=30)


def test_a_change_survives_a_worker_killed_before_it(
    app: Flask, worker: subprocess.Popen[bytes]
) -> None:
    worker.kill()
    worker.wait()
    publish("first", "屋面防水")
    assert found("屋面防水") == 0
    second = start_worker(app)
    try:
        seconds_until(lambda: found("屋面防水") == 1, at_most=60)
    finally:
        second.terminate()
        second.wait(timeout=20)

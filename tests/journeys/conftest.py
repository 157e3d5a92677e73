"""An installation in which a course with a transcoded lecture is published, made once and copied.

The first test that asks makes it, with the real loader, the real worker and the real ffmpeg; every
other test, in any xdist worker, gets a copy.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from sanshi_lms import create_app
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.settings import Settings
from sanshi_lms.video.engine import Ffmpeg, find_ffmpeg
from tests.browser import DESK, PHONE, ROOT, watched_page
from tests.conftest import settings_in
from tests.journeys.lectures import write_content
from tests.services import SHARED, locked, wait_until
from tools.serve import worker_command

PATIENCE_SECONDS = 120.0  # a loaded machine; what a story waits for comes in a second or two


def environment(chosen: Settings) -> dict[str, str]:
    """What a process of this installation is started with."""
    return {
        **os.environ,
        "DATA_DIR": str(chosen.data_dir),
        "MEDIA_DIR": str(chosen.media_dir),
        "DATABASE_URL": chosen.database_url,
        "SECRET_KEY": chosen.secret_key,
        "LOG_LEVEL": "WARNING",
    }


def start_worker(chosen: Settings) -> subprocess.Popen[bytes]:
    """Start the real worker, in a session of its own."""
    command = [str(part) for part in worker_command(Path(sys.executable))]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(chosen),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def running_worker(chosen: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run the real worker; ended in order afterwards."""
    with start_worker(chosen) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                process.kill()


def found_by_search(app: Flask, words: str) -> list[dict[str, str]]:
    """Return what the search API answers a visitor."""
    answer = app.test_client().get("/api/v1/search", query_string={"q": words})
    assert answer.status_code == 200
    assert answer.json is not None
    return list(answer.json["results"])


def all_done(app: Flask) -> bool:
    """Tell whether every job has been done."""
    with app.app_context():
        states = set(db.session.scalars(select(Job.state)))
        db.session.remove()
    assert "failed" not in states
    return states == {"done"}


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that the application would use."""
    return find_ffmpeg(None)


@pytest.fixture(scope="session")
def prepared(template_database: Path, ffmpeg: Ffmpeg) -> Path:
    """The data folder of an installation with lecture, quiz, draft and search index."""
    shared = Path(os.environ[SHARED])
    data = shared / "journey"
    with locked(shared / "journey.lock"):
        if not data.exists():
            making = shared / "journey-in-the-making"
            shutil.rmtree(making, ignore_errors=True)
            _prepare(making, template_database, ffmpeg)
            making.rename(data)
    return data


def _prepare(data: Path, database: Path, ffmpeg: Ffmpeg) -> None:
    chosen = settings_in(data)
    shutil.copyfile(database, chosen.data_dir / "sanshi.db")
    content = write_content(data / "content", ffmpeg)
    load = ["flask", "--app", "app", "courses", "load", str(content)]
    subprocess.run([sys.executable, "-m", *load], cwd=ROOT, env=environment(chosen), check=True)
    app = create_app(chosen)
    with running_worker(chosen):
        wait_until(lambda: any("t=" in r["url"] for r in found_by_search(app, "采光")), 240.0)
        wait_until(lambda: all_done(app), 240.0)
    shutil.rmtree(content)


@pytest.fixture
def chosen_settings(prepared: Path, tmp_path: Path) -> Settings:
    """An installation of this test's own: a copy of the prepared one."""
    shutil.copytree(prepared, tmp_path / "data")
    return settings_in(tmp_path / "data")


@pytest.fixture
def worker(chosen_settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """The real worker of this test's installation."""
    with running_worker(chosen_settings) as process:
        yield process


Opened = Callable[[], AbstractContextManager[Page]]


@pytest.fixture
def another_phone(chromium: Browser, live_url: str) -> Opened:
    """Return a function that opens a second, signed-out phone."""
    return lambda: watched_page(chromium, live_url, **PHONE)


@pytest.fixture
def another_desk(chromium: Browser, live_url: str) -> Opened:
    """Return a function that opens a second, signed-out office computer."""
    return lambda: watched_page(chromium, live_url, **DESK)

"""A video whose files lie in a bucket: made on one machine, watched through another."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sanshi_lms import create_app
from sanshi_lms.core import sending
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.queries import TRANSCODE
from tests.conftest import settings_in
from tests.video.making import get, get_within, show_in_course

LESSON = "/courses/dianti/yiyuan"


@pytest.fixture
def chosen_settings(chosen_settings: Settings, bucket_env: dict[str, str]) -> Settings:
    """The usual installation, with its files in a bucket."""
    more = {"DATABASE_URL": chosen_settings.database_url, **bucket_env}
    return settings_in(chosen_settings.data_dir, **more)


@pytest.fixture
def other_machine(
    app: Flask, chosen_settings: Settings, bucket_env: dict[str, str], tmp_path: Path
) -> Iterator[Flask]:
    """A second web server: the same database and bucket, an empty disk."""
    shared = {"DATABASE_URL": chosen_settings.database_url, "MEDIA_DIR": str(tmp_path / "second")}
    second = create_app(settings_in(tmp_path / "data-2", **shared, **bucket_env))
    second.config.update(TESTING=True)
    assert app is not second
    yield second
    with second.app_context():
        db.session.remove()
        db.engine.dispose()


def test_made_here_and_watched_there(
    app: Flask, other_machine: Flask, ready_video: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_in_course(app, ready_video, published=True)
    here, there = app.test_client(), other_machine.test_client()
    page = there.get(LESSON).text
    hls, plain = (re.findall(rf'data-{name}="([^"]+)"', page)[0] for name in ("hls", "plain"))
    whole = here.get(plain, buffered=True).data
    monkeypatch.setattr(sending, "_LARGE", 1000)
    part: Any = there.get(plain, headers={"Range": "bytes=100-1199"}, buffered=True)
    assert (part.status_code, part.data) == (206, whole[100:1200])
    assert part.headers["Content-Range"] == f"bytes 100-1199/{len(whole)}"
    assert there.get(plain, buffered=True).data == whole
    beyond = there.get(plain, headers={"Range": f"bytes={len(whole)}-"}, buffered=True)
    assert beyond.status_code == 416
    with other_machine.app_context():
        key = get(ready_video).media_key
        assert not storage().is_here(f"{key}/plain.mp4"), "a large file only passes through"
    monkeypatch.undo()
    playlist = there.get(hls, buffered=True)
    assert playlist.data.startswith(b"#EXTM3U")
    segment = hls.replace("master.m3u8", "180p/0.m4s")
    assert there.get(segment, buffered=True).data == here.get(segment, buffered=True).data
    assert there.get(plain.replace("plain.mp4", "180p/99.m4s")).status_code == 404
    with other_machine.app_context():
        assert storage().is_here(f"{key}/180p/0.m4s")


@pytest.mark.usefixtures("ready_video", "work")
def test_another_worker_goes_on_with_what_the_first_made(app: Flask, other_machine: Flask) -> None:
    """The first died between making and saying so: the second only writes it down."""
    with app.app_context(), transaction():
        actions.make_again(get_within(1))
    with other_machine.app_context():
        while run_next("slow"):
            pass
        assert get(1).media_key
        job = find_job(TRANSCODE, "1")
        assert job is not None
        assert (job.state, job.message) == ("done", None)
        db.session.rollback()

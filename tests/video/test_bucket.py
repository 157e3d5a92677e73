"""A video whose files lie in a bucket: made on one machine, watched through another."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
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
from sanshi_lms.video.queries import TRANSCODE
from tests.conftest import settings_in
from tests.video.making import add, get, show_in_course

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
    with app.app_context():  # the fixture put its media on the disk alone
        storage().adopt(Path("/nowhere"))
        storage().look_after()
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


def test_two_machines_share_the_parts_of_a_video(
    app: Flask, other_machine: Flask, small_clip: Path, work: Callable[[], int]
) -> None:
    """Neither sees the other's disk; each takes the next part in turn."""
    with app.app_context(), transaction():
        folder = storage().private_dir()
        shutil.copyfile(small_clip, folder / "x")
        storage().commit_file(folder / "x", "video/originals/clip")
    number = add(app, small_clip)
    turns = 0
    for machine in itertools.cycle((other_machine, app)):
        with machine.app_context():
            if not run_next("slow"):
                break
        turns += 1
    assert turns > 2, "there were parts to share"
    for machine in (app, other_machine):
        with machine.app_context():
            job = find_job(TRANSCODE, str(number))
            assert job is not None
            assert (job.state, job.message) == ("done", None)
            video = get(number)
            assert video.seconds == pytest.approx(9, abs=0.2)
            names = set(storage().keys(str(video.media_key)))
            assert {f"{video.media_key}/{name}" for name in ("plain.mp4", "180p/2.m4s")} <= names
            assert storage().look() == 0, "nothing is left to bring over"
            db.session.rollback()
    assert work() == 0

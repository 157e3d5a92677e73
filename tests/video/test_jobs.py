"""The transcoding job: finished exactly once, whatever dies; said in words when it cannot."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core import queue
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import Job, find_job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.engine import make_all
from sanshi_lms.video.models import Rendition, Video
from sanshi_lms.video.queries import TRANSCODE, standings
from tests.video.making import add, get

REPOSITORY = Path(__file__).resolve().parents[2]
Work = Callable[[], int]


def standing_of(video_id: int) -> tuple[str, str]:
    video = get(video_id)
    found = standings([video], datetime.now(UTC))[video_id]
    return found.state, found.message


def leftovers() -> list[Path]:
    return list((storage().root / ".private").iterdir())


def test_makes_everything_and_cleans_up(app: Flask, small_clip: Path, work: Work) -> None:
    number = add(app, small_clip)
    with app.app_context():
        assert standing_of(number)[0] == "waiting"
    assert work() == 1
    with app.app_context():
        video = get(number)
        assert standing_of(number) == ("ready", "")
        assert video.seconds == pytest.approx(9.0, abs=0.1)
        assert [one.name for one in video.renditions] == ["180p", "sound"]
        assert video.has_poster
        assert video.media_key is not None
        folder = storage().path(video.media_key)
        assert {"master.m3u8", "plain.mp4", "poster.jpg"} <= {f.name for f in folder.iterdir()}
        assert leftovers() == []


def test_text_called_mp4_fails_with_a_sentence_and_can_be_retried(
    app: Flask, tmp_path: Path, work: Work
) -> None:
    (tmp_path / "x.mp4").write_text("这不是视频", "utf-8")
    number = add(app, tmp_path / "x.mp4")
    work()
    with app.app_context():
        state, message = standing_of(number)
        assert state == "failed"
        assert "文字" in message
    with app.app_context(), transaction():
        actions.retry(get(number))
    assert work() == 1
    with app.app_context():
        assert standing_of(number)[0] == "failed"


def test_evidence_for_the_expert_is_kept(app: Flask, tmp_path: Path, work: Work) -> None:
    (tmp_path / "x.mp4").write_bytes(b"\0\0\0\x20ftypisom" + os.urandom(5000))
    number = add(app, tmp_path / "x.mp4")
    work()
    with app.app_context():
        job = find_job(TRANSCODE, str(number))
        assert job is not None
        assert "Invalid data" in (job.detail or "")
        assert "索引" in (job.message or "")
        assert leftovers() == []


def test_a_folder_already_in_place_is_only_recorded(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died between the rename and its commit: nothing is encoded twice."""
    number = add(app, small_clip)
    with monkeypatch.context() as broken:
        broken.setattr("sanshi_lms.video.jobs._record", lambda *_: 1 // 0)
        work()
    with app.app_context(), transaction() as session:
        job = find_job(TRANSCODE, str(number))
        assert job is not None
        assert job.state == "pending"
        job.run_after = datetime.now(UTC)
        session.flush()
    monkeypatch.setattr("sanshi_lms.video.jobs._make", lambda *_: pytest.fail("encoded twice"))
    assert work() == 1
    with app.app_context():
        assert standing_of(number)[0] == "ready"
        assert len(get(number).renditions) == 2


def test_deleted_while_it_waited(app: Flask, small_clip: Path, work: Work) -> None:
    number = add(app, small_clip)
    with app.app_context(), transaction():
        actions.remove(get(number))
    assert work() == 1
    with app.app_context():
        assert db.session.get(Video, number) is None
        assert not storage().exists("video/originals/clip")


def test_deleted_while_it_was_made_leaves_no_files(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(app, small_clip)
    real = make_all

    def make_then_delete(*arguments: object) -> object:
        made = real(*arguments)  # type: ignore[arg-type]  # handed through
        with transaction():
            actions.remove(get(number))
        return made

    monkeypatch.setattr("sanshi_lms.video.jobs.make_all", make_then_delete)
    work()
    with app.app_context():
        assert not any(storage().path(f"video/{number}").glob("*"))
        assert leftovers() == []


def test_another_file_given_meanwhile_is_made_too(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(app, small_clip)
    real, calls = make_all, list[int]()

    def make_then_replace(*arguments: object) -> object:
        made = real(*arguments)  # type: ignore[arg-type]  # handed through
        if not calls:
            place = storage().path("video/originals/second")
            shutil.copyfile(small_clip, place)
            with transaction():
                video = get(number)
                actions.replace_source(
                    video, source_name="new.mp4", source_key="video/originals/second", size=9
                )
        calls.append(1)
        return made

    monkeypatch.setattr("sanshi_lms.video.jobs.make_all", make_then_replace)
    work()
    with app.app_context():
        video = get(number)
        assert (video.media_key or "").endswith("-second")
        assert [folder.name for folder in storage().path(f"video/{number}").iterdir()] == [
            (video.media_key or "").rpartition("/")[2]
        ]


def test_a_video_in_use_cannot_be_deleted_nor_double_clicked(app: Flask, small_clip: Path) -> None:
    number = add(app, small_clip)
    with app.app_context(), transaction():
        actions.make_again(get(number))
        jobs = db.session.scalar(select(func.count(Job.id)))
        assert jobs == 1


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "DATA_DIR": str(folder), "SECRET_KEY": "t" * 64, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    return subprocess.Popen(command, cwd=REPOSITORY, env=env, start_new_session=True)


@pytest.mark.media
def test_kill_9_at_any_moment_ends_in_one_finished_video(
    app: Flask, make_clip: Callable[..., Path]
) -> None:
    """The worker is killed in two phases; the next one finishes, once, and leaves no trace."""
    clip = make_clip(
        "long.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=854x480:r=25:d=24"),
        *("-f", "lavfi", "-i", "sine=frequency=330:duration=24"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    number = add(app, clip)
    folder = app.extensions["settings"].data_dir

    def progress() -> float:
        with app.app_context():
            db.session.rollback()
            job = find_job(TRANSCODE, str(number))
            return job.progress if job else 0.0

    def is_ready() -> bool:
        with app.app_context():
            return standing_of(number)[0] == "ready"

    for threshold in (0.0, 0.3):
        worker = start_worker(folder)
        try:
            assert wait_for(lambda above=threshold: progress() > above, 60)  # type: ignore[misc]
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        assert not is_ready()
    worker = start_worker(folder)
    try:
        assert wait_for(is_ready, 120)
    finally:
        worker.terminate()
        assert worker.wait(30) == 0
    with app.app_context():
        video = get(number)
        assert video.seconds == pytest.approx(24.0, abs=0.2)
        assert db.session.scalar(select(func.count(Rendition.id))) == 3
        assert db.session.scalar(select(func.count(Job.id))) == 1
        assert leftovers() == []
        assert len(list(storage().path(f"video/{number}").iterdir())) == 1


@pytest.mark.media
def test_a_stopped_worker_gives_its_video_back(app: Flask, make_clip: Callable[..., Path]) -> None:
    clip = make_clip(
        "stop.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=854x480:r=25:d=40"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    )
    number = add(app, clip)
    worker = start_worker(app.extensions["settings"].data_dir)

    def job_now() -> Job | None:
        db.session.rollback()
        return find_job(TRANSCODE, str(number))

    with app.app_context():
        assert wait_for(lambda: (job := job_now()) and job.progress > 0, 60)
        began = time.monotonic()
        worker.terminate()
        assert worker.wait(30) == 0
        assert time.monotonic() - began < 15, "five seconds on an idle machine"
        job = job_now()
        assert job is not None
        assert job.attempts == 0
        assert job.state == "pending"
        assert leftovers() == []
    queue.reset_for_tests()

"""The transcoding job: finished exactly once, whatever dies; said in words when it cannot."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import Job, find_job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.engine.making import make_part
from sanshi_lms.video.models import Video
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
    assert work() == 3, "a look into it, one part, the finish"
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


def test_what_is_whole_already_is_only_recorded(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died after the last file and before its commit: nothing is encoded twice."""
    number = add(app, small_clip)
    with monkeypatch.context() as broken:
        broken.setattr("sanshi_lms.video.finishing.record", lambda *_: 1 // 0)
        work()
    with app.app_context(), transaction() as session:
        parts = session.scalars(select(Job).where(Job.part_of.is_not(None))).all()
        assert [part.state for part in parts] == ["done", "pending"]
        parts[-1].run_after = datetime.now(UTC)
    monkeypatch.setattr("sanshi_lms.video.finishing.finish", lambda *_: pytest.fail("made twice"))
    assert work() == 1
    with app.app_context():
        assert standing_of(number)[0] == "ready"
        assert len(get(number).renditions) == 2
        assert db.session.scalar(select(func.count(Job.id))) == 1, "the parts' rows are gone"


def test_deleted_while_it_waited(app: Flask, small_clip: Path, work: Work) -> None:
    number = add(app, small_clip)
    with app.app_context(), transaction():
        actions.remove(get(number))
    assert work() == 0
    with app.app_context():
        assert db.session.get(Video, number) is None
        assert not storage().exists("video/originals/clip")


def interfere(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let `act` happen in a transaction of its own just when the first part is made."""
    calls: list[int] = []

    def make_then_act(*arguments: object) -> object:
        made = make_part(*arguments)  # type: ignore[arg-type]  # handed through
        if not calls:
            calls.append(1)
            with transaction():
                act()
        return made

    monkeypatch.setattr("sanshi_lms.video.jobs.make_part", make_then_act)


def test_deleted_while_it_was_made_leaves_no_files(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(app, small_clip)
    interfere(monkeypatch, lambda: actions.remove(get(number)))
    work()
    with app.app_context():
        assert not storage().exists(f"video/{number}")
        assert leftovers() == []


def test_stopped_while_it_was_made_and_begun_anew(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(app, small_clip)
    interfere(monkeypatch, lambda: actions.stop(get(number)))
    work()
    with app.app_context():
        assert standing_of(number) == ("stopped", "")
        assert not storage().exists(f"video/{number}"), "nothing half made is left"
        assert storage().exists("video/originals/clip"), "the original stays"
        with pytest.raises(Refusal, match="没有在转码"), transaction():
            actions.stop(get(number))
        with transaction():
            actions.retry(get(number))
    work()
    with app.app_context():
        assert standing_of(number)[0] == "ready"


def test_another_file_given_meanwhile_is_made_too(
    app: Flask, small_clip: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(app, small_clip)

    def replace() -> None:
        shutil.copyfile(small_clip, storage().path("video/originals/second"))
        key = "video/originals/second"
        actions.replace_source(get(number), source_name="new.mp4", source_key=key, size=9)

    interfere(monkeypatch, replace)
    work()
    with app.app_context():
        video = get(number)
        assert (video.media_key or "").endswith("-second")
        assert storage().names(f"video/{number}") == [(video.media_key or "").rpartition("/")[2]]


def test_a_video_in_use_cannot_be_deleted_nor_double_clicked(app: Flask, small_clip: Path) -> None:
    number = add(app, small_clip)
    with app.app_context(), transaction():
        actions.make_again(get(number))
        jobs = db.session.scalar(select(func.count(Job.id)))
        assert jobs == 1

"""Whatever dies or fills up while a video is made: it is finished once, and the same."""

import dataclasses
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core import job_lane, jobs
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import release_dead_leases, run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.engine import Failed
from sanshi_lms.video.engine.making import make_part
from sanshi_lms.video.queries import PART
from sanshi_lms.video.tidying import sweep_private
from tests.conftest import settings_in
from tests.video.making import get, wait_for
from tests.video.test_jobs import standing_of
from tests.video.test_parts import counted, hashes, is_made, joined, planned  # noqa: F401 -- fixtures

pytestmark = pytest.mark.media
KILLS = 10


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, and as often as this test kills."""
    monkeypatch.setattr(job_lane, "BACK_OFF", timedelta(0))
    many = dataclasses.replace(jobs.kinds[PART], attempts=3 * KILLS)
    monkeypatch.setitem(jobs.kinds, PART, many)


def fork_worker(app: Flask, number: int) -> int:
    """Start a worker as a process of its own that ends with the video; return its number."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    child = os.fork()
    if child:
        return child
    try:
        with app.app_context():
            while not is_made(app, number):
                release_dead_leases()
                if not run_next("slow"):
                    time.sleep(0.02)
    finally:
        os._exit(0)


def ffmpeg_of(worker: int) -> int | None:
    """Return the number of the program that a worker runs."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == worker and fields[0] != "Z":
            return int(stat.parent.name)
    return None


def finished_parts(app: Flask) -> int:
    with app.app_context():
        query = select(func.count(Job.id)).where(Job.part_of.is_not(None), Job.state == "done")
        return db.session.scalar(query) or 0


def assert_whole_and_clean(app: Flask, number: int, joined: Path) -> None:  # noqa: F811
    with app.app_context():
        video = get(number)
        assert hashes(storage().path(video.media_key or "")) == hashes(joined)
        assert db.session.scalar(select(func.count(Job.id))) == 1
        assert [*(storage().root / ".private").iterdir()] == []
        assert len(storage().names(f"video/{number}")) == 1


def test_ten_dead_workers_and_ten_dead_ffmpegs(
    app: Flask,
    counted: Path,  # noqa: F811
    joined: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = planned(app, counted, monkeypatch)
    moments, worker = random.Random(20260701), fork_worker(app, number)
    for kill in range(2 * KILLS):
        assert wait_for(lambda many=kill // 6: finished_parts(app) >= many, 60)  # type: ignore[misc]
        wait_for(lambda: False, moments.uniform(0.0, 0.3))
        if kill % 2:
            assert wait_for(lambda of=worker: ffmpeg_of(of), 60)  # type: ignore[misc]
            if program := ffmpeg_of(worker):
                os.kill(program, signal.SIGKILL)
        else:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            assert not is_made(app, number)
            worker = fork_worker(app, number)
    assert wait_for(lambda: is_made(app, number), 120)
    os.waitpid(worker, 0)
    with app.app_context():
        sweep_private(storage())
    assert_whole_and_clean(app, number, joined)


def test_two_workers_do_no_part_twice(
    app: Flask,
    counted: Path,  # noqa: F811
    joined: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, book = planned(app, counted, monkeypatch), tmp_path / "book"

    def make_and_note(*arguments: object) -> object:
        with book.open("a") as file:
            file.write(f"{arguments[3].name} {os.getpid()}\n")  # type: ignore[attr-defined]
        return make_part(*arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr("sanshi_lms.video.jobs.make_part", make_and_note)
    workers = [fork_worker(app, number) for _ in range(2)]
    for worker in workers:
        os.waitpid(worker, 0)
    lines = [line.split() for line in book.read_text("utf-8").splitlines()]
    assert Counter(name for name, _ in lines) == Counter(["early", "sound", "c0001", "c0002"])
    assert {worker for _, worker in lines} == {str(worker) for worker in workers}
    assert_whole_and_clean(app, number, joined)


def run_until_it_stands(app: Flask, number: int) -> str:
    with app.app_context():
        while run_next("slow"):
            pass
        return standing_of(number)[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    media = tmp_path / "small"
    media.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(media)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine mounts nothing")
    yield media
    subprocess.run(["umount", "-l", str(media)], check=True)


def test_a_full_disk_is_told_and_the_work_goes_on_afterwards(
    app: Flask,
    counted: Path,  # noqa: F811
    joined: Path,  # noqa: F811
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = settings_in(app.extensions["settings"].data_dir, MIN_FREE_MB="0")
    app.extensions["settings"] = dataclasses.replace(chosen, media_dir=small_disk)
    number = planned(app, counted, monkeypatch)
    with app.app_context():
        assert run_next("slow")
        monkeypatch.setattr("sanshi_lms.video.jobs.guard_disk", lambda *_: None)
        filler = small_disk / "filler"
        filler.write_bytes(b"\0" * max(0, storage().free_bytes() - 40_000))
        many = dataclasses.replace(jobs.kinds[PART], attempts=2)
        monkeypatch.setitem(jobs.kinds, PART, many)
    assert run_until_it_stands(app, number) == "failed"
    with app.app_context():
        assert "磁盘" in standing_of(number)[1]
        assert get(number).shown_key is not None, "what is there can be watched"
        assert finished_parts(app) == 1
        filler.unlink()
        with transaction():
            actions.retry(get(number))
    assert run_until_it_stands(app, number) == "ready"
    assert_whole_and_clean(app, number, joined)


def test_too_little_room_is_seen_before_a_part_begins(
    app: Flask,
    counted: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = planned(app, counted, monkeypatch)
    chosen = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(chosen, min_free_bytes=2**60)
    monkeypatch.setattr("sanshi_lms.video.jobs.make_part", lambda *_: pytest.fail("it began"))
    assert run_until_it_stands(app, number) == "failed"
    with app.app_context():
        assert "磁盘空间不够" in standing_of(number)[1]


def test_a_storage_that_fails_for_a_while(
    app: Flask,
    counted: Path,  # noqa: F811
    joined: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its folder cannot be written to, then it can again."""
    number = planned(app, counted, monkeypatch)
    with app.app_context():
        assert run_next("slow")
        folder = storage().path(get(number).early_key or "") / "96p"
        folder.rename(folder.with_name("aside"))
        folder.write_text("in the way", "utf-8")
        job: Callable[[], Job] = lambda: db.session.scalars(  # noqa: E731
            select(Job)
            .where(Job.key == f"{number}/c0001")
            .execution_options(populate_existing=True)
        ).one()
        with transaction():
            job().priority = 999
        assert run_next("slow")
        assert (job().state, job().attempts) == ("pending", 1)
        assert "服务器出了问题" in (job().message or "")
        db.session.rollback()
        folder.unlink()
        folder.with_name("aside").rename(folder)
    assert run_until_it_stands(app, number) == "ready"
    assert_whole_and_clean(app, number, joined)


def test_a_source_that_breaks_in_the_middle_is_read_from_its_beginning(
    app: Flask,
    counted: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, names = planned(app, counted, monkeypatch), list[str]()

    def break_chunks(*arguments: object) -> object:
        names.append(arguments[3].name)  # type: ignore[attr-defined]
        if names[-1].startswith("c0"):
            raise Failed("视频数据已损坏。", "Invalid data found", retry=False)
        return make_part(*arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr("sanshi_lms.video.jobs.make_part", break_chunks)
    assert run_until_it_stands(app, number) == "ready"
    assert names == ["early", "sound", "c0001", "c0001", "early", "whole"]
    with app.app_context():
        assert get(number).seconds == pytest.approx(50, abs=0.1)

"""A bucket that other machines share, that breaks for a while, and that is larger than our disk."""

import os
import time
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core import job_lane, upkeep
from sanshi_lms.core.bucket import BucketStorage, open_bucket
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import Job, JobRun, enqueue, job, kinds
from sanshi_lms.core.storage import StorageDown, storage
from tests.buckets import BUCKET, Line, client
from tests.conftest import settings_in
from tests.core.test_storage import put, put_folder

KEY = "video/originals/a"


def machine(folder: Path, env: dict[str, str], **more: str) -> BucketStorage:
    """Return the storage of one machine: a folder of its own, the same bucket."""
    return open_bucket(settings_in(folder, **{**env, **more}))


def by(line: Line, env: dict[str, str]) -> dict[str, str]:
    """Return the settings with `line` on the way to the server."""
    return {**env, "STORAGE_URL": env["STORAGE_URL"].partition("=")[0] + f"={line.url}"}


def test_machines_see_what_the_others_stored(tmp_path: Path, bucket_env: dict[str, str]) -> None:
    one, two = machine(tmp_path / "1", bucket_env), machine(tmp_path / "2", bucket_env)
    large = os.urandom(17 * 1024 * 1024 + 7)  # goes over in two parts
    put(one, KEY, large)
    put_folder(one, "video/1/p", {"manifest.json": b"{}", "180p/0.m4s": b"abc"})
    assert two.exists(KEY)
    assert not two.is_here(KEY)
    assert two.size(KEY) == len(large)
    assert b"".join(two.read(KEY, 16 * 1024 * 1024 - 3, 9)) == large[16 * 1024 * 1024 - 3 :][:9]
    assert not two.is_here(KEY), "a piece needs no copy"
    assert two.path(KEY).read_bytes() == large
    assert two.is_here(KEY)
    assert two.exists("video/1/p")
    assert two.keys("video/1") == ["video/1/p/180p/0.m4s", "video/1/p/manifest.json"]
    assert (two.folder("video/1/p") / "180p/0.m4s").read_bytes() == b"abc"
    put(one, "video/1/p/180p/index.m3u8", b"#EXTM3U 1")
    assert two.path("video/1/p/180p/index.m3u8").read_bytes() == b"#EXTM3U 1"
    put(one, "video/1/p/180p/index.m3u8", b"#EXTM3U 1 2")
    assert two.path("video/1/p/180p/index.m3u8").read_bytes() == b"#EXTM3U 1 2", "it grew"
    one.delete("video/1/p")
    assert not two.exists("video/1/p/manifest.json")
    assert one.owed.notes() == []
    assert list((one.root / ".private").iterdir())[1:] == []


def test_nothing_is_lost_while_the_bucket_is_down(
    tmp_path: Path, bucket_env: dict[str, str], line: Line
) -> None:
    store = machine(tmp_path / "1", by(line, bucket_env))
    put(store, "video/originals/old", b"old")
    line.cut()
    put(store, KEY, b"first")
    put_folder(store, "video/1/p", {"manifest.json": b"{}"})
    store.delete("video/1/p")
    put_folder(store, "video/1/p", {"manifest.json": b"{2}"})
    store.delete("video/originals/old")
    assert store.path(KEY).read_bytes() == b"first", "what is here can be used"
    assert store.exists(KEY)
    with pytest.raises(StorageDown):
        store.path("video/9/p/0.m4s")
    with pytest.raises(StorageDown):
        store.exists("video/9")
    with pytest.raises(StorageDown):
        store.look_after()
    assert len(store.owed.notes()) >= 4
    line.mend()
    assert store.patience.waiting()
    store.patience.end()
    put_folder(store, "video/1/p", {"manifest.json": b"{3}"})  # pays its own elders first
    assert store.owed.keys("push") == [KEY]
    assert store.owed.keys("delete") == ["video/originals/old"]
    store.look_after()
    assert store.look() == 0
    other = machine(tmp_path / "2", bucket_env)
    assert other.keys("video") == ["video/1/p/manifest.json", KEY]
    assert other.path("video/1/p/manifest.json").read_bytes() == b"{3}"
    assert other.path(KEY).read_bytes() == b"first"


def test_a_death_between_note_and_file_harms_nothing(
    tmp_path: Path, bucket_env: dict[str, str]
) -> None:
    store = machine(tmp_path, bucket_env)
    store.owed.note("push", "video/3/never-came")
    put(store, KEY, b"here")
    store.owed.note("push", KEY)  # brought over, but killed before the note was crossed out
    store.look_after()
    assert store.owed.notes() == []
    assert machine(tmp_path / "2", bucket_env).keys("video") == [KEY]


def test_copies_make_room_but_never_what_is_only_here(
    tmp_path: Path, bucket_env: dict[str, str], line: Line
) -> None:
    store = machine(tmp_path, by(line, bucket_env), STORAGE_CACHE_MB="1")
    for number in range(4):
        put(store, f"video/1/p/{number}.m4s", bytes([number]) * 500_000)
    assert store.make_room() == 0, "all were used within the hour"
    long_ago = time.time() - 7200
    for number in (1, 2):
        os.utime(store.place(f"video/1/p/{number}.m4s"), (long_ago + number, long_ago))
    line.cut()
    put(store, "video/1/p/4.m4s", b"4" * 500_000)
    os.utime(store.place("video/1/p/4.m4s"), (long_ago - 9, long_ago))
    assert store.make_room() == 2
    here = [number for number in range(5) if store.is_here(f"video/1/p/{number}.m4s")]
    assert here == [0, 3, 4]
    line.mend()
    store.look_after()
    assert store.path("video/1/p/1.m4s").read_bytes() == b"\x01" * 500_000, "it comes back"


def test_a_strangers_keys_open_nothing(tmp_path: Path, bucket_env: dict[str, str]) -> None:
    store = machine(tmp_path, bucket_env, STORAGE_SECRET="guessed")
    with pytest.raises(StorageDown):
        store.look()
    put(store, KEY, b"kept here")
    assert store.owed.keys("push") == [KEY]


@pytest.fixture
def bucket_app(app: Flask, bucket_env: dict[str, str], line: Line) -> Flask:
    """The application with its files in a bucket, at the end of a line."""
    chosen = app.extensions["settings"]
    more = {**by(line, bucket_env), "DATABASE_URL": chosen.database_url}
    app.extensions["settings"] = settings_in(chosen.data_dir, **more)
    return app


def test_a_job_waits_for_the_storage_without_losing_attempts(bucket_app: Flask, line: Line) -> None:
    done = []

    @job("core.test_waits", lane="fast", attempts=2)
    def handler(run: JobRun) -> None:
        storage().path("video/9/p/0.m4s")
        done.append(run.job_id)

    try:
        line.cut()
        with bucket_app.app_context():
            with transaction():
                enqueue("core.test_waits", "x", {})
            for _ in range(4):
                assert job_lane.run_next("fast")
                with transaction() as session:
                    waiting = session.query(Job).one()
                    assert (waiting.state, waiting.attempts) == ("pending", 0)
                    assert "存储暂时连不上" in (waiting.message or "")
                    assert waiting.run_after > now()
                    waiting.run_after = now()
            line.mend()
            assert job_lane.run_next("fast")
            assert done
            db.session.rollback()
    finally:
        kinds.pop("core.test_waits")


def test_the_health_page_says_what_is_wrong_and_what_is_owed(
    bucket_app: Flask, line: Line, bucket_env: dict[str, str]
) -> None:
    with bucket_app.app_context():
        assert upkeep._look().sentence == "正常"
        line.cut()
        put(storage(), KEY, b"x")
        told = upkeep._look()
        assert not told.ok
        assert "不会丢" in told.sentence
        upkeep.look_after()
        line.mend()
        assert upkeep._look().sentence == "正常，还有 1 项在补传"
        upkeep.look_after()
        assert upkeep._look().sentence == "正常"
    prefix = bucket_env["STORAGE_URL"].split("/")[3].partition("?")[0]
    server = client(f"http://{line.to[0]}:{line.to[1]}")
    listed = server.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    assert [entry["Key"] for entry in listed] == [f"{prefix}/{KEY}"]


def test_an_installation_moves_into_its_bucket(
    bucket_app: Flask, bucket_env: dict[str, str], line: Line, tmp_path: Path
) -> None:
    media = bucket_app.extensions["settings"].media_dir
    for name in ("video/originals/a", "video/1/p/180p/0.m4s", "video/uploads/x.part"):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(name.encode())
    runner = bucket_app.test_cli_runner()
    line.cut()
    assert "恢复后会自动补传" in runner.invoke(args=["storage-push"]).output
    line.mend()
    with bucket_app.app_context():
        upkeep.look_after()
    told = runner.invoke(args=["storage-push"])
    assert told.exit_code == 0, told.output
    found = machine(tmp_path / "2", bucket_env).keys("video")
    assert found == ["video/1/p/180p/0.m4s", KEY]
    assert (media / "video/uploads/x.part").exists()

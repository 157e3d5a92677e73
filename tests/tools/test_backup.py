"""What a backup holds comes back whole; what is not a whole backup changes nothing."""

import sqlite3
import tarfile
import threading
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from sanshi_lms.core.last_backup import last_backup
from sanshi_lms.core.settings import Settings
from tests.conftest import settings_in
from tests.people import Cast
from tools.backup import back_up, manifest_of, restore
from tools.bootstrap import in_use
from tools.console import StepError
from tools.testing import find_postgres


def usernames(settings: Settings) -> list[str]:
    with sqlite3.connect(settings.data_dir / "sanshi.db") as connection:
        found = connection.execute("SELECT username FROM account_users ORDER BY id").fetchall()
    connection.close()
    return [name for (name,) in found]


def store(settings: Settings, key: str, content: bytes) -> Path:
    file = settings.media_dir / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.fixture
def settings(app: Flask) -> Settings:
    chosen: Settings = app.extensions["settings"]
    (chosen.data_dir / "secret_key").write_text("k" * 64)
    return chosen


def test_people_media_and_key_come_back(
    app: Flask, people: Cast, settings: Settings, tmp_path: Path
) -> None:
    people.id("cadre")
    video = store(settings, "video/1/originals/讲座 一.mp4", b"\x00\xff" * 5000)
    store(settings, ".private/half/upload", b"not ours yet")
    made = back_up(settings, tmp_path / "backups")
    assert made.stat().st_mode & 0o077 == 0, "it holds the key: only its owner may read it"

    people.id("pro")
    video.write_bytes(b"overwritten")
    later = store(settings, "video/2/new.mp4", b"after the backup")
    (settings.data_dir / "secret_key").write_text("x" * 64)
    kept = restore(settings, made)

    assert usernames(settings) == ["cadre"]
    assert video.read_bytes() == b"\x00\xff" * 5000
    assert not later.exists()
    assert (settings.data_dir / "secret_key").read_text() == "k" * 64
    assert (kept / "media/video/2/new.mp4").read_bytes() == b"after the backup"
    assert (kept / "sanshi.db").exists()
    assert (settings.media_dir / ".private/half/upload").exists()
    client = app.test_client()
    values = {"username": "cadre", "password": people.password}
    assert client.post("/account/sign-in", data=values).status_code == 302


def test_a_backup_during_writes_is_one_moment(settings: Settings, tmp_path: Path) -> None:
    """Two tables written in one transaction never differ in the copy."""
    path = settings.data_dir / "sanshi.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (n INTEGER)")
        connection.execute("CREATE TABLE b (n INTEGER)")
    connection.close()
    enough = threading.Event()
    written = threading.Event()

    def write() -> None:
        writer = sqlite3.connect(path, timeout=30)
        count = 0
        while not enough.is_set():
            with writer:
                writer.execute("INSERT INTO a VALUES (?)", (count,))
                writer.execute("INSERT INTO b VALUES (?)", (count,))
            count += 1
            written.set()
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert written.wait(10)
        made = [back_up(settings, tmp_path / str(n)) for n in range(3)]
    finally:
        enough.set()
        thread.join()
    for number, archive in enumerate(made):
        with tarfile.open(archive) as tar:
            tar.extract("database.sqlite", tmp_path / f"out{number}", filter="data")
        copy = sqlite3.connect(tmp_path / f"out{number}/database.sqlite")
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        sums = copy.execute("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)").fetchone()
        copy.close()
        assert sums[0] == sums[1] > 0


@pytest.mark.parametrize("kept_share", [0.0, 0.5, 0.9])
def test_a_cut_backup_changes_nothing(
    people: Cast, settings: Settings, tmp_path: Path, kept_share: float
) -> None:
    people.id("cadre")
    store(settings, "video/1/a.mp4", b"a" * 200_000)
    made = back_up(settings, tmp_path / "backups")
    whole = made.read_bytes()
    made.write_bytes(whole[: int(len(whole) * kept_share)])
    with pytest.raises(StepError, match="备份文件"):
        restore(settings, made)
    assert usernames(settings) == ["cadre"]
    assert (settings.media_dir / "video/1/a.mp4").exists()
    assert not list(settings.data_dir.glob("*restor*")), "nothing is left lying about"


def test_a_flipped_byte_is_noticed(settings: Settings, tmp_path: Path) -> None:
    store(settings, "video/1/a.mp4", b"a" * 200_000)
    made = back_up(settings, tmp_path / "backups")
    content = bytearray(made.read_bytes())
    content[content.index(b"a" * 1000) + 500] = 0
    made.write_bytes(content)
    with pytest.raises(StepError, match="不完整"):
        restore(settings, made)


@pytest.mark.parametrize("name", ["../outside", "/outside", "media/../../outside"])
def test_a_hostile_name_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.tar"
    (tmp_path / "payload").write_text("x")
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "payload", arcname="payload")
        member = tarfile.TarInfo(name)
        tar.addfile(member)
    with pytest.raises(StepError, match="不是本系统的备份"):
        restore(settings, archive)
    assert not (settings.data_dir.parent / "outside").exists()


def test_a_running_system_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    made = back_up(settings, tmp_path / "backups")
    with (
        in_use(settings.data_dir),
        pytest.raises(StepError, match="正被另一个运行中的系统使用"),
    ):
        restore(settings, made)


def test_postgresql_goes_out_and_comes_back(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = find_postgres()
    assert programs is not None
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    settings = settings_in(tmp_path / "data", DATABASE_URL=postgres_url)
    plain = postgres_url.replace("+psycopg", "")

    def run(statement: bytes) -> list[tuple[str, ...]]:
        with psycopg.connect(plain) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    run(b"CREATE TABLE people (name text)")
    run("INSERT INTO people VALUES ('王小明')".encode())
    made = back_up(settings, tmp_path / "backups")
    run(b"DELETE FROM people")
    kept = restore(settings, made)
    assert run(b"SELECT name FROM people") == [("王小明",)]
    assert (kept / "database.pgdump").stat().st_size > 0
    elsewhere = settings_in(tmp_path / "other")
    with pytest.raises(StepError, match="数据库类型"):
        restore(elsewhere, made)


def test_an_increment_needs_its_base_and_says_so(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    old = store(settings, "video/1/a.mp4", b"a" * 100_000)
    base = back_up(settings, folder)
    store(settings, "video/2/b.mp4", b"b" * 5_000)
    changed = store(settings, "video/3/list.m3u8", b"one")
    middle = back_up(settings, folder, increment=True)
    changed.write_bytes(b"two, and longer")
    last = back_up(settings, folder, increment=True)
    assert last.stat().st_size < base.stat().st_size - 90_000, "the old bytes are not in it"
    assert manifest_of(last).needs(last.name) == {base.name, middle.name}
    with tarfile.open(last) as tar:
        assert "media/video/1/a.mp4" not in tar.getnames()

    hidden = base.rename(base.with_suffix(".away"))
    with pytest.raises(StepError, match=f"增量备份，还需要 {base.name}"):
        restore(settings, last)
    assert old.exists(), "nothing was changed"
    hidden.rename(base)
    for file in settings.media_dir.rglob("*.*"):
        file.unlink()
    restore(settings, last)
    assert old.read_bytes() == b"a" * 100_000
    assert (settings.media_dir / "video/2/b.mp4").read_bytes() == b"b" * 5_000
    assert changed.read_bytes() == b"two, and longer"
    content = bytearray(base.read_bytes())
    content[content.index(b"a" * 1000) + 500] = 0
    base.write_bytes(content)
    with pytest.raises(StepError, match=f"{base.name} 不完整"):
        restore(settings, last)


def test_rotation_keeps_what_is_needed(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    store(settings, "video/1/a.mp4", b"a")
    _, base = (back_up(settings, folder) for _ in range(2))
    small = [back_up(settings, folder, increment=True, keep=2) for _ in range(3)]
    assert set(folder.glob("*.tar")) == {base, *small[1:]}
    full = [back_up(settings, folder, keep=2) for _ in range(2)]
    assert set(folder.glob("*.tar")) == set(full)
    known = last_backup(settings.data_dir)
    assert known.name == full[1].name
    assert known.made is not None


def test_settings_of_the_environment_are_in_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", PUBLIC_URL="https://weike.example")
    sqlite3.connect(tmp_path / "data/sanshi.db").close()
    restore(settings, back_up(settings, tmp_path / "backups"))
    left = settings.data_dir / "settings-of-the-backup.env"
    assert "PUBLIC_URL=https://weike.example\n" in left.read_text()
    assert left.stat().st_mode & 0o077 == 0

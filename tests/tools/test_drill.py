"""A backup made while people write is restored for a trial, and is one moment on either engine."""

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.last_backup import last_backup
from sanshi_lms.core.settings import Settings
from tests.people import Cast
from tools.backup import back_up
from tools.console import StepError
from tools.drill import drill
from tools.testing import find_postgres


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    if programs := find_postgres():
        monkeypatch.setenv("PATH", str(programs), prepend=":")


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """Write two rows in each transaction, over and over: a copy never has one without the other."""
    enough, begun = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            count = 0
            while not enough.is_set():
                with transaction():
                    note("jobs.retry", f"job:{count}", after={"job": count})
                    note("jobs.retry", f"job:{count}", after={"job": count})
                count += 1
                begun.set()
            db.engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert begun.wait(20)
        yield
    finally:
        enough.set()
        thread.join()


def test_a_drill_during_writes(either_app: Flask, tmp_path: Path) -> None:
    settings: Settings = either_app.extensions["settings"]
    Cast(either_app, "linjiang-menhu-7").id("cadre")
    place = settings.media_dir / "video/1/a.mp4"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"a" * 1000)
    (settings.data_dir / "secret_key").write_text("k" * 64)
    with somebody_writes(either_app):
        base = back_up(settings, tmp_path / "backups")
        made = back_up(settings, tmp_path / "backups", increment=True)
        found = [drill(settings, one) for one in (base, made)]
    assert all(one.tables > 150 and one.media == 1 for one in found)
    assert 4 <= found[0].rows < found[1].rows, "writing went on between the two"
    with tarfile.open(made) as tar:
        said = tar.extractfile("manifest.json")
        assert said is not None
        rows = json.load(said)["tables"]["core_audit_entries"][0]
    with either_app.app_context():
        before = db.session.scalar(
            text("SELECT count(*) FROM core_audit_entries WHERE verb <> 'jobs.retry'")
        )
    assert (rows - (before or 0)) % 2 == 0, "a transaction is in the copy as a whole"
    assert last_backup(settings.data_dir).drilled is not None
    assert not list((tmp_path / "backups").glob(".drill-*"))
    if settings.database_url.startswith("postgresql"):
        plain = settings.database_url.replace("+psycopg", "")
        with closing(psycopg.connect(plain)) as server:
            names = server.execute("SELECT datname FROM pg_database").fetchall()
            assert not [name for (name,) in names if name.startswith(f"{server.info.dbname}_drill")]


@pytest.mark.parametrize(
    ("lost", "words"),
    [("row", "表 account_posts 恢复后不一致"), ("secret_key", "没有密钥文件"), ("sum", "不完整")],
)
def test_a_drill_finds_what_would_not_come_back(
    app: Flask, tmp_path: Path, lost: str, words: str
) -> None:
    settings = replace(app.extensions["settings"], given=())
    if lost != "secret_key":
        (settings.data_dir / "secret_key").write_text("k" * 64)
    made = back_up(settings, tmp_path / "backups")
    with tarfile.open(made) as tar:
        parts = {m.name: (tar.extractfile(m) or io.BytesIO()).read() for m in tar}
    told = json.loads(parts["manifest.json"])
    if lost == "row":
        told["tables"]["account_posts"][0] += 1
    if lost == "sum":
        told["sha256"]["database.sqlite"] = "0" * 64
    parts["manifest.json"] = json.dumps(told).encode()
    with tarfile.open(made, "w") as tar:
        for name, data in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    with pytest.raises(StepError, match=words):
        drill(settings, made)
    assert last_backup(settings.data_dir).drilled is None

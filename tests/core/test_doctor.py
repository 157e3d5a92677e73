"""The doctor: each fault is found and has its mend; no page waits for what takes a while."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import text

from sanshi_lms import create_app
from sanshi_lms.core import doctor, doctor_checks, health
from sanshi_lms.core.audit import AuditEntry, note
from sanshi_lms.core.audit_chain import seal_new
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.heartbeat import beat
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.last_backup import remember, remember_drill
from sanshi_lms.core.storage import Storage
from sanshi_lms.search.jobs import rebuild
from tests.conftest import settings_in
from tests.people import Cast
from tests.services import free_port


def later(**apart: int) -> dt.datetime:
    return now() + dt.timedelta(**apart)


def test_backups_are_asked_for_before_they_are_missed(app: Flask) -> None:
    with app.app_context():
        folder = app.extensions["settings"].data_dir
        assert "还没有备份过" in doctor_checks.backup().sentence
        remember(folder, Path("a.tar"), later(hours=-2))
        assert "make drill" in doctor_checks.backup().sentence
        remember_drill(folder, later(days=-1))
        assert not doctor_checks.backup().warns
        remember(folder, Path("b.tar"), later(days=-2))
        found = doctor_checks.backup()
        assert (found.ok, found.warns) == (True, True)
        remember(folder, Path("c.tar"), later(days=-8))
        found = doctor_checks.backup()
        assert not found.ok
        assert "8 天没有备份" in found.sentence


def test_a_folder_that_takes_nothing_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        assert doctor_checks.media().ok
        root = app.extensions["settings"].media_dir
        assert not [f for f in root.rglob("*") if f.is_file()], "nothing stays behind"
        monkeypatch.setattr(Storage, "read", lambda *_: iter([b"other bytes"]))
        found = doctor_checks.media()
    assert not found.ok
    assert "检查磁盘" in found.sentence


def test_an_unsealed_or_cut_trail_is_told(app: Flask) -> None:
    with app.app_context():
        with transaction():
            note("jobs.retry", "job:1")
        assert doctor_checks.audit().ok, "a minute's acts may wait"
        with transaction() as session:
            session.execute(db.update(AuditEntry).values(at=later(minutes=-9)))
        assert "还没有封存" in doctor_checks.audit().sentence
        db.session.rollback()
        seal_new()
        assert doctor_checks.audit().ok
        with transaction() as session:
            session.execute(text("DELETE FROM core_audit_entries"))
        assert "末尾少了" in doctor_checks.audit().sentence


def test_old_tables_are_told(app: Flask) -> None:
    with app.app_context():
        assert doctor_checks.migrations().ok
        db.session.execute(text("UPDATE alembic_version SET version_num = '0064'"))
        found = doctor_checks.migrations()
        db.session.rollback()
    assert not found.ok
    assert "停在 0064" in found.sentence


def test_a_job_that_nobody_takes_is_told(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            old = {"created_at": later(hours=-1), "run_after": later(minutes=-25)}
            common = {"kind": "k", "payload": "{}", "lane": "slow"}
            session.add(Job(key="1", state="pending", **common, **old))
        found = health._queue()
        assert not found.ok
        assert "等了 25 分钟" in found.sentence
        db.session.rollback()
        with transaction() as session:
            session.add(Job(key="2", state="leased", lease_until=later(minutes=1), **common, **old))
        assert health._queue().ok, "somebody works on the one before"


def test_clocks_are_compared(either_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with either_app.app_context():
        assert doctor_checks.clock().ok
        if db.engine.dialect.name == "postgresql":
            monkeypatch.setattr(doctor_checks, "now", lambda: later(minutes=3))
            assert "和数据库的相差 180 秒" in doctor_checks.clock().sentence
            db.session.rollback()


def test_redis_that_is_gone_is_told(tmp_path: Path, redis_url: str) -> None:
    app = create_app(settings_in(tmp_path, REDIS_URL=redis_url))
    with app.app_context():
        assert doctor_checks.redis_answers().ok
        gone = f"redis://127.0.0.1:{free_port()}"
        app.extensions["settings"] = replace(app.extensions["settings"], redis_url=gone)
        assert "REDIS_URL" in doctor_checks.redis_answers().sentence


def test_a_bucket_is_really_written_to(tmp_path: Path, bucket_env: dict[str, str]) -> None:
    app = create_app(settings_in(tmp_path, **bucket_env))
    with app.app_context():
        found = doctor_checks.media()
    assert found.ok, found.sentence
    wrong = create_app(settings_in(tmp_path / "b", **{**bucket_env, "STORAGE_SECRET": "wrong"}))
    with wrong.app_context():
        found = doctor_checks.media()
    assert not found.ok
    assert "连不上文件存储" in found.sentence


@contextmanager
def https_until(end: dt.datetime, folder: Path) -> Iterator[int]:
    """A server on this machine with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    alternative = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(7).add_extension(alternative, False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = made.not_valid_before(end - dt.timedelta(days=90)).not_valid_after(end)
    given = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "c.pem").write_bytes(given + key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with suppress(OSError, ssl.SSLError), context.wrap_socket(line, True):
                        pass

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("days", "trusted", "words"),
    [(60, True, "有效期到"), (7, True, "只剩"), (60, False, "不会信任"), (-1, True, "不会信任")],
)
def test_a_certificate_is_read_as_a_browser_would(
    tmp_path: Path, days: int, words: str, monkeypatch: pytest.MonkeyPatch, *, trusted: bool
) -> None:
    with https_until(later(days=days, hours=1), tmp_path) as port:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "c.pem"))
        app = create_app(settings_in(tmp_path / "d", PUBLIC_URL=f"https://localhost:{port}"))
        with app.app_context():
            found = doctor_checks.certificate()
    assert words in found.sentence
    assert found.ok == (words != "不会信任")
    assert found.warns == (words == "只剩")


def test_pages_show_what_the_worker_found_and_never_wait(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    assert "还没有看过" in admin.get("/admin/health").text
    with app.app_context():
        beat()
        rebuild()
        doctor.look_slowly()
        remember(app.extensions["settings"].data_dir, Path("a.tar"), later(days=-9))
    page = admin.get("/admin/health").text
    assert "还没有备份过" in page, "it shows what was found then, and looks at nothing itself"
    assert "后台程序在" in page
    assert "backup" not in admin.get("/healthz").get_json()["parts"], (
        "a balancer asks the quick ones"
    )
    with app.app_context():
        doctor.look_slowly()
    assert "9 天没有备份" in admin.get("/admin/health").text
    assert "备份：不正常" in admin.get("/admin/").text
    (app.extensions["settings"].data_dir / doctor.FILE).write_text("{half")
    assert admin.get("/admin/health").status_code == 200
    assert admin.post("/admin/health/look").status_code == 302
    assert people.client("author").post("/admin/health/look").status_code == 403


def test_the_command_says_what_is_ill_and_ends_so(app: Flask) -> None:
    with app.app_context():
        rebuild()
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "✗ 后台程序：" in done.output
    with app.app_context():
        beat()
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 0, done.output
    assert "! 备份：还没有备份过" in done.output

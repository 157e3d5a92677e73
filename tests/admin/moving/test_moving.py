"""Everything goes from SQLite to PostgreSQL and back unchanged, or else nothing happens."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from sanshi_lms import create_app
from sanshi_lms.account import User, ensure_person
from sanshi_lms.admin.moving.archive import Manifest
from sanshi_lms.admin.moving.exporting import export_all
from sanshi_lms.admin.moving.importing import import_all
from sanshi_lms.admin.moving.reading import fingerprint_of, one_moment, tables
from sanshi_lms.admin.moving.refusing import SEEDED
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.heartbeat import beat
from sanshi_lms.core.proofs import failing
from sanshi_lms.core.sealing import seal, unseal
from sanshi_lms.core.storage import storage
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.designs.models import DesignPicture
from sanshi_lms.outlets.drafts.jobs import PURPOSE
from sanshi_lms.outlets.drafts.models import OfficialAccount
from tests.conftest import ready_for_tests, settings_in
from tests.house import world
from tests.people import Cast

NewSite = Callable[..., Flask]
AUDIT = AuditEntry.__tablename__
MOMENT = datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC)
JSON = '[ {"b": 1.50, "a": "\\u8001"},null ]'  # as a text: neither order nor spelling may change
ODD = "王小明\u2028\"'\\ 😀 \t\r\n末"


@pytest.fixture
def site(template_database: Path, filled_postgres_url: str, tmp_path: Path) -> Iterator[NewSite]:
    """Make installations that were migrated and are otherwise empty."""
    made: list[Flask] = []

    def make(engine: str, **env: str) -> Flask:
        folder = tmp_path / f"site{len(made)}"
        if engine == "postgresql":
            env["DATABASE_URL"] = filled_postgres_url
        chosen = settings_in(folder, **{"SECRET_KEY": "", **env})
        if engine == "sqlite":
            shutil.copyfile(template_database, folder / "sanshi.db")
        made.append(ready_for_tests(create_app(chosen)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def fill(app: Flask, folder: Path) -> None:
    people = Cast(app, "linjiang-menhu-7")
    world.build(app, people, folder)
    with app.app_context(), transaction() as session:
        person = session.get_one(User, people.id("cadre"))
        person.display_name = ODD
        account = session.scalars(select(OfficialAccount)).all()[0]
        account.sealed_secret = seal("appsecret", PURPOSE)
        session.add(DesignPicture(data=bytes(range(256)), added_at=MOMENT))
        session.flush()
        session.execute(text(f"UPDATE quizzes_mistakes SET last_chosen = '{JSON}' WHERE id = 1"))  # noqa: S608
        session.execute(text("UPDATE quizzes_mistakes SET last_chosen = NULL WHERE id = 2"))
        # A unit below one that is newer, and so stands behind it in every order by number.
        session.execute(text("UPDATE account_units SET parent_id = 2 WHERE id = 1"))


def exported(app: Flask, file: Path) -> Manifest:
    with app.app_context():
        return export_all(file, now())


def sums(app: Flask) -> dict[str, str]:
    with app.app_context(), one_moment() as connection:
        return {table.name: str(fingerprint_of(connection, table)) for table in tables()}


def files(app: Flask) -> dict[str, bytes]:
    with app.app_context():
        keys = storage().all_keys(Path("nowhere"))
        return {key: b"".join(storage().read(key, 0, storage().size(key))) for key in keys}


def test_there_and_back_again(site: NewSite, tmp_path: Path) -> None:
    first, second, third = (
        site("sqlite", PUBLIC_URL="https://weike.example"),
        site("postgresql"),
        site("sqlite"),
    )
    fill(first, tmp_path)
    before, media = sums(first), files(first)
    assert media, "the world has files"
    told = exported(first, tmp_path / "one.zip")
    assert {name: part.fingerprint for name, part in told.tables.items()} == before
    assert (tmp_path / "one.zip").stat().st_mode & 0o077 == 0, "it holds every secret"

    with second.app_context():
        arrived = import_all(tmp_path / "one.zip")
    assert arrived.env is not None
    assert "PUBLIC_URL=https://weike.example\n" in arrived.env.read_text()
    after = sums(second)
    assert {name for name in after if after[name] != before[name]} == {AUDIT}
    assert files(second) == media
    with second.app_context(), transaction():
        # One number further, and the guards of the ledger awake again.
        ensure_person("new", "新人", "石油路街道", "cadre", "linjiang-menhu-7")
    with second.app_context(), pytest.raises(Exception, match="append-only"), transaction():
        db.session.execute(text("UPDATE credentials_credit_entries SET hours = 90"))

    last = sums(second)
    exported(second, tmp_path / "two.zip")
    with third.app_context():
        import_all(tmp_path / "two.zip")
        assert not failing()
        account = db.session.scalars(select(OfficialAccount)).all()[0]
        assert unseal(account.sealed_secret, PURPOSE) == "appsecret"
        picture = db.session.scalars(select(DesignPicture)).one()
        assert (picture.data, picture.added_at) == (bytes(range(256)), MOMENT)
        kept = text("SELECT CAST(last_chosen AS TEXT) FROM quizzes_mistakes ORDER BY id LIMIT 2")
        assert db.session.scalars(kept).all() == [JSON, None]
        names = db.session.scalars(select(User.display_name)).all()
        assert ODD in names
    back = sums(third)
    assert {name for name in back if back[name] != last[name]} == {AUDIT}
    assert files(third) == media


def test_every_table_and_column_is_carried(site: NewSite, tmp_path: Path) -> None:
    app = site("sqlite")
    told = exported(app, tmp_path / "all.zip")
    with app.app_context():
        found = inspect(db.engine)
        there = {
            name: {column["name"] for column in found.get_columns(name)}
            for name in found.get_table_names()
            if name != "alembic_version"
        }
        full = {n for n in there if db.session.scalar(text(f"SELECT count(*) FROM {n}"))}  # noqa: S608
    assert there == {name: set(part.columns) for name, part in told.tables.items()}
    assert full <= SEEDED, "a migration puts rows into another table: enter it in SEEDED"
    with zipfile.ZipFile(tmp_path / "all.zip") as zipped:
        assert {f"tables/{name}.jsonl" for name in there} <= set(zipped.namelist())


def broken(file: Path, how: str) -> None:
    whole = file.read_bytes()
    if how == "cut":
        file.write_bytes(whole[: len(whole) * 2 // 3])
        return
    with zipfile.ZipFile(file) as zipped:
        info = zipped.getinfo("tables/account_posts.jsonl" if how == "table" else "manifest.json")
    changed = bytearray(whole)
    changed[info.header_offset + 30 + len(info.filename) + 60] ^= 1
    file.write_bytes(changed)


def rewritten(file: Path, **changes: object) -> None:
    """Give an archive another manifest, sealed as another version of the program would."""
    with zipfile.ZipFile(file) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    said = json.dumps(json.loads(parts["manifest.json"]) | changes).encode()
    parts |= {"manifest.json": said, "manifest.sha256": hashlib.sha256(said).hexdigest().encode()}
    with zipfile.ZipFile(file, "w") as zipped:
        for name, data in parts.items():
            zipped.writestr(name, data)


REFUSED = {
    "cut": "不完整",
    "table": "被改动过",
    "manifest": "被改动过",
    "revision": "数据库版本不同：文件来自 0001",
    "format": "别的版本",
    "fingerprint": "核对不一致：表 account_users",
    "key": "核对没有通过.*证书：有 1 张",
    "secret": "SECRET_KEY 和原来的不同",
    "rows": "已经有数据了.表 account_users 有 1 行",
    "media": "不是空的",
    "running": "先停止",
}


def spoil(file: Path, told: Manifest, why: str) -> None:
    """Make an archive into what must be refused."""
    if why in {"cut", "table", "manifest"}:
        broken(file, why)
    elif why == "revision":
        rewritten(file, revision="0001")
    elif why == "format":
        rewritten(file, format=2)
    elif why == "fingerprint":
        parts = {name: asdict(part) for name, part in told.tables.items()}
        parts["account_users"]["fingerprint"] = "0" * 64
        rewritten(file, tables=parts)
    elif why == "key":
        with zipfile.ZipFile(file) as zipped:
            held = {name: zipped.read(name) for name in zipped.namelist()}
        del held["keys/credential_keys.json"]
        with zipfile.ZipFile(file, "w") as zipped:
            for name, data in held.items():
                zipped.writestr(name, data)
        sums_told = {k: v for k, v in told.sha256.items() if k != "keys/credential_keys.json"}
        rewritten(file, sha256=sums_told)


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_fit_changes_nothing(site: NewSite, tmp_path: Path, why: str) -> None:
    source, file = site("sqlite"), tmp_path / "moved.zip"
    holder = Cast(source, "linjiang-menhu-7").id("cadre")
    with source.app_context():
        put("video/1/poster.webp")
        with transaction():
            award_certificate(holder, "王小明", "加装电梯", 1, "course:1:user:1")
    spoil(file, exported(source, file), why)
    target = site("sqlite", **({"SECRET_KEY": "o" * 64} if why == "secret" else {}))
    if why == "rows":
        Cast(target, "linjiang-menhu-7").id("pro")
    with target.app_context():
        if why == "media":
            put("video/9/poster.webp")
        if why == "running":
            beat()
    folder = target.extensions["settings"].data_dir
    before, there = sums(target), files(target)
    keys = {
        f: f.read_bytes() for f in folder.iterdir() if f.suffix in {"", ".json"} and f.is_file()
    }
    with target.app_context(), pytest.raises(Refusal, match=REFUSED[why]):
        import_all(file)
    assert (sums(target), files(target)) == (before, there)
    assert {f: f.read_bytes() for f in keys} == keys


def put(key: str) -> None:
    draft = storage().private_dir() / "file"
    draft.write_bytes(b"some bytes")
    storage().commit_file(draft, key)


def test_an_export_sees_one_moment(either_app: Flask) -> None:
    """What is committed while tables are being written out is not half in the archive."""
    cast = Cast(either_app, "linjiang-menhu-7")
    cast.id("cadre")
    users, trail = (db.metadata.tables[name] for name in ("account_users", AUDIT))
    with either_app.app_context(), one_moment() as connection:
        before = fingerprint_of(connection, trail)
        cast.id("pro")
        assert fingerprint_of(connection, users).rows == 1
        assert fingerprint_of(connection, trail) == before


def test_the_commands_say_what_they_did(site: NewSite, tmp_path: Path) -> None:
    source, target, file = site("sqlite"), site("sqlite"), tmp_path / "all.zip"
    Cast(source, "linjiang-menhu-7").id("cadre")
    assert source.test_cli_runner().invoke(args=["export", str(file)]).exit_code == 2
    done = source.test_cli_runner().invoke(args=["export", "--all", str(file)])
    assert (done.exit_code, "像保管钥匙一样保管" in done.output) == (0, True), done.output
    done = target.test_cli_runner().invoke(args=["import", str(file)])
    assert done.exit_code == 0, done.output
    assert "逐表核对一致" in done.output
    assert "index rebuilt" in done.output
    again = target.test_cli_runner().invoke(args=["import", str(file)])
    assert (again.exit_code, "已经有数据了" in again.output) == (1, True)

"""Takes everything out of an archive into an empty installation: all of it or nothing.

The rows come in within one transaction and are read back from it; only when each table has the
fingerprint it had, and what could be proven at the source can be proven here, it is committed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flask import current_app
from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from sanshi_lms.admin.moving.archive import BROKEN, Archive, Manifest, opened
from sanshi_lms.admin.moving.exporting import SETTINGS
from sanshi_lms.admin.moving.guards import at_rest
from sanshi_lms.admin.moving.reading import AT_ONCE, fingerprint_of, tables
from sanshi_lms.admin.moving.refusing import refuse_unless_fit
from sanshi_lms.admin.moving.values import Carrier, carried
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.durable import replace_private
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.proofs import failing
from sanshi_lms.core.registers import registers
from sanshi_lms.core.settings import KEY_FILES, SECRET_FILE, Settings, settings
from sanshi_lms.core.shared import carried_marks
from sanshi_lms.core.storage import storage

WITNESS = "audit_seal.json"
LEFT_SETTINGS = "settings-before-the-move.env"
_FILES = (SECRET_FILE, *KEY_FILES, WITNESS, LEFT_SETTINGS)
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Arrived:
    """What came in; `doubts` is what did not hold at the source either, `env` the old settings."""

    manifest: Manifest
    media: int
    doubts: dict[str, str]
    env: Path | None


def import_all(file: Path) -> Arrived:
    """Fill an empty installation. Raises Refusal, and then nothing is changed."""
    with opened(file) as archive:
        return _take(archive)


def _take(archive: Archive) -> Arrived:
    manifest = archive.manifest
    with _files_back_on_failure(settings()) as placed, transaction():
        connection = db.session.connection()
        refuse_unless_fit(connection, archive)
        with at_rest(connection, tables()):
            for table in reversed(tables()):
                connection.execute(table.delete())  # what the migrations put in comes anew
            for table in tables():
                _fill(connection, archive, table)
            for table in tables():
                _compare(connection, manifest, table)
        _take_keys(archive)
        doubts = failing()
        _refuse_new(doubts, manifest.proofs)
        for name in archive.names("media/"):
            _take_media(archive, name, placed)
        env = _leave_settings(archive)
        carried_marks(connection)
    with transaction():
        rows = sum(part.rows for part in manifest.tables.values())
        after = {"made": manifest.made, "rows": rows, "media": len(placed)}
        note("moving.import", "system:moving", after=after)
    return Arrived(manifest, len(placed), doubts, env)


def _fill(connection: Connection, archive: Archive, table: Table) -> None:
    statement = insert(carried(table, connection.dialect.name))
    carrier = Carrier(table)
    name = f"tables/{table.name}.jsonl"
    try:
        batch: list[dict[str, object]] = []
        size = 0
        for line in archive.lines(name):
            batch.append(carrier.row(line))
            size += len(line)
            if len(batch) >= AT_ONCE or size > _MOST_BYTES:
                connection.execute(statement, batch)
                batch, size = [], 0
        if batch:
            connection.execute(statement, batch)
    except DBAPIError as error:
        raise Refusal(
            f"表 {table.name} 里有数据放不进这个数据库：{str(error.orig).splitlines()[0]}。"
            "没有改动任何数据。请在原系统改正后重新导出。"
        ) from error
    except (ValueError, TypeError) as error:
        raise Refusal(BROKEN.format(what=name)) from error
    _go_on_counting(connection, archive.manifest.tables[table.name].last, table)


def _go_on_counting(connection: Connection, last: int | None, table: Table) -> None:
    """Let PostgreSQL give the next row a number that no row ever had."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    largest = connection.scalar(select(func.max(column)))
    if largest is None and last is None:
        return
    query = text("SELECT setval(pg_get_serial_sequence(:table, :column)::regclass, :last)")
    values = {"table": table.name, "column": column.name, "last": max(largest or 1, last or 1)}
    connection.execute(query, values)


def _compare(connection: Connection, manifest: Manifest, table: Table) -> None:
    part, found = manifest.tables[table.name], fingerprint_of(connection, table)
    if (found.rows, str(found)) != (part.rows, part.fingerprint):
        raise Refusal(
            f"导入后核对不一致：表 {table.name} 应有 {part.rows} 行，现有 {found.rows} 行"
            "，或内容不同。没有改动任何数据，请联系开发人员。"
        )


def _refuse_new(doubts: dict[str, str], known: dict[str, str]) -> None:
    fresh = [name for name in doubts if name not in known]
    if fresh:
        told = "；".join(f"{registers().proofs[name].label}：{doubts[name]}" for name in fresh)
        raise Refusal(f"导入后核对没有通过（{told}）。没有改动任何数据，请联系开发人员。")


def _take_keys(archive: Archive) -> None:
    """Put keys in their place; this process goes on with the secret of the archive."""
    chosen = settings()
    for name in archive.names("keys/"):
        data = b"".join(archive.pieces(name))
        replace_private(chosen.keys_dir / name.removeprefix("keys/"), data)
        if name == f"keys/{SECRET_FILE}":
            fresh = replace(chosen, secret_key=data.decode())
            current_app.extensions["settings"] = fresh
    (chosen.data_dir / WITNESS).unlink(missing_ok=True)  # it speaks of a chain that is gone


def _take_media(archive: Archive, name: str, placed: list[str]) -> None:
    key = name.removeprefix("media/")
    private = storage().private_dir()
    try:
        with (private / "file").open("wb") as out:
            for piece in archive.pieces(name):
                out.write(piece)
        storage().commit_file(private / "file", key)
        placed.append(key)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _leave_settings(archive: Archive) -> Path | None:
    said = b"".join(archive.pieces(SETTINGS))
    if not said:
        return None
    place = settings().data_dir / LEFT_SETTINGS
    replace_private(place, said)
    return place


@contextmanager
def _files_back_on_failure(before: Settings) -> Iterator[list[str]]:
    """Yield the list of media keys that were placed; undo what lies outside the database."""
    placed: list[str] = []
    files = [folder / name for name in _FILES for folder in (before.data_dir, before.keys_dir)]
    kept = {file: file.read_bytes() if file.is_file() else None for file in files}
    try:
        yield placed
    except BaseException:
        current_app.extensions["settings"] = before
        for key in placed:
            with suppress(OSError):
                storage().delete(key)
        for file, data in kept.items():
            if data is None:
                file.unlink(missing_ok=True)
            elif not file.is_file() or file.read_bytes() != data:
                replace_private(file, data)
        raise

"""Writes everything into one file, as it stood at one moment, while people go on working."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, text
from sqlalchemy.engine import Connection

from sanshi_lms.admin.moving.archive import Manifest, TablePart, Writer, new_archive
from sanshi_lms.admin.moving.reading import lines_of, one_moment, revision_of, tables
from sanshi_lms.admin.moving.values import Fingerprint
from sanshi_lms.core.db import db
from sanshi_lms.core.proofs import failing
from sanshi_lms.core.settings import KEY_FILES, SECRET_FILE, settings
from sanshi_lms.core.storage import storage

SETTINGS = "settings.env"
_PIECE = 256 * 1024


def export_all(file: Path, at: datetime) -> Manifest:
    """Write the archive and return what it says of itself.

    The database is seen at one moment, and a media file is in place before a row names it: what
    the rows of that moment name is in the archive. What is deleted meanwhile may be missing.
    """
    proofs = failing()
    db.session.rollback()
    with one_moment() as connection:
        made = at.isoformat(timespec="seconds")
        manifest = Manifest(made, revision_of(connection), connection.dialect.name, proofs=proofs)
        with new_archive(file, manifest) as archive:
            for table in tables():
                manifest.tables[table.name] = _put_table(archive, connection, table)
            _put_keys(archive)
            for key in storage().all_keys(settings().built_dir):
                _put_media(archive, key)
    return manifest


def _put_table(archive: Writer, connection: Connection, table: Table) -> TablePart:
    seen = Fingerprint()

    def pieces() -> Iterator[bytes]:
        gathered: list[bytes] = []
        size = 0
        for line in lines_of(connection, table):
            seen.add(line)
            gathered += (line, b"\n")
            size += len(line)
            if size > _PIECE:
                yield b"".join(gathered)
                gathered, size = [], 0
        yield b"".join(gathered)

    archive.put(f"tables/{table.name}.jsonl", pieces(), packed=True)
    names = [column.name for column in table.columns]
    return TablePart(names, seen.rows, str(seen), last_number(connection, table))


def last_number(connection: Connection, table: Table) -> int | None:
    """Return the last number that PostgreSQL gave a row of this table; None elsewhere."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return None
    query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass)")
    last = connection.scalar(query, {"table": table.name, "column": column.name})
    return None if last is None else int(last)


def _put_keys(archive: Writer) -> None:
    """Put the secret in that is in use, wherever it is set, and the files of keys beside it."""
    chosen = settings()
    archive.put(f"keys/{SECRET_FILE}", [chosen.secret_key.encode()])
    for name in KEY_FILES:
        key = chosen.keys_dir / name
        if key.is_file():
            archive.put(f"keys/{name}", [key.read_bytes()])
    said = "".join(f"{name}={value}\n" for name, value in chosen.given if name != "SECRET_KEY")
    archive.put(SETTINGS, [said.encode()])


def _put_media(archive: Writer, key: str) -> None:
    try:
        size = storage().size(key)
        pieces = storage().read(key, 0, size) if size else iter(())
        first = next(pieces, b"")
    except FileNotFoundError:
        return  # deleted since it was listed
    archive.put(f"media/{key}", (piece for part in ([first], pieces) for piece in part))

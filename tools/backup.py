"""A consistent copy of everything that people gave us: `make backup`, `make restore FROM=…`.

One tar file holds the database (SQLite's backup interface, or pg_dump), the media and the secret
key. It may be made while the system runs: the database is copied first, and a media file is in
place before a row names it. The search index and built lectures are left out, they come again by
themselves. The last entry lists every other with its SHA-256, so a cut file is found out before
anything is replaced.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from sanshi_lms.core.settings import Settings, SettingsError
from tools.bootstrap import in_use
from tools.console import StepError, explain_os_error, give_up, say, step
from tools.environment import ROOT

MANIFEST = "manifest.json"
FORMAT = 1
BUFFER_BYTES = 1024 * 1024
INDEX_SCHEMA = "sanshi_search"
DUMP = ("--format=custom", f"--exclude-schema={INDEX_SCHEMA}")
KEY_FILES = ("secret_key", "credential_keys.json", "pdf_signer.p12")
"""Without these, sessions end, seals break and no certificate can be checked any more."""


class HashingReader(io.BufferedIOBase):
    """Passes a file on and remembers the hash of what went by, so a file is read once."""

    def __init__(self, source: io.BufferedIOBase) -> None:
        self.source = source
        self.total = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = self.source.read(size)
        self.total.update(chunk)
        return chunk


def back_up(settings: Settings, folder: Path) -> Path:
    """Write a backup into ``folder`` and return its path; mode 0600, for it holds the key.

    Raises:
        StepError: the database cannot be copied.
        OSError: the disk is full or closed to us; no half-written backup stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    final = folder / f"{stamp}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        work = Path(name)
        database = copy_database(settings, work)
        partial = work / "backup.tar"
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                sums = {database.name: add(tar, database, database.name)}
                for name in KEY_FILES:
                    key = settings.data_dir / name
                    if key.is_file():
                        sums[name] = add(tar, key, name)
                for file in media_files(settings):
                    entry = f"media/{file.relative_to(settings.media_dir).as_posix()}"
                    try:
                        sums[entry] = add(tar, file, entry)
                    except FileNotFoundError:
                        continue  # deleted since the listing; the database copy is older
                add_manifest(tar, sums)
            out.flush()
            os.fsync(out.fileno())
        partial.rename(final)
    return final


def copy_database(settings: Settings, work: Path) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target = work / "database.sqlite"
        source = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        except sqlite3.Error as error:
            raise StepError(f"数据库无法复制 the database cannot be copied: {error}") from error
        finally:
            copy.close()
            source.close()
        return target
    target = work / "database.pgdump"
    postgres("pg_dump", settings, *DUMP, "--no-owner", f"--file={target}")
    return target


def postgres(program: str, settings: Settings, *arguments: str) -> None:
    url = make_url(settings.database_url).set(drivername="postgresql")
    password = url.password
    env = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    where = url.set(password=None).render_as_string()
    if shutil.which(program) is None:
        raise StepError(f"找不到 {program}，请安装 PostgreSQL 客户端。Install PostgreSQL's client.")
    done = subprocess.run(
        [program, *arguments, f"--dbname={where}"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StepError(f"{program}: {done.stderr.strip()}")


def drop_index(settings: Settings) -> None:
    """Drop the search index of the replaced database."""
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {INDEX_SCHEMA} CASCADE"))
    finally:
        engine.dispose()


def media_files(settings: Settings) -> Iterator[Path]:
    """Every stored file; not what is half uploaded, can be built again, or lies in a bucket too."""
    copies = settings.media_dir / ".cache"
    for here, folders, files in os.walk(settings.media_dir):
        at = Path(here)
        if at == settings.media_dir:
            folders[:] = [f for f in folders if not f.startswith(".")]
        folders[:] = sorted(f for f in folders if at / f != settings.built_dir)
        twin = copies / at.relative_to(settings.media_dir)
        yield from (at / file for file in sorted(files) if not (twin / file).exists())


def add(tar: tarfile.TarFile, file: Path, name: str) -> str:
    with file.open("rb") as source:
        info = tar.gettarinfo(arcname=name, fileobj=source)
        reader = HashingReader(source)
        tar.addfile(info, reader)
        return reader.total.hexdigest()


def add_manifest(tar: tarfile.TarFile, sums: dict[str, str]) -> None:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"format": FORMAT, "made": made, "sha256": sums}, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))


def restore(settings: Settings, archive: Path) -> Path:
    """Put a backup in the place of what is there; return the folder that keeps the latter.

    The system must be stopped. Everything is unpacked and checked before anything is replaced.

    Raises:
        StepError: the file is not a whole backup, or does not fit the configured database.
    """
    old = settings.data_dir / f"before-restore-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"
    with (
        in_use(settings.data_dir),
        tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restoring-") as name,
    ):
        fresh = Path(name)
        unpack(archive, fresh)
        sqlite = make_url(settings.database_url).get_backend_name() == "sqlite"
        if not (fresh / ("database.sqlite" if sqlite else "database.pgdump")).is_file():
            raise StepError(
                "备份中的数据库类型与 DATABASE_URL 不同。"
                "The backup is of another kind of database than DATABASE_URL names."
            )
        old.mkdir()
        if sqlite:
            replace_sqlite(settings, fresh, old)
        else:
            postgres("pg_dump", settings, *DUMP, f"--file={old / 'database.pgdump'}")
            restoring = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
            postgres("pg_restore", settings, *restoring, str(fresh / "database.pgdump"))
            drop_index(settings)
        replace_media(settings, fresh, old)
        for name in KEY_FILES:
            if (fresh / name).is_file():
                swap(fresh / name, settings.data_dir / name, old / name)
        # The index and the queue belong to the replaced database; both come again by themselves.
        shutil.rmtree(settings.index_dir, ignore_errors=True)
        for left in settings.data_dir.glob("queue.db*"):
            left.unlink()
        shutil.rmtree(settings.data_dir / ".stamps", ignore_errors=True)
    return old


def unpack(archive: Path, folder: Path) -> None:
    """Unpack regular files with harmless names only, and compare every one with its sum."""
    found: dict[str, str] = {}
    manifest: dict[str, str] | None = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                parts = PurePosixPath(member.name).parts
                if source is None or ".." in parts or member.name.startswith("/"):
                    raise StepError(f"不是本系统的备份 not a backup of ours: {member.name}")
                if member.name == MANIFEST:
                    manifest = json.load(source)["sha256"]
                    continue
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                reader = HashingReader(source)  # type: ignore[arg-type]  # typeshed says IO[bytes]
                with target.open("wb") as out:
                    shutil.copyfileobj(reader, out, BUFFER_BYTES)
                found[member.name] = reader.total.hexdigest()
    except (tarfile.TarError, ValueError, KeyError) as error:
        raise StepError(f"备份文件损坏 the backup is damaged: {error}") from error
    if manifest is None or manifest != found:
        raise StepError("备份文件不完整，没有改动任何数据。The backup is cut; nothing was changed.")


def replace_sqlite(settings: Settings, fresh: Path, old: Path) -> None:
    database = Path(str(make_url(settings.database_url).database))
    for ending in ("-wal", "-shm"):  # they belong to the old file and must not meet the new one
        beside = database.with_name(database.name + ending)
        if beside.exists():
            beside.rename(old / beside.name)
    swap(fresh / "database.sqlite", database, old / database.name)


def replace_media(settings: Settings, fresh: Path, old: Path) -> None:
    (old / "media").mkdir()
    (fresh / "media").mkdir(exist_ok=True)
    for place in list(settings.media_dir.iterdir()):
        if place != settings.built_dir and not place.name.startswith("."):
            shutil.move(place, old / "media" / place.name)
    for part in (fresh / "media").iterdir():
        shutil.move(part, settings.media_dir / part.name)


def swap(new: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.rename(aside)
    shutil.move(new, place)
    place.chmod(0o600)


def run(verb: str, archive: Path | None) -> None:
    settings = Settings.from_env()
    if verb == "backup":
        with step("备份 backup"):
            made = back_up(settings, ROOT / "backups")
        say(f"  → {made}（{made.stat().st_size / 1e6:.1f} MB）")
        return
    if archive is None or not archive.is_file():
        raise StepError("请写明备份文件：make restore FROM=backups/….tar。Name the backup file.")
    with step("恢复 restore"):
        kept = restore(settings, archive)
    say(f"  → 原有数据保留在 what was there before is kept in {kept}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.backup")
    parser.add_argument("verb", choices=["backup", "restore"])
    parser.add_argument("archive", nargs="?", type=Path)
    chosen = parser.parse_args()
    try:
        run(chosen.verb, chosen.archive)
    except (StepError, SettingsError) as error:
        return give_up(str(error))
    except OSError as error:
        return give_up(explain_os_error(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A consistent copy of everything that people gave us: `make backup`, `make restore FROM=…`.

One tar file holds the database (SQLite's backup interface, or pg_dump), the media, the keys and
what the environment set. It may be made while the system runs: the database is copied first, and a
media file is in place before a row names it. The search index and built lectures are left out, they
come again by themselves. The last entry lists every other with its SHA-256, so a cut file is found
out before anything is replaced, and each table with its rows and a sum over them, for `make drill`.

An increment (`INCREMENT=1`) leaves out media that an earlier backup beside it holds already, and
names that one: it needs it to be restored. `KEEP=7` removes what is older than the last seven and
needed by none of them.
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
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from sanshi_lms.core.durable import replace_private
from sanshi_lms.core.last_backup import remember
from sanshi_lms.core.settings import KEY_FILES as KEYS
from sanshi_lms.core.settings import SECRET_FILE, Settings, SettingsError
from tools.bootstrap import in_use
from tools.console import StepError, explain_os_error, give_up, say, step
from tools.environment import ROOT
from tools.fingerprints import Sums, postgres_sums, sqlite_sums

MANIFEST = "manifest.json"
FORMAT = 2
BUFFER_BYTES = 1024 * 1024
INDEX_SCHEMA = "sanshi_search"
DUMP = ("--format=custom", f"--exclude-schema={INDEX_SCHEMA}")
KEY_FILES = (SECRET_FILE, *KEYS)
"""Without these, sessions end, seals break and no certificate can be checked any more."""
SETTINGS = "settings.env"
LEFT_SETTINGS = "settings-of-the-backup.env"


@dataclass
class Manifest:
    """What a backup says of itself.

    `sha256`: the entries of this very file. `media`: each media file with size, time of change,
    sum and the backup that holds its bytes. `tables`: rows and a sum over them.
    """

    made: str
    format: int = FORMAT
    sha256: dict[str, str] = field(default_factory=dict)
    media: dict[str, tuple[int, int, str, str]] = field(default_factory=dict)
    tables: Sums = field(default_factory=dict)

    def needs(self, own: str) -> set[str]:
        """The other backups that hold media of this one."""
        return {where for *_, where in self.media.values()} - {own}


class HashingReader(io.BufferedIOBase):
    """Passes a file on and remembers the hash of what went by, so a file is read once."""

    def __init__(self, source: io.BufferedIOBase) -> None:
        self.source = source
        self.total = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = self.source.read(size)
        self.total.update(chunk)
        return chunk


def back_up(settings: Settings, folder: Path, *, increment: bool = False, keep: int = 0) -> Path:
    """Write a backup into ``folder`` and return its path; mode 0600, for it holds the key.

    Raises:
        StepError: the database cannot be copied.
        OSError: the disk is full or closed to us; no half-written backup stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = newest_manifest(folder).media if increment else {}
    now = datetime.now(UTC)
    final = free_name(folder, now.strftime("%Y%m%d-%H%M%S"))
    manifest = Manifest(now.isoformat(timespec="seconds"))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        work = Path(name)
        database, manifest.tables = copy_database(settings, work)
        partial = work / "backup.tar"
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                manifest.sha256[database.name] = add(tar, database, database.name)
                for key_name in KEY_FILES:
                    key = settings.keys_dir / key_name
                    if key.is_file():
                        manifest.sha256[key_name] = add(tar, key, key_name)
                given = "".join(f"{key}={value}\n" for key, value in settings.given).encode()
                manifest.sha256[SETTINGS] = hashlib.sha256(given).hexdigest()
                add_text(tar, SETTINGS, given)
                add_media(tar, settings, manifest, known, final.name)
                add_text(tar, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
            out.flush()
            os.fsync(out.fileno())
        partial.rename(final)
    remember(settings.data_dir, final, now)
    if keep:
        rotate(folder, keep)
    return final


def free_name(folder: Path, stamp: str) -> Path:
    """Two backups within a second must not be one."""
    names = (folder / f"{stamp}{ending}.tar" for ending in ("", *(f"-{n}" for n in range(1, 100))))
    return next(name for name in names if not name.exists())


def add_media(
    tar: tarfile.TarFile,
    settings: Settings,
    manifest: Manifest,
    known: Mapping[str, tuple[int, int, str, str]],
    own: str,
) -> None:
    for file in media_files(settings):
        entry = f"media/{file.relative_to(settings.media_dir).as_posix()}"
        try:
            state = file.stat()
            before = known.get(entry)
            if before and (before[0], before[1]) == (state.st_size, state.st_mtime_ns):
                manifest.media[entry] = before
                continue
            total = manifest.sha256[entry] = add(tar, file, entry)
            manifest.media[entry] = (state.st_size, state.st_mtime_ns, total, own)
        except FileNotFoundError:
            continue  # deleted since the listing; the database copy is older


def backups_in(folder: Path) -> list[Path]:
    """All backups, the oldest first."""
    return sorted(folder.glob("[0-9]*.tar"), key=lambda file: (file.stat().st_mtime_ns, file.name))


def newest_manifest(folder: Path) -> Manifest:
    """What the newest backup says; an empty one when there is none that can be built upon."""
    for file in reversed(backups_in(folder)):
        try:
            return manifest_of(file)
        except StepError:
            say(f"    ! {file.name} 读不出，跳过 cannot be read and is passed over")
    return Manifest("")


def manifest_of(archive: Path) -> Manifest:
    """Read only what a backup says of itself.

    Raises:
        StepError: it says nothing, so it is no whole backup.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            source = tar.extractfile(MANIFEST)
            return read_manifest(source.read() if source else b"")
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise StepError(f"备份文件损坏 the backup is damaged: {archive.name}: {error}") from error


def read_manifest(said: bytes) -> Manifest:
    told = json.loads(said)
    media = {name: (m[0], m[1], m[2], m[3]) for name, m in told.get("media", {}).items()}
    tables = {name: (t[0], t[1]) for name, t in told.get("tables", {}).items()}
    return Manifest(told["made"], int(told["format"]), dict(told["sha256"]), media, tables)


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the last ``keep`` backups and those that they need. Returns what went."""
    found = backups_in(folder)
    staying = found[-keep:]
    try:
        needed = {name for file in staying for name in manifest_of(file).needs(file.name)}
    except StepError as error:
        say(f"    ! 没有清理旧备份 nothing was removed: {error}")
        return []
    going = [file for file in found[:-keep] if file.name not in needed]
    for file in going:
        file.unlink()
    return going


def copy_database(settings: Settings, work: Path) -> tuple[Path, Sums]:
    """Copy the database as it is at one moment; return the copy and its tables' sums."""
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
        return target, sqlite_sums(target)
    target = work / "database.pgdump"
    try:
        with closing(psycopg.connect(plain(settings.database_url))) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            moment = connection.execute("SELECT pg_export_snapshot()").fetchall()[0][0]
            asked = (*DUMP, "--no-owner", f"--snapshot={moment}", f"--file={target}")
            postgres("pg_dump", settings, *asked)
            return target, postgres_sums(connection)
    except psycopg.Error as error:
        raise StepError(f"数据库无法复制 the database cannot be copied: {error}") from error


def plain(database_url: str) -> str:
    """The address as PostgreSQL's own programs spell it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


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


def add_text(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text)
    info.mode = 0o600
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
                swap(fresh / name, settings.keys_dir / name, old / name)
        if (fresh / SETTINGS).is_file():
            replace_private(settings.data_dir / LEFT_SETTINGS, (fresh / SETTINGS).read_bytes())
        # The index and the queue belong to the replaced database; both come again by themselves.
        shutil.rmtree(settings.index_dir, ignore_errors=True)
        for left in settings.data_dir.glob("queue.db*"):
            left.unlink()
        shutil.rmtree(settings.data_dir / ".stamps", ignore_errors=True)
    return old


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack a backup and the media that it left in earlier ones, and compare each with its sum.

    Raises:
        StepError: something is damaged, cut or missing; the sentence names it.
    """
    manifest = unpack_own(archive, folder)
    for needed in sorted(manifest.needs(archive.name)):
        wanted = {e: m[2] for e, m in manifest.media.items() if m[3] == needed}
        base = archive.with_name(needed)
        if not base.is_file():
            raise StepError(
                f"这是增量备份，还需要 {needed}：请把它放到同一个文件夹里再恢复，没有改动任何数据。"
                f"This is an increment: put {needed} beside it. Nothing was changed."
            )
        unpack_wanted(base, folder, wanted)
    return manifest


def unpack_own(archive: Path, folder: Path) -> Manifest:
    """Unpack regular files with harmless names only, and compare every one with its sum."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                if source is None or not harmless(member.name):
                    raise StepError(f"不是本系统的备份 not a backup of ours: {member.name}")
                if member.name == MANIFEST:
                    manifest = read_manifest(source.read())
                    continue
                found[member.name] = unpack_one(source, folder / member.name)
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise StepError(f"备份文件损坏 the backup is damaged: {error}") from error
    if manifest is None or manifest.sha256 != found or not all(map(harmless, manifest.media)):
        raise StepError("备份文件不完整，没有改动任何数据。The backup is cut; nothing was changed.")
    return manifest


def unpack_wanted(base: Path, folder: Path, wanted: Mapping[str, str]) -> None:
    """Take some media out of an earlier backup."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(base, "r:") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.name in wanted else None
                if source is not None:
                    found[member.name] = unpack_one(source, folder / member.name)
    except tarfile.TarError as error:
        raise StepError(f"备份文件损坏 the backup is damaged: {base.name}: {error}") from error
    if found != wanted:
        raise StepError(
            f"{base.name} 不完整，没有改动任何数据。{base.name} is damaged; nothing was changed."
        )


def harmless(name: str) -> bool:
    return ".." not in PurePosixPath(name).parts and not name.startswith("/")


def unpack_one(source: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = HashingReader(source)  # type: ignore[arg-type]  # typeshed says IO[bytes]
    with target.open("wb") as out:
        shutil.copyfileobj(reader, out, BUFFER_BYTES)
    return reader.total.hexdigest()


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


def run(chosen: argparse.Namespace) -> None:
    settings = Settings.from_env()
    if chosen.verb == "backup":
        with step("备份 backup"):
            made = back_up(settings, ROOT / "backups", increment=chosen.increment, keep=chosen.keep)
        say(f"  → {made}（{made.stat().st_size / 1e6:.1f} MB）")
        needed = manifest_of(made).needs(made.name)
        if needed:
            say(f"  → 增量，恢复时还需要 an increment, it also needs: {', '.join(sorted(needed))}")
        return
    if chosen.archive is None or not chosen.archive.is_file():
        raise StepError("请写明备份文件：make restore FROM=backups/….tar。Name the backup file.")
    with step("恢复 restore"):
        kept = restore(settings, chosen.archive)
    say(f"  → 原有数据保留在 what was there before is kept in {kept}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.backup")
    parser.add_argument("verb", choices=["backup", "restore"])
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--increment", action="store_true", help="leave out what is kept already")
    parser.add_argument("--keep", type=int, default=0, help="how many backups stay; 0: all")
    chosen = parser.parse_args()
    try:
        run(chosen)
    except (StepError, SettingsError) as error:
        return give_up(str(error))
    except OSError as error:
        return give_up(explain_os_error(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())

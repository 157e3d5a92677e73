"""Restores a backup for a trial, apart from everything in use: `make drill`, `make drill FROM=…`.

Everything is unpacked into a folder of its own; a dump of PostgreSQL goes into a database that is
made for it and dropped again. Each file must have its sum, each table its rows and theirs. Nothing
that is in use is touched, so it may be done while the system runs.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from sanshi_lms.core.last_backup import remember_drill
from sanshi_lms.core.settings import KEY_FILES, SECRET_FILE, Settings, SettingsError
from tools.backup import Manifest, backups_in, plain, postgres, unpack
from tools.console import StepError, explain_os_error, give_up, say, step
from tools.environment import ROOT
from tools.fingerprints import Sums, postgres_sums, sqlite_faults, sqlite_sums


@dataclass(frozen=True)
class Drilled:
    """What was found whole."""

    tables: int
    rows: int
    media: int


def drill(settings: Settings, archive: Path) -> Drilled:
    """Restore a backup for a trial and compare.

    Raises:
        StepError: it would not come back whole; the sentence says what is missing.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".drill-") as name:
        folder = Path(name)
        manifest = unpack(archive, folder)
        if not manifest.tables:
            raise StepError(
                "这是旧版本的备份，没有可比对的数字。请先做一次新的备份。An old backup."
            )
        found = restored_sums(settings, folder)
        compare(manifest, found)
        if not (folder / SECRET_FILE).is_file() and "SECRET_KEY" not in dict(settings.given):
            raise StepError("备份里没有密钥文件 secret_key。The backup holds no secret key.")
        if not (folder / KEY_FILES[0]).is_file():
            raise StepError(f"备份里没有证书密钥 {KEY_FILES[0]}。The backup holds no signing keys.")
    remember_drill(settings.data_dir, datetime.now(UTC))
    return Drilled(len(found), sum(rows for rows, _ in found.values()), len(manifest.media))


def restored_sums(settings: Settings, folder: Path) -> Sums:
    if (folder / "database.sqlite").is_file():
        faults = sqlite_faults(folder / "database.sqlite")
        if faults:
            raise StepError(f"恢复出来的数据库有问题 the restored database is faulty: {faults[0]}")
        return sqlite_sums(folder / "database.sqlite")
    with trial_database(settings) as url:
        trial = replace(settings, database_url=url)
        postgres("pg_restore", trial, "--no-owner", str(folder / "database.pgdump"))
        with closing(psycopg.connect(plain(url))) as connection:
            return postgres_sums(connection)


@contextmanager
def trial_database(settings: Settings) -> Iterator[str]:
    """Make a database on the same server and drop it again."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "postgresql":
        raise StepError(
            "这是 PostgreSQL 的备份，演练时要设置 DATABASE_URL。"
            "This backup is of PostgreSQL: set DATABASE_URL for the drill."
        )
    name = f"{(url.database or 'sanshi')[:40]}_drill_{secrets.token_hex(4)}"
    try:
        with psycopg.connect(plain(settings.database_url), autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise StepError(
            "数据库账号没有新建数据库的权限，演练不了：请让数据库管理员授予 CREATEDB。"
            "The drill needs a database of its own: grant CREATEDB."
        ) from error
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain(settings.database_url), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def compare(manifest: Manifest, found: Sums) -> None:
    for name in sorted(manifest.tables.keys() | found.keys()):
        rows, told = found.get(name, (0, "")), manifest.tables.get(name, (0, ""))
        if rows != told:
            raise StepError(
                f"表 {name} 恢复后不一致：备份时 {told[0]} 行，恢复后 {rows[0]} 行，或内容不同。"
                f"Table {name} does not come back as it was."
            )


def newest() -> Path:
    found = backups_in(ROOT / "backups") if (ROOT / "backups").is_dir() else []
    if not found:
        raise StepError("还没有备份，请先运行 make backup。There is no backup yet.")
    return found[-1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.drill")
    parser.add_argument("verb", choices=["drill"])
    parser.add_argument("archive", nargs="?", type=Path)
    chosen = parser.parse_args()
    try:
        archive = chosen.archive or newest()
        with step(f"恢复演练 drill {archive.name}"):
            found = drill(Settings.from_env(), archive)
    except (StepError, SettingsError) as error:
        return give_up(str(error))
    except OSError as error:
        return give_up(explain_os_error(error))
    told = f"{found.tables} 张表 {found.rows} 行，{found.media} 个媒体文件"
    say(f"  → 能完整恢复 it comes back whole: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

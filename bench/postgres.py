"""A PostgreSQL of the measurement's own, as durable as one in use: fsync and synchronous_commit."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.installation import free_port
from tools.testing import find_postgres


@contextmanager
def running_postgres() -> Iterator[str | None]:
    """Give the URL of an empty database, None where PostgreSQL is not installed."""
    programs = find_postgres()
    if programs is None:
        yield None
        return
    # PostgreSQL refuses to run as root, and must reach its folder.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="bench-postgres-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o711)
        if account is not None:
            os.chown(home, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
        data = Path(home) / "data"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home}
        init = [programs / "initdb", "-D", data, "--auth=trust", "--username=bench"]
        subprocess.run([*init, "--encoding=UTF8"], check=True, **quiet, **who)  # type: ignore[call-overload]
        port = free_port()
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", home],
            **quiet, **who,
        )  # type: ignore[call-overload]  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while not (data / "postmaster.pid").exists() or not _ready(programs, home, port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("PostgreSQL did not start")
                time.sleep(0.1)
            yield f"postgresql+psycopg://bench@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)


def _ready(programs: Path, home: str, port: int) -> bool:
    asked = [str(programs / "pg_isready"), "-q", "-h", home, "-p", str(port)]
    return subprocess.run(asked, check=False).returncode == 0

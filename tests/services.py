"""Private PostgreSQL and Redis servers for tests, on free loopback ports.

Use the fixtures `postgres_url` (an empty database of its own for each test) and `redis_url` (an
empty Redis database). The servers start when the first test asks, are shared by all xdist workers
and are stopped by the process that started pytest. `make test` installs what they need.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis

from tools.testing import find_postgres, find_redis

SHARED = "SANSHI_TEST_SERVICES"  # folder that the workers share; its owner removes it
START_SECONDS = 60.0
STARTED: list[subprocess.Popen[bytes]] = []  # held on purpose: they outlive the test


def missing_component(name: str) -> None:
    """Skip the test that needs a component, or fail where everything must be there (CI)."""
    reason = f"{name} is not on this machine; `make test` installs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and SHARED not in os.environ:
        # /tmp by name: a server that runs as another user must be able to reach its folder.
        folder = Path(tempfile.mkdtemp(prefix="sanshi-services-", dir="/tmp"))
        folder.chmod(0o711)
        os.environ[SHARED] = str(folder)
        config.add_cleanup(lambda: stop_all(folder))


def stop_all(folder: Path) -> None:
    os.environ.pop(SHARED, None)
    for note in folder.glob("*.json"):
        pid = int(json.loads(note.read_text())["pid"])
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients that forgot to leave.
        for number in (signal.SIGINT, signal.SIGKILL):
            try:
                os.killpg(pid, number)
                wait_until(partial(gone, pid), 10.0)
                break
            except (ProcessLookupError, TimeoutError):
                continue
    shutil.rmtree(folder, ignore_errors=True)


def gone(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # ours when no worker stood between
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def shared_server(name: str, start: Callable[[Path], tuple[subprocess.Popen[bytes], str]]) -> str:
    """Return the URL of the one server of this name, starting it if no worker has yet."""
    folder = Path(os.environ[SHARED])
    note = folder / f"{name}.json"
    with locked(folder / f"{name}.lock"):
        if not note.exists():
            server, url = start(folder)
            STARTED.append(server)
            note.write_text(json.dumps({"pid": server.pid, "url": url}))
        return str(json.loads(note.read_text())["url"])


def start_postgres(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    programs = find_postgres()
    if programs is None:
        missing_component("PostgreSQL")
        raise AssertionError
    home = folder / "postgres"
    home.mkdir()
    account = postgres_account()
    if account is not None:
        os.chown(home, account.pw_uid, account.pw_gid)

    def launch(*argv: str | Path, log: Path) -> subprocess.Popen[bytes]:
        # PostgreSQL refuses to run as root.
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in argv],
                cwd=home,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

    log = folder / "postgres.log"
    data = home / "data"
    options = ("--auth=trust", "--username=sanshi", "--encoding=UTF8", "--no-sync")
    if launch(programs / "initdb", "-D", data, *options, log=log).wait() != 0:
        raise RuntimeError(f"initdb failed:\n{log.read_text()}")
    port = free_port()
    server = launch(
        programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", home,
        "-c", "fsync=off", "-c", "max_connections=200", log=log,
    )  # fmt: skip
    url = f"postgresql://sanshi@127.0.0.1:{port}/postgres"

    def ready() -> bool:
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended:\n{log.read_text()}")
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_until(ready, START_SECONDS)
    return server, url


def postgres_account() -> pwd.struct_passwd | None:
    """Whom the server runs as: this account, unless it is root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("root cannot run PostgreSQL and found no other account")


def start_redis(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    program = find_redis()
    if program is None:
        missing_component("Redis")
        raise AssertionError
    home = folder / "redis"
    home.mkdir()
    port = free_port()
    with (folder / "redis.log").open("ab") as output:
        server = subprocess.Popen(
            [
                str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home),
                "--save", "", "--databases", "64", "--daemonize", "no",
            ],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )  # fmt: skip
    url = f"redis://127.0.0.1:{port}"

    def ready() -> bool:
        if server.poll() is not None:
            raise RuntimeError(f"Redis ended:\n{(folder / 'redis.log').read_text()}")
        with redis.Redis.from_url(url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    wait_until(ready, START_SECONDS)
    return server, url


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """URL of the server's own database, for a test that creates databases itself."""
    return shared_server("postgres", start_postgres)


@contextmanager
def _new_database(server_url: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
    base = server_url.removeprefix("postgresql://").removesuffix("/postgres")
    yield f"postgresql+psycopg://{base}/{name}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def new_postgres(postgres_server: str) -> Callable[[], AbstractContextManager[str]]:
    """Make an empty database; it yields its URL in SQLAlchemy's spelling and is dropped then."""
    return partial(_new_database, postgres_server)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty database, dropped afterwards, in SQLAlchemy's spelling."""
    with _new_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> str:
    """URL of the server without a database number."""
    return shared_server("redis", start_redis)


@pytest.fixture
def redis_url(redis_server: str) -> Iterator[str]:
    """URL of an empty Redis database that no other worker uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{redis_server}/{int(worker) % 64}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    yield url
    with redis.Redis.from_url(url) as client:
        client.flushdb()

"""An installation of its own for measurements: demo content in a scratch folder, real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import ROOT
from tools.serve import Address, first_page, web_command, worker_command

PASSWORD = "bench-Password-1"  # noqa: S105 - of an installation that lives for minutes


@dataclass
class Installation:
    """A data folder with its database, and the environment of its processes."""

    folder: Path
    address: Address
    database: str = ""  # a URL; empty means SQLite in the folder

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "HOST": self.address.host,
            "PORT": str(self.address.port),
            "DEMO_PASSWORD": PASSWORD,
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": self.database,
            "REDIS_URL": "",
        }

    def flask(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT,
            env=self.env,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    @contextmanager
    def running(self, *, worker: bool) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Start the web server, and the worker if asked, until the block is left."""
        commands: list[Sequence[str | Path]] = [web_command(Path(sys.executable), self.address)]
        if worker:
            commands.append(worker_command(Path(sys.executable)))
        processes = [
            subprocess.Popen([str(p) for p in command], cwd=ROOT, env=self.env)
            for command in commands
        ]
        try:
            while first_page(self.address) is None:
                if any(p.poll() is not None for p in processes):
                    raise RuntimeError("a process ended at once")
                time.sleep(0.05)
            yield processes
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def empty_installation(folder: Path, database: str = "") -> Installation:
    """A folder and a free port, nothing in it yet."""
    return Installation(folder, Address("127.0.0.1", free_port()), database)


def install(folder: Path) -> Installation:
    """Migrate and load the demo, as `make run` does at its first start."""
    made = empty_installation(folder)
    made.flask("db", "upgrade")
    made.flask("demo", "load")
    return made

"""Resident memory of web server and worker together, when nobody asks anything of them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from bench import Figure, scratch
from bench.installation import install
from bench.processes import memory_of

SETTLE_SECONDS = 5.0
LONGEST_WORK_SECONDS = 1800.0


def run(quick: bool) -> list[Figure]:
    """Start both, open a page, let the worker finish the demo's jobs, then add up what they hold.

    The sum is of proportional set sizes: a page of memory that two processes share counts once.
    ``quick`` measures beside whatever the worker is still doing.
    """
    with scratch("memory") as folder:
        installation = install(folder)
        with installation.running(worker=True) as (web, worker):
            if not quick:
                wait_until_idle(folder / "sanshi.db")
            time.sleep(SETTLE_SECONDS)
            held = {"web": memory_of(web.pid), "worker": memory_of(worker.pid)}
    total = sum(pss for pss, _ in held.values())
    state = "beside running jobs" if quick else "idle"
    return [
        Figure(f"web and worker, {state} (PSS)", total, "MB", at_most=None if quick else 350),
        *(Figure(f"{name} (PSS)", pss, "MB") for name, (pss, _) in held.items()),
        *(Figure(f"{name} (RSS)", rss, "MB") for name, (_, rss) in held.items()),
    ]


def wait_until_idle(database: Path) -> None:
    deadline = time.monotonic() + LONGEST_WORK_SECONDS
    while time.monotonic() < deadline:
        connection = sqlite3.connect(database, timeout=10)
        waiting = "SELECT count(*) FROM core_jobs WHERE state IN ('pending', 'leased')"
        (count,) = connection.execute(waiting).fetchone()
        connection.close()
        if not count:
            return
        time.sleep(2.0)
    raise RuntimeError("the worker was not idle after half an hour")

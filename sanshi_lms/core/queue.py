"""Waking workers: Huey on SQLite by default, on Redis when REDIS_URL is set.

A wake-up carries a name and nothing else; what there is to do stands in the database. A wake-up
that is lost costs two seconds at most: the worker's ticker asks each waker whether work is due.
"""

import logging
import os
import secrets
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey

from sanshi_lms.core import heartbeat, metrics, tracing
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import Settings

TICK_SECONDS = 2.0
WORKER_THREADS = 4
_log = logging.getLogger(__name__)
_stop = threading.Event()


@dataclass
class _Waker:
    """Drains one kind of work; two drains of the same kind never run at once in a process."""

    run: Callable[[], None]
    due: Callable[[], bool]
    busy: threading.Lock = field(default_factory=threading.Lock)


_wakers: dict[str, _Waker] = {}


def on_wake(name: str, *, run: Callable[[], None], due: Callable[[], bool]) -> None:
    """Call `run` in a worker when `name` is woken; `due` tells the ticker whether there is work."""
    _wakers[name] = _Waker(run, due)


def wake(name: str) -> None:
    """Ask a worker to look at `name` now. Never raises: the ticker makes up for a lost call."""
    try:
        current_app.extensions["wake_task"](name)
    except Exception:
        _log.exception("could not wake %s; the worker finds it by itself", name)


def stopping() -> bool:
    """Tell whether this worker was asked to stop."""
    return _stop.is_set()


def setup(app: Flask, chosen: Settings) -> None:
    """Connect to the queue."""
    huey = _connect(chosen)
    app.extensions["huey"] = huey

    @huey.task(name="wake")  # type: ignore[untyped-decorator]  # huey ships no types
    def run_waker(name: str) -> None:
        with app.app_context():
            _run(name)

    app.extensions["wake_task"] = run_waker


def queue_length() -> int:
    """Return how many wake-ups wait; raises when the queue cannot be reached."""
    return int(current_app.extensions["huey"].pending_count())


def work(app: Flask) -> None:
    """Run the worker in this process until SIGINT or SIGTERM."""
    metrics.begin(app)
    tracing.begin(app, "worker")
    consumer = app.extensions["huey"].create_consumer(
        workers=WORKER_THREADS, periodic=False, initial_delay=0.05, max_delay=0.5, backoff=1.3
    )
    consumer.start()
    # Only now: Huey puts handlers of its own in place when it starts, which nobody here reads.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: _stop.set())
    _log.info("worker ready")
    with app.app_context():
        heartbeat.beat()
    while not _stop.wait(TICK_SECONDS):
        with app.app_context():
            heartbeat.beat()
            _tick()
    with app.app_context():
        heartbeat.stop()
    consumer.stop(graceful=False)
    _wait_for_drains(seconds=2.5)
    _log.info("worker stopped")


def lease_token() -> str:
    """Return a fresh token that names this process: host, pid, its start and a random part."""
    pid = os.getpid()
    return f"{socket.gethostname()}/{pid}/{_started(pid)}/{secrets.token_hex(8)}"


def holder_is_dead(token: str) -> bool:
    """Tell whether the process that made `token` ran on this machine and is gone."""
    parts = token.split("/")
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


def _started(pid: int) -> str:
    """Return the start time of `pid` in clock ticks; pids are reused, the pair is not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return "gone"
    return fields[19]


def _connect(chosen: Settings) -> Huey:
    if chosen.redis_url:
        # A server that is gone must not keep whoever has just saved something waiting.
        options = {"socket_connect_timeout": 2, "socket_timeout": 5}
        pool = redis.ConnectionPool.from_url(chosen.redis_url, **options)
        return RedisHuey("sanshi", connection_pool=pool, results=False)
    path = chosen.data_dir / "queue.db"
    try:
        return SqliteHuey("sanshi", filename=str(path), results=False)
    except sqlite3.DatabaseError:
        # It holds nothing but wake-ups: a damaged one is put aside, and nothing is lost.
        _log.exception("the queue is damaged and begins anew")
        for part in chosen.data_dir.glob("queue.db*"):
            part.rename(part.with_name(f"damaged-{part.name}"))
        return SqliteHuey("sanshi", filename=str(path), results=False)


def _run(name: str) -> None:
    waker = _wakers.get(name)
    if waker is None or not waker.busy.acquire(blocking=False):
        return
    try:
        waker.run()
    finally:
        waker.busy.release()
        db.session.remove()


def _tick() -> None:
    for name, waker in _wakers.items():
        try:
            if not waker.busy.locked() and waker.due():
                wake(name)
        except Exception:
            _log.exception("could not tell whether %s is due", name)
        finally:
            db.session.remove()


def _wait_for_drains(seconds: float) -> None:
    """Give drains a moment to leave their jobs; the rest dies with us and is taken up again."""
    deadline = time.monotonic() + seconds
    for waker in _wakers.values():
        if waker.busy.acquire(timeout=max(0.0, deadline - time.monotonic())):
            waker.busy.release()


def reset_for_tests() -> Any:
    """Forget a stop that an earlier test asked for."""
    _stop.clear()

"""Delivery: HLS segments of half a megabyte a second, by the application alone and through nginx.

32 connections ask for segments in turn; a segment is four seconds of 1 Mbit/s. The load comes from
this process and shares the machine, so the CPU that the servers used for each segment says more
than the rate does.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bench import Figure, percentile, scratch
from bench.installation import Installation, empty_installation
from bench.processes import cpu_seconds_of
from bench.visitors import CONCURRENCY, Visitor, press
from sanshi_lms import create_app
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.access import media_url
from sanshi_lms.video.models import Video
from tools.nginx import begin_nginx, sample
from tools.testing import find_nginx

SEGMENTS = 64
SEGMENT_BYTES = 500_000
KEY = "video/1/bench-1"


def run(quick: bool) -> list[Figure]:
    """Press for 15 s each, or 3 s when quick; nginx only where it is installed."""
    seconds = 3.0 if quick else 15.0
    with scratch("delivery") as folder:
        installation = empty_installation(folder / "data")
        installation.flask("db", "upgrade")
        address = furnish(installation)
        with installation.running(worker=False) as (web,):
            found = measure("application", installation.address.port, address, seconds, [web.pid])
        program = find_nginx()
        if program is not None:
            with through_nginx(program, installation, folder) as (port, pids):
                found += measure("nginx", port, address, seconds, pids)
        return found


def measure(name: str, port: int, address: str, seconds: float, servers: list[int]) -> list[Figure]:
    visitors = [Visitor("127.0.0.1", port) for _ in range(CONCURRENCY)]
    turn = count()

    def once(visitor: Visitor) -> int:
        status, content = visitor.ask("GET", address.format(next(turn) % SEGMENTS))
        return status if len(content) == SEGMENT_BYTES else 0

    press(visitors, once, 1.0)
    before, began = sum(map(cpu_seconds_of, servers)), time.perf_counter()
    waits = press(visitors, once, seconds)
    took = time.perf_counter() - began
    used = sum(map(cpu_seconds_of, servers)) - before
    return [
        Figure(f"segments through {name}", len(waits) / took, "1/s"),
        Figure(f"segments through {name}, p95", percentile(waits, 95) * 1000, "ms"),
        Figure(f"segments through {name}, CPU for one", used / len(waits) * 1000, "ms"),
    ]


@contextmanager
def through_nginx(
    program: Path, installation: Installation, folder: Path
) -> Iterator[tuple[int, list[int]]]:
    """Run the application behind nginx; yield nginx's port and the processes to count."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    os.environ.update(X_ACCEL="/_media/", PROXIES="1")
    try:
        with installation.running(worker=False) as (web,):
            servers = sample(port, installation.address.port, media_of(installation))
            nginx = begin_nginx(program, folder / "nginx", servers)
            try:
                wait_for(lambda: Visitor("127.0.0.1", port).ask("GET", "/robots.txt")[0] == 200)
                yield port, [web.pid, nginx.pid]
            finally:
                nginx.terminate()
                nginx.wait(30)
    finally:
        for name in ("X_ACCEL", "PROXIES"):
            del os.environ[name]


def wait_for(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if ready():
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("nginx does not answer")


def media_of(installation: Installation) -> Path:
    return Settings.from_env(installation.env).media_dir


def furnish(installation: Installation) -> str:
    """Put segments of noise in place; return their address with a gap for the number."""
    app = create_app(Settings.from_env(installation.env))
    with app.app_context():
        folder = storage().private_dir() / "made"
        (folder / "360p").mkdir(parents=True)
        for number in range(SEGMENTS):
            (folder / f"360p/{number}.m4s").write_bytes(os.urandom(SEGMENT_BYTES))
        storage().commit_dir(folder, KEY)
        with transaction() as session:
            moment = datetime.now(UTC)
            video = Video(title="测量", source_name="a.mp4", source_key="video/originals/a")
            video.source_size, video.created_at, video.made_at = 1, moment, moment
            video.media_key, video.seconds = KEY, 4.0 * SEGMENTS
            session.add(video)
            session.flush()
            with app.test_request_context():
                address = media_url(video, "360p/{}.m4s")
        db.engine.dispose()
    return address.replace("%7B%7D", "{}")

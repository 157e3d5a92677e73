"""People who watch at once: reports of watching, durable before they are answered, and pages.

Each engine with a real granian on this machine: SQLite with synchronous=FULL, PostgreSQL with fsync
and synchronous_commit. The people are rows, cookies and tokens of the installation itself, so that
each report is a different person's, as in life. The load comes from this process, so both share
the machine (how much of it the crowd takes, and how late it is itself, is told); a bare Flask
endpoint that does nothing, asked in the same way, is the yardstick. CPU a request is what compares
where a machine has other work: user and system time of the web server's processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from bench import ROOT, Figure, percentile, scratch
from bench.crowd import Request, Waits, allow_lines, arrive, press, request
from bench.installation import Installation, empty_installation
from bench.pages import LESSON_PATH, REPORTS, load_lesson
from bench.postgres import running_postgres
from bench.processes import cpu_seconds_of
from sanshi_lms.account import User
from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson
from sanshi_lms.learning import tokens
from tools.serve import Address, first_page, web_command

CONCURRENCIES = (32, 128)
REPORT_EVERY = 15.0
PAGE_EVERY = 60.0
AIM = 10_000
CROWDS = (1_000, 3_000, 6_000, AIM)
LENGTH_MS = 8 * 3_600_000
P99_MS = 250.0
PAGE_CPU_MS = 6.0


@dataclass
class Watcher:
    """What one person's browser knows."""

    cookie: str
    session: str
    sequence: int = 0


class Crowd:
    """Everybody's next request, one person after the other."""

    def __init__(self, watchers: list[Watcher], host: str) -> None:
        self.watchers, self.host, self.turn = watchers, host, 0

    def next(self) -> Watcher:
        self.turn = (self.turn + 1) % len(self.watchers)
        return self.watchers[self.turn]

    def report(self) -> Request:
        """Fifteen more seconds, as a player sends them."""
        one = self.next()
        one.sequence += 1
        start = one.sequence * REPORT_EVERY
        body = {
            "session": one.session,
            "sequence": one.sequence,
            "stretches": [[start - REPORT_EVERY, start]],
            "position": start,
            "rate": 1,
            "age": 0.01,
        }
        sent = request("POST", REPORTS, self.host, one.cookie, json.dumps(body).encode())
        return sent, "report"

    def page(self) -> Request:
        return request("GET", LESSON_PATH, self.host, self.next().cookie), "page"


def run(quick: bool) -> list[Figure]:
    """Press for 12 s each, or 3 s when quick."""
    seconds = 3.0 if quick else 12.0
    allow_lines(AIM)
    with scratch("watch") as folder:
        bare = measure_bare(folder, seconds)
        found = [figure for figures in bare.values() for figure in figures]
        found += measure_engine("SQLite", folder / "sqlite", "", seconds, bare)
        with running_postgres() as url:
            if url is not None:
                found += measure_engine("PostgreSQL", folder / "postgres", url, seconds, bare)
    return found


def measure_bare(folder: Path, seconds: float) -> dict[int, list[Figure]]:
    """Return answers per second and CPU of an endpoint that does nothing, by concurrency."""
    address = empty_installation(folder).address
    command = [str(part) for part in web_command(Path(sys.executable), address)]
    command[-1] = "bench.bare:app"
    sent = request("POST", "/", address.host, "", b"{}")
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            wait_for(address)
            found = {}
            for many in CONCURRENCIES:
                before = cpu_seconds_of(server.pid)
                waits = press(address.port, lambda: (sent, "bare"), many, seconds)
                used = cpu_seconds_of(server.pid) - before
                name = f"bare Flask, {many} at once"
                found[many] = [
                    Figure(name, rate(waits, "bare", seconds), "1/s"),
                    Figure(f"{name}: CPU", used / len(waits.checked()["bare"]) * 1000, "ms"),
                ]
            return found
        finally:
            server.terminate()


def measure_engine(
    engine: str, folder: Path, database: str, seconds: float, bare: dict[int, list[Figure]]
) -> list[Figure]:
    installation = empty_installation(folder / "data", database)
    crowd = Crowd(furnish(installation, folder), installation.address.host)
    with serving(installation) as server:
        port = installation.address.port
        press(port, crowd.report, 8, 1.0)
        press(port, crowd.page, 8, 1.0)
        found = []
        for many in CONCURRENCIES:
            name = f"{engine}: reports, {many} at once"
            waits, cpu = pressed(port, crowd.report, "report", many, seconds, server)
            quick, cheap = bare[many]
            found += [
                Figure(name, rate(waits, "report", seconds), "1/s"),
                Figure(f"{name}: part of bare Flask", found_rate(waits, seconds, quick), "×"),
                *times(name, waits.checked()["report"]),
                Figure(f"{name}: CPU", cpu, "ms"),
                Figure(f"{name}: CPU ÷ bare Flask", cpu / cheap.value, "×"),
            ]
        waits, cpu = pressed(port, crowd.page, "page", 8, seconds / 2, server)
        found.append(Figure(f"{engine}: lesson page: CPU", cpu, "ms", at_most=PAGE_CPU_MS))
        return found + crowds(engine, crowd, port, seconds, server)


def pressed(
    port: int, make: Callable[[], Request], name: str, many: int, seconds: float, server: int
) -> tuple[Waits, float]:
    """Return the waits, and the CPU milliseconds of the web server a request."""
    before = cpu_seconds_of(server)
    waits = press(port, make, many, seconds)
    return waits, (cpu_seconds_of(server) - before) / len(waits.checked()[name]) * 1000


def crowds(engine: str, crowd: Crowd, port: int, seconds: float, server: int) -> list[Figure]:
    """Let ever more people watch, each on a line of their own, until it takes too long."""
    found, held = [], 0
    for people in CROWDS:
        coming = [(crowd.report, people / REPORT_EVERY), (crowd.page, people / PAGE_EVERY)]
        waits, before = arrive(port, coming, seconds, people, lambda: cpu_seconds_of(server))
        used = cpu_seconds_of(server) - before
        answered = waits.checked()
        slowest = max(percentile(answered[name], 99) for name in ("report", "page")) * 1000
        name = f"{engine}: {people} people watch"
        count = sum(map(len, answered.values()))
        found += [
            *(Figure(f"{name}: {what} p99", percentile(answered[what], 99) * 1000, "ms")
              for what in ("report", "page")),
            Figure(f"{name}: CPU a request", used / count * 1000, "ms"),
            Figure(f"{name}: cores of the web server", used / seconds, "×"),
            Figure(f"{name}: cores of the crowd", waits.own_cpu / seconds, "×"),
            Figure(f"{name}: sent late, p99", percentile(waits.late, 99) * 1000, "ms"),
        ]  # fmt: skip
        if slowest > P99_MS:
            break
        held = people
    return [*found, Figure(f"{engine}: people, p99 < 250 ms", held, "", at_least=AIM)]


def found_rate(waits: Waits, seconds: float, bare: Figure) -> float:
    return rate(waits, "report", seconds) / bare.value


def rate(waits: Waits, name: str, seconds: float) -> float:
    return len(waits.checked()[name]) / seconds


def times(name: str, waits: list[float]) -> list[Figure]:
    return [Figure(f"{name}: p{n}", percentile(waits, n) * 1000, "ms") for n in (50, 99)]


@contextmanager
def serving(installation: Installation) -> Iterator[int]:
    with installation.running(worker=False) as (web,):
        yield web.pid


def wait_for(address: Address) -> None:
    deadline = time.monotonic() + 30
    while first_page(address) is None:
        if time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.05)


def furnish(installation: Installation, folder: Path) -> list[Watcher]:
    """Load a lecture that plays, and people with their cookies and open pages."""
    app = load_lesson(installation, folder)
    with app.app_context():
        people = [f"watcher-{number}" for number in range(AIM)]
        with transaction() as session:
            session.execute(insert(User), [person(name) for name in people])
        rows = db.session.execute(
            select(User.id, User.session_mark).where(User.username.like("watcher-%"))
        ).all()
        with transaction() as session:
            session.execute(insert(SignIn), [device(user_id, mark) for user_id, mark in rows])
        lesson_id = db.session.scalars(select(Lesson.id).where(Lesson.slug == "yi")).one()
        watchers = [watcher(app, user_id, mark, lesson_id) for user_id, mark in rows]
        db.session.remove()
        db.engine.dispose()
    return watchers


def person(name: str) -> dict[str, object]:
    return {
        "username": name, "display_name": "王小明", "organisation": "示范社区", "role": "cadre",
        "password_hash": "", "session_mark": "bench", "active": True, "elder_edition": False,
        "created_at": now(), "post": "",
    }  # fmt: skip


def device(user_id: int, mark: str) -> dict[str, object]:
    return {
        "user_id": user_id, "key": mark, "mark": mark, "device": "手机", "address": "未知",
        "began_at": now(), "seen_at": now(),
    }  # fmt: skip


def watcher(app: Flask, user_id: int, mark: str, lesson_id: int) -> Watcher:
    """A page that was opened two hours ago: all that it reports may earn."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"_user_id": f"{user_id}:{mark}", "_fresh": True})
    with app.test_request_context():
        opened = tokens.clock_ms() - 2 * 3_600_000
        return Watcher(cookie, tokens.issue(user_id, lesson_id, LENGTH_MS, opened))

"""Several hosts for real: two web hosts and two workers on one PostgreSQL, Redis and bucket.

Each is a host of its own (bench/network.py), nginx as in deploy/ stands before the two websites.
People report what they watch, hand in, sign in and search, programs hand in jobs, all at their own
pace. One after the other: a web host is cut off, a worker is killed in the middle of its job,
Redis is restarted, PostgreSQL is restarted, a worker is cut off. Afterwards the database is asked:
is everything there that was acknowledged, each once, and was each job done once? p99 counts as back
when ten seconds of acts are under twice what they were before, or under 500 ms.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import ROOT, Figure, percentile, scratch
from bench.hosts_app import TABLE
from bench.hosts_load import Act, Load
from bench.hosts_people import furnish
from bench.hosts_services import Services, answers
from bench.network import HUB, Host, network, possible, stop
from tools.nginx import before, begin_nginx
from tools.testing import find_nginx

RATES = {
    "report": 10.0, "search": 2.0, "hand_in": 0.5, "sign_in": 0.25, "job": 1.0, "long_job": 0.1,
}  # fmt: skip
ENOUGH_MS = 500.0
WINDOW = 10.0
BACK_SECONDS = 30.0
WEB_PORT, FRONT_PORT = 5000, 8080
NAMES = ("services", "web1", "web2", "worker1", "worker2")


@dataclass(frozen=True)
class Trouble:
    """Something that happens, from `began` on; `mended` is when the cause was gone."""

    name: str
    began: float
    mended: float


class Town:
    """The hosts with what runs on them."""

    def __init__(self, hosts: dict[str, Host], folder: Path) -> None:
        self.hosts, self.folder = hosts, folder
        self.services = Services(hosts["services"], folder / "services")
        self.secret = secrets.token_hex(32)
        self.workers: dict[str, list[object]] = {}

    def env(self, name: str) -> dict[str, str]:
        data = self.folder / name
        data.mkdir(exist_ok=True)
        return {
            **os.environ, **self.services.settings(), "DATA_DIR": str(data), "PROXIES": "1",
            "SECRET_KEY": self.secret, "WEB_PROCESSES": "1", "LOG_LEVEL": "WARNING",
            "DEMO_PASSWORD": "",
        }  # fmt: skip

    def start_web(self, name: str) -> None:
        command = [sys.executable, "-m", "tools.web", "0.0.0.0", WEB_PORT, "bench.hosts_web:app"]  # noqa: S104
        self._start(name, command)

    def start_worker(self, name: str) -> None:
        self._start(name, [sys.executable, "-m", "flask", "--app", "bench.hosts_app", "worker"])

    def _start(self, name: str, command: list[object]) -> None:
        words = [str(word) for word in command]
        self.hosts[name].start(words, self.env(name), self.folder / f"{name}.log", cwd=ROOT)

    def front(self) -> None:
        """Put nginx before the two websites."""
        program = find_nginx()
        if program is None:
            raise RuntimeError("nginx is missing: make test installs it")
        webs = [f"{self.hosts[name].address}:{WEB_PORT}" for name in ("web1", "web2")]
        listen = f"{HUB}:{FRONT_PORT}"
        media = self.folder / "media"
        media.mkdir()
        self.nginx = begin_nginx(program, self.folder / "nginx", before(listen, webs, media))

    def busy_with_long_job(self, url: str) -> str | None:
        """Return the worker that is in the middle of a long job."""
        ask = "SELECT split_part(lease_token, '/', 1) FROM core_jobs WHERE kind = 'bench.long' AND state = 'leased' AND started_at < now() - interval '2 s'"  # noqa: E501
        with psycopg.connect(url) as line:
            found = line.execute(ask.encode()).fetchone()
        return str(found[0]) if found else None


def run(quick: bool) -> list[Figure]:
    """Watch each trouble for 45 s, or 20 s when quick."""
    if not possible():
        print("hosts: needs Linux, root, ip, unshare, nsenter and setpriv", file=sys.stderr)
        return []
    with scratch("hosts") as folder, network(NAMES) as hosts:
        folder.chmod(0o711)
        town = Town(hosts, folder)
        town.services.begin()
        people, items = furnish(town.env("hub"), 400)
        with psycopg.connect(town.services.database_url, autocommit=True) as line:
            line.execute(TABLE.encode())
        for name in ("web1", "web2"):
            town.start_web(name)
        for name in ("worker1", "worker2"):
            town.start_worker(name)
        town.front()
        try:
            front = f"http://{HUB}:{FRONT_PORT}/healthz"
            _wait(lambda: answers(front), 60)
            load = Load((HUB, FRONT_PORT), people, items)
            load.begin(RATES)
            try:
                troubles = story(town, 20.0 if quick else 45.0)
            finally:
                load.end()
            return told(load, troubles) + checked(load, town)
        finally:
            stop(town.nginx, 5.0)


def story(town: Town, calm: float) -> list[Trouble]:
    """Let one thing after the other happen; return when."""
    url = town.services.database_url
    found = [Trouble("nothing yet", time.monotonic(), time.monotonic() + 15)]
    time.sleep(15)

    def happen(name: str, act: Callable[[], None], mend: Callable[[], None], after: float) -> None:
        began = time.monotonic()
        act()
        if after:
            time.sleep(after)
        mend()
        found.append(Trouble(name, began, time.monotonic()))
        print(f"  {name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
        time.sleep(calm)

    def nothing() -> None:
        pass

    web2, worker2 = town.hosts["web2"], town.hosts["worker2"]
    happen("a web host is cut off for 30 s", web2.cut, web2.mend, 30.0)
    _wait(lambda: town.busy_with_long_job(url) is not None, 60)
    victim = town.busy_with_long_job(url) or "worker1"
    killed = town.hosts[victim].running[-1]
    happen("a worker is killed in mid-job", killed.kill, nothing, 0.0)
    happen("Redis is restarted", town.services.restart_redis, nothing, 0.0)
    happen("PostgreSQL is restarted", town.services.restart_postgres, nothing, 0.0)
    town.start_worker(victim)
    happen("a worker is cut off for 30 s", worker2.cut, worker2.mend, 30.0)
    return found


def told(load: Load, troubles: list[Trouble]) -> list[Figure]:
    """Return the waits around each trouble."""
    pages = [act for act in load.acts if act.wait is not None]
    calm = troubles[0]
    usual = [a.wait for a in pages if calm.began + 2 <= a.due < calm.mended if a.wait is not None]
    normal = percentile(usual, 99)
    found = [Figure("before: p99", normal * 1000, "ms"), Figure("acts", len(load.acts), "")]
    limit = max(2 * normal, ENOUGH_MS / 1000)
    for trouble in troubles[1:]:
        worst = max(a.wait or 0 for a in pages if trouble.began <= a.due < trouble.mended + 15)
        found += [
            Figure(f"{trouble.name}: longest wait", worst, "s"),
            Figure(f"{trouble.name}: p99 is back after", _back(pages, trouble, limit), "s",
                   at_most=BACK_SECONDS),
        ]  # fmt: skip
    return found


def _back(acts: list[Act], trouble: Trouble, limit: float) -> float:
    """Return when the last act was due that kept the p99 of its ten seconds over `limit`."""
    last = trouble.began
    for step in range(int(2 * (trouble.mended - trouble.began + 20))):
        start = trouble.began + step / 2
        inside = [act for act in acts if start <= act.due < start + WINDOW]
        waits = [act.wait for act in inside if act.wait is not None]
        if waits and percentile(waits, 99) > limit:
            last = max(last, *(act.due for act in inside if (act.wait or 0) > limit))
    return last - trouble.began


def checked(load: Load, town: Town) -> list[Figure]:
    """Ask database, bucket and websites whether they have what was acknowledged."""
    url = town.services.database_url
    with psycopg.connect(url) as line:
        _wait(lambda: not _open_jobs(url), 120)
        watched = line.execute("SELECT user_id, seen_ms FROM learning_watch_records").fetchall()
        seen: dict[int, int] = dict(watched)
        sheets = "SELECT id FROM quizzes_attempts WHERE handed_in_at IS NOT NULL"
        handed = {row[0] for row in line.execute(sheets).fetchall()}
        done = Counter(row[0] for row in line.execute("SELECT key FROM bench_done").fetchall())
        failed = line.execute("SELECT count(*) FROM core_jobs WHERE state = 'failed'").fetchone()
    short = over = 0
    for person in load.people:
        acknowledged = len(set(load.has.reports.get(person.user_id, [])))
        has = round(seen.get(person.user_id, 0) / 15_000)
        short += max(0, acknowledged - has)
        over += max(0, has - person.sequence)
    _wait(lambda: done.keys() <= _objects(town), 60, or_not=True)
    objects = _objects(town)
    open_doors = [load._ask("GET", "/account/profile", one)[0] for one in load.has.cookies]  # noqa: SLF001
    lost = sum(act.wait is None for act in load.acts)
    figures = {
        "reports acknowledged": sum(len(set(v)) for v in load.has.reports.values()),
        "sheets acknowledged": len(load.has.handed_in),
        "sign-ins acknowledged": len(load.has.cookies),
        "jobs accepted": len(load.has.jobs),
    }
    nothing = {
        "acts never acknowledged in 90 s": lost,
        "reports acknowledged and not there": short,
        "reports counted more than once": over,
        "sheets acknowledged and not there": len(load.has.handed_in - handed),
        "sign-ins acknowledged that open nothing": sum(s != 200 for s in open_doors),
        "jobs accepted and not done": len(load.has.jobs - done.keys()),
        "jobs done more than once": sum(count > 1 for count in done.values()),
        "jobs done whose object is missing": len(done.keys() - objects),
        "jobs failed": int(failed[0]) if failed else 0,
        "faults of the measurement": len(load.faults),
    }
    for key in sorted(done.keys() - objects)[:5]:
        print(f"  no object of {key}", file=sys.stderr)
    for told in (*load.faults[:3], *(f"{k}: {n}" for k, n in load.statuses.most_common(12))):
        print(f"  {told}", file=sys.stderr)
    return [Figure(name, value, "") for name, value in figures.items()] + [
        Figure(name, value, "", at_most=0) for name, value in nothing.items()
    ]


def _open_jobs(url: str) -> int:
    ask = "SELECT count(*) FROM core_jobs WHERE state IN ('pending', 'leased')"
    ask += " AND kind LIKE 'bench.%'"
    with psycopg.connect(url) as line:
        found = line.execute(ask.encode()).fetchone()
    return int(found[0]) if found else 0


def _objects(town: Town) -> set[str]:
    """What the bucket has; a worker that could not reach it brings over what it owes later."""
    pages = town.services.bucket().get_paginator("list_objects_v2")
    found = pages.paginate(Bucket="weike", Prefix="hosts/bench/")
    return {one["Key"].rpartition("/")[2] for page in found for one in page.get("Contents", ())}


def _wait(true: Callable[[], bool], seconds: float, *, or_not: bool = False) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            if or_not:
                return
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.2)

"""A model day, compressed: a wave of sign-ins, reading, watching, searching, a class that hands in.

Requests come at the rates below whether or not the earlier ones are answered (an open loop), on a
real granian with its worker on this machine; a wait counts from the moment at which a request was
due. The crowd runs beside the server and shares its cores; how much of them it takes is told. Each
person is another row with a cookie and a page of their own. A bare Flask endpoint, asked in the
same minute, is the yardstick for CPU. Memory is the proportional set of web server and worker, read
each minute: a day that grows is found by its slope.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from argon2 import PasswordHasher
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, select

from bench import Figure, percentile, scratch
from bench.crowd import FORM, Request, Waits, allow_lines, arrive, press, request
from bench.installation import PASSWORD, Installation, empty_installation
from bench.pages import LESSON_PATH, load_lesson
from bench.postgres import running_postgres
from bench.processes import cpu_seconds_of, memory_of
from bench.watch import CONCURRENCIES, Crowd, Watcher, device, measure_bare, person, watcher
from sanshi_lms.account import User
from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.quizzes.actions import start_attempt
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.models import PaperVersion

PEOPLE = 3_000
A_CLASS = 500
MINUTE = 60.0
LINES = 300
# Requests per second of each kind, while the day goes its way. Forty reports a second are those of
# 600 people who watch at once, of 2,500 三师 and 1,900 communities nearly one in seven.
USUAL = {
    "home": 1.0, "catalogue": 2.0, "course": 2.0, "lesson": 4.0, "report": 40.0, "search": 2.0,
    "my learning": 1.0, "sign-in": 0.5,
}  # fmt: skip
WAVE = 5.0  # sign-ins per second in the first minutes of the morning
MINUTES, QUICK_MINUTES = 20, 3
WAVE_MINUTES = 2
HAND_IN_EVERY = 5  # minutes; the third of each five
LIMIT_MS = 1_000.0
GROWTH_MB = 15.0
STEPS = (2, 3, 4, 6)
SEARCHES = ("加装电梯", "老旧小区", "城市更新", "业主大会", "防水", "dianti", "无障碍", "停车")
_FORM = {"kind": FORM}


@dataclass
class Day:
    """What the people of a model day send."""

    watching: Crowd
    papers: Iterator[Request]
    sign_ins: Iterator[Request]
    course: str
    searched: int = 0

    def page(self, path: str, name: str) -> Callable[[], Request]:
        """Return what makes the request of a page by the next person."""
        host, crowd = self.watching.host, self.watching
        return lambda: (request("GET", path, host, crowd.next().cookie), name)

    def search(self) -> Request:
        self.searched += 1
        words = quote(SEARCHES[self.searched % len(SEARCHES)])
        one = self.watching.next()
        return request("GET", f"/search/?q={words}", self.watching.host, one.cookie), "search"

    def coming(self, minute: int, times: float = 1.0) -> list[tuple[Callable[[], Request], float]]:
        """Return what comes in a minute, and at which rates."""
        rates = {name: rate * times for name, rate in USUAL.items()}
        if minute < WAVE_MINUTES:
            rates["sign-in"] = WAVE * times
        makes = {
            "home": self.page("/", "home"),
            "catalogue": self.page("/courses/", "catalogue"),
            "course": self.page(self.course, "course"),
            "lesson": self.page(LESSON_PATH, "lesson"),
            "my learning": self.page("/learning/", "my learning"),
            "report": self.watching.report,
            "search": self.search,
            "sign-in": lambda: next(self.sign_ins),
        }
        found = [(makes[name], rate) for name, rate in rates.items()]
        if minute % HAND_IN_EVERY == HAND_IN_EVERY // 2:
            found.append((lambda: next(self.papers), A_CLASS / MINUTE))
        return found


def run(quick: bool) -> list[Figure]:
    """Twenty minutes on SQLite, three when quick; the same on PostgreSQL for a tenth of that."""
    minutes = QUICK_MINUTES if quick else MINUTES
    allow_lines(LINES)
    with scratch("load") as folder:
        found = measure_bare(folder, 5.0)[CONCURRENCIES[0]]
        bare = found[-1].value
        found += measure("SQLite", folder / "sqlite", "", minutes, bare, full=not quick)
        with running_postgres() as url:
            if url is not None:
                found += measure("PostgreSQL", folder / "pg", url, QUICK_MINUTES, bare, full=False)
    return found


def measure(
    engine: str, folder: Path, database: str, minutes: int, bare: float, *, full: bool
) -> list[Figure]:
    installation = empty_installation(folder / "data", database)
    day = furnish(installation, folder, classes=minutes // HAND_IN_EVERY + 1)
    with installation.running(worker=True) as processes:
        port, web = installation.address.port, processes[0].pid
        press(port, day.page("/courses/", "warm"), 8, 2.0)
        whole, memory, used = Waits(), [], 0.0
        for minute in range(minutes):
            # The first minutes fill what is kept in memory; growth is counted from then on.
            memory.append(sum(memory_of(one.pid)[0] for one in processes))
            waits, cpu = one_minute(port, day.coming(minute), web)
            used += cpu
            join(whole, waits)
        memory.append(sum(memory_of(one.pid)[0] for one in processes))
        found = told(engine, whole, used, minutes, bare)
        settled = memory[min(WAVE_MINUTES + 1, len(memory) - 1)]
        growth = memory[-1] - settled
        found += [
            Figure(f"{engine}: web and worker at the end (PSS)", memory[-1], "MB"),
            Figure(
                f"{engine}: growth after minute {WAVE_MINUTES + 1}", growth, "MB",
                at_most=GROWTH_MB if full else None,
            ),
        ]  # fmt: skip
        return [*found, *(steps(engine, port, day, web) if full else [])]


def one_minute(
    port: int, coming: list[tuple[Callable[[], Request], float]], web: int
) -> tuple[Waits, float]:
    """Return the waits of a minute and the CPU seconds that the web server used for it."""
    waits, before = arrive(port, coming, MINUTE, LINES, lambda: cpu_seconds_of(web))
    return waits, cpu_seconds_of(web) - before


def join(whole: Waits, part: Waits) -> None:
    for name, found in part.by_name.items():
        whole.by_name.setdefault(name, []).extend(found)
    whole.late += part.late
    whole.wrong += part.wrong
    whole.own_cpu += part.own_cpu


def told(engine: str, waits: Waits, used: float, minutes: int, bare: float) -> list[Figure]:
    count = sum(map(len, waits.by_name.values()))
    found = [
        Figure(f"{engine}: requests a second", count / (minutes * MINUTE), "1/s"),
        Figure(f"{engine}: errors", len(waits.wrong), "", at_most=0),
        Figure(f"{engine}: CPU a request", used / count * 1000, "ms"),
        Figure(f"{engine}: CPU a request ÷ bare Flask", used / count * 1000 / bare, "×"),
        Figure(f"{engine}: cores of the web server", used / (minutes * MINUTE), "×"),
        Figure(f"{engine}: cores of the crowd", waits.own_cpu / (minutes * MINUTE), "×"),
        Figure(f"{engine}: sent late, p99", percentile(waits.late, 99) * 1000, "ms"),
    ]
    for name, times in sorted(waits.by_name.items()):
        found += [
            Figure(
                f"{engine}: {name}: p{n}", percentile(times, n) * 1000, "ms",
                at_most=LIMIT_MS if n == 99 else None,
            )
            for n in (50, 95, 99)
        ]  # fmt: skip
    if waits.wrong:
        print(f"the first error: {waits.wrong[0]}", file=sys.stderr)
    return found


def steps(engine: str, port: int, day: Day, web: int) -> list[Figure]:
    """Let the usual rates rise until an answer in a hundred takes a second."""
    held, found = 1, []
    for times in STEPS:
        waits, used = one_minute(port, day.coming(WAVE_MINUTES + 2, times), web)
        slowest = max(percentile(one, 99) for one in waits.by_name.values()) * 1000
        found += [
            Figure(f"{engine}: ×{times}: slowest p99", slowest, "ms"),
            Figure(f"{engine}: ×{times}: cores of the web server", used / MINUTE, "×"),
        ]
        if waits.wrong or slowest > LIMIT_MS:
            break
        held = times
    return [*found, Figure(f"{engine}: times the usual rates, p99 < 1 s", held, "×")]


def furnish(installation: Installation, folder: Path, *, classes: int) -> Day:
    """Load the demo, a lecture that plays, and people: signed in, watching, before a paper."""
    app = load_lesson(installation, folder)
    installation.flask("demo", "load")
    with app.app_context():
        names = [f"day-{number}" for number in range(PEOPLE)]
        hashed = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
        with transaction() as session:
            rows = [{**person(name), "password_hash": hashed} for name in names]
            session.execute(insert(User), rows)
        known = select(User.id, User.session_mark).where(User.username.like("day-%"))
        people = db.session.execute(known.order_by(User.id)).all()
        with transaction() as session:
            session.execute(insert(SignIn), [device(user_id, mark) for user_id, mark in people])
        lecture = db.session.scalars(select(Lesson.id).where(Lesson.slug == "yi")).one()
        watchers = [watcher(app, user_id, mark, lecture) for user_id, mark in people]
        host = installation.address.host
        papers = hand_ins(app, [row[0] for row in people[: classes * A_CLASS]], watchers, host)
        slug = db.session.scalars(
            select(Course.slug).where(Course.status == "published").order_by(Course.id)
        ).first()
        crowd = Crowd(watchers, host)
        day = Day(crowd, iter(papers), sign_ins(app, names, host), f"/courses/{slug}")
        db.session.remove()
        db.engine.dispose()
    return day


def hand_ins(app: Flask, user_ids: list[int], watchers: list[Watcher], host: str) -> list[Request]:
    """Return what each of these people sends to hand in a paper of the demo that they began."""
    kept = (
        select(Lesson.target_id)
        .join(Lesson.course)
        .where(Lesson.kind == "quiz", Course.status == "published")
    )
    paper_id = db.session.scalars(kept.order_by(Lesson.id)).first()
    if paper_id is None:
        raise RuntimeError("the demo has no paper")
    found = []
    for start in range(0, len(user_ids), 100):
        with transaction():
            for place, user_id in enumerate(user_ids[start : start + 100], start):
                attempt = start_attempt(paper_id, user_id, now())
                version = db.session.get_one(PaperVersion, attempt.version_id)
                items = FrozenPaper.from_json(version.content).items
                cookie, token = form_cookie(app, watchers[place].cookie)
                fields = [("csrf_token", token), ("then", "anyway")]
                for item in items:
                    fields.append(("shown", str(item.item_id)))
                    if item.options:
                        fields.append((f"item-{item.item_id}", "0"))
                path = f"/quizzes/attempts/{attempt.id}/hand-in"
                body = urlencode(fields).encode()
                found.append((request("POST", path, host, cookie, body, **_FORM), "hand-in"))
    return found


def sign_ins(app: Flask, names: list[str], host: str) -> Iterator[Request]:
    """Yield sign-ins with the password, by one person after the other."""
    cookie, token = form_cookie(app, "")
    while True:
        for name in names:
            fields = {"csrf_token": token, "username": name, "password": PASSWORD}
            body = urlencode(fields).encode()
            yield request("POST", "/account/sign-in", host, cookie, body, **_FORM), "sign-in"


def form_cookie(app: Flask, cookie: str) -> tuple[str, str]:
    """Return a session's cookie with the secret of its forms, and the token that they carry."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    values = dict(signer.loads(cookie)) if cookie else {}
    secret = "0" * 40
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(secret)  # type: ignore[arg-type]
    return signer.dumps({**values, "csrf_token": secret}), str(token)

"""A forger's day: a script instead of a browser, against the real server.

Whatever it sends, what it earns is at most the wall clock times the fastest speed that earns, and
the list of what did not count says why. And the other way round: the server is killed in the middle
of its work, and everything that it acknowledged is there.
"""

import http.client
import json
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.learning import tokens
from sanshi_lms.learning.models import Completion, Uncounted, WatchRecord
from sanshi_lms.learning.rules import WatchRule
from sanshi_lms.learning.stretches import beyond, merge
from tests.browser import running_web
from tests.conftest import settings_in
from tests.people import Cast
from tests.services import free_port
from tools.serve import Address

REPORTS = "/api/v1/learning/reports"
LENGTH = 1_800  # seconds of the lecture
FASTEST = WatchRule().fastest


@pytest.fixture
def chosen_settings(template_database: Path, tmp_path: Path) -> Settings:
    """An installation without any film: a forger looks at none."""
    chosen = settings_in(tmp_path / "data")
    shutil.copyfile(template_database, chosen.data_dir / "sanshi.db")
    return chosen


@pytest.fixture
def lesson(app: Flask) -> int:
    """Id of the one lesson of a published course."""
    moment = now()
    with app.app_context(), transaction():
        course = Course(
            slug="lift", title="加装电梯", topic="城市更新", kind="技能培训",
            credit_hours=Decimal("0.50"), status="published", published_at=moment,
            created_at=moment, updated_at=moment,
        )  # fmt: skip
        db.session.add(course)
        db.session.flush()
        row = Lesson(
            course_id=course.id, position=1, slug="one", title="第一课", kind="video", target_id=5,
            minutes=30, body_md="", required=True, updated_at=moment,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


@pytest.fixture
def server(app: Flask) -> Iterator[Address]:
    """The production web server, on the test's own database."""
    address = Address("127.0.0.1", free_port())
    with running_web(app.extensions["settings"], address):
        yield address


@dataclass
class Script:
    """A person's cookie in the hands of a script; one connection, as fast as it goes."""

    app: Flask
    address: Address
    user_id: int
    lesson: int
    cookie: str
    opened: list[float] = field(default_factory=list)
    line: http.client.HTTPConnection | None = None

    def page(self, ago: float = 0.0) -> str:
        """Return the token of a page that was opened `ago` seconds ago."""
        self.opened.append(time.time() - ago)
        with self.app.test_request_context():
            opened_ms = tokens.clock_ms() - round(ago * 1000)
            return tokens.issue(self.user_id, self.lesson, LENGTH * 1000, opened_ms)

    def post(self, body: bytes | str, path: str = REPORTS) -> tuple[int, dict[str, Any]]:
        """Send `body` as it is; return status and answer."""
        for fresh in (self.line is None, True):
            if fresh:
                self.hang_up()
                self.line = http.client.HTTPConnection(self.address.host, self.address.port)
            assert self.line is not None
            headers = {"Cookie": f"sanshi={self.cookie}", "Content-Type": "application/json"}
            try:
                self.line.request("POST", path, body, headers)
                answer = self.line.getresponse()
                return answer.status, json.loads(answer.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:
                    raise
        raise AssertionError

    def hang_up(self) -> None:
        """Close the connection."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def claim(
        self, page: str, sequence: int, start: float, end: float, **more: float
    ) -> tuple[int, dict[str, Any]]:
        """Say that a stretch was played."""
        said = {"session": page, "sequence": sequence, "stretches": [[start, end]], "position": end}
        return self.post(json.dumps({**said, **more}))

    def earned(self) -> float:
        """Return the seconds that count by now."""
        with self.app.app_context():
            record = db.session.get(WatchRecord, (self.user_id, self.lesson))
            return record.seen_ms / 1000 if record else 0.0

    def reasons(self) -> set[str]:
        """Return why something did not count, as it is listed."""
        with self.app.app_context():
            query = select(Uncounted.reason).where(Uncounted.user_id == self.user_id)
            return set(db.session.scalars(query))

    def bound(self) -> float:
        """Return the most that this person can have earned."""
        return (time.time() - min(self.opened)) * FASTEST

    def got_no_more_than_time(self, *why: str) -> None:
        """Check what the whole day is about."""
        assert self.earned() <= self.bound()
        assert self.earned() <= LENGTH
        assert set(why) <= self.reasons()


Scripts = Callable[[str, Address], Script]


@pytest.fixture
def script(app: Flask, people: Cast, lesson: int) -> Iterator[Scripts]:
    """Return a function that gives the script of one person at a server."""
    made: list[Script] = []

    def of(part: str, address: Address) -> Script:
        cookie = people.client(part).get_cookie("sanshi")
        assert cookie is not None
        made.append(Script(app, address, people.id(part), lesson, cookie.value))
        return made[-1]

    yield of
    for one in made:
        one.hang_up()


def test_a_forgers_day(app: Flask, script: Scripts, server: Address, people: Cast) -> None:
    # The end of the video, once.
    one = script("cadre", server)
    status, answer = one.claim(one.page(), 1, 0, LENGTH)
    assert (status, answer["lesson_complete"], answer["reason"]) == (200, False, "faster_than_time")
    one.got_no_more_than_time("faster_than_time")

    # Five hundred reports in a second, from a page that was opened ten seconds ago.
    two = script("other_cadre", server)
    page = two.page(ago=10)
    statuses = [two.claim(page, n, n, n + 1)[0] for n in range(500)]
    assert statuses.count(429) > 300
    two.got_no_more_than_time()

    # Replayed, reordered and future reports.
    three = script("pro", server)
    page = three.page(ago=60)
    for sequence, start in ((9, 40), (3, 20), (3, 400), (3, 20), (9, 800), (2**31 - 1, 60)):
        status, answer = three.claim(page, sequence, start, start + 20)
        assert status == 200
    assert three.claim(page, 5, 900, 920)[1]["reason"] == "repeated"  # the future is over
    assert three.claim(page, 2**31, 0, 1)[0] == 400
    assert three.claim(page, 2**31 - 1, 0, 1, age=-5)[0] == 400
    three.got_no_more_than_time("repeated")
    assert three.earned() == 60

    # Two tabs and two devices, all playing; then sessions that were hoarded all day.
    four = script("other_pro", server)
    tabs = [four.page(ago=40 - n) for n in range(4)]
    for sequence in range(1, 6):
        for number, tab in enumerate(tabs):
            start = number * 400 + sequence * 20
            four.claim(tab, sequence, start, start + 20)
    four.got_no_more_than_time("superseded", "faster_than_time")
    hoard = [four.page(ago=40) for _ in range(10)]
    for number, tab in enumerate(hoard):
        four.claim(tab, 1, number * 100, number * 100 + 100, age=30)
    four.got_no_more_than_time()

    # Rate 16, said openly and kept silent.
    five = script("resident", server)
    page = five.page(ago=10)
    assert five.claim(page, 1, 0, 160, rate=16)[1]["reason"] == "too_fast"
    assert five.earned() == 0
    assert five.claim(page, 2, 0, 160)[1]["reason"] == "faster_than_time"
    # Intervals beyond the length, and before the beginning.
    assert five.claim(page, 3, LENGTH, LENGTH * 9)[1]["reason"] == "outside"
    assert five.claim(page, 4, -1, 0)[0] == 200
    five.got_no_more_than_time("too_fast", "faster_than_time", "outside")

    # Another person's token, a token changed by hand, and no cookie.
    assert five.claim(one.page(), 1, 0, 1)[0] == 403
    assert five.claim(page[:-2] + "xx", 5, 0, 1)[0] == 400
    cookie = five.cookie
    for five.cookie in ("", cookie[:-3] + "abc"):
        assert five.claim(page, 6, 0, 1)[0] == 401
    five.cookie = cookie

    # Nonsense is refused in a sentence, whatever it is, and never breaks anything.
    before = five.earned()
    for stretches in ("[[0,NaN]]", "[[-1e9,5]]", "[[0,1e999]]", "[[0]]", '"all"', "[[null,1]]"):
        body = f'{{"session":"{page}","sequence":7,"stretches":{stretches},"position":0}}'
        status, answer = five.post(body)
        assert (status, "刷新" in answer["error"]["message"]) == (400, True), stretches
    for rate in ("NaN", "-1", '"16"', "1e9"):
        body = f'{{"session":"{page}","sequence":7,"stretches":[],"position":0,"rate":{rate}}}'
        assert five.post(body)[0] == 400
    assert five.post("[" * 100_000)[0] in {400, 413}
    assert five.post(b"\xff\xfe")[0] == 400
    assert five.post(b'{"session": "' + b"x" * 1_000_000 + b'"}')[0] == 413
    assert five.earned() == before

    # Signed out everywhere: the cookie is worth nothing at once.
    page = one.page()
    client = people.client("cadre")
    changed = {"present": people.password, "password": "xin-mima-2026", "again": "xin-mima-2026"}
    assert client.post("/account/password", data=changed).status_code == 302
    assert one.claim(page, 1, 0, 1)[0] == 401

    # Nobody has completed anything; each can read why.
    with app.app_context():
        assert db.session.scalars(select(Completion)).all() == []
    told = people.client("resident").get("/learning/uncounted").text
    assert "播放得太快" in told
    assert "超过了实际经过的时间" in told
    for_admin = people.client("admin").get("/admin/learning/uncounted?q=张大爷").text
    assert "不在视频里面" in for_admin


@pytest.mark.media
def test_a_server_killed_at_any_moment_has_all_that_it_acknowledged(
    app: Flask, script: Scripts, lesson: int, chosen_settings: Settings
) -> None:
    """kill -9 in the middle of groups, three times: what was acknowledged is in the database."""
    chance = random.Random(20261126)
    parts = ("cadre", "other_cadre", "pro", "other_pro", "resident", "author")
    address = Address("127.0.0.1", free_port())
    known: dict[str, list[tuple[int, int]]] = {part: [] for part in parts}
    scripts = {part: script(part, address) for part in parts}
    for life in range(3):
        with running_web(chosen_settings, address) as web:
            threads = [
                threading.Thread(target=_report, args=(one, known[part], life * 120))
                for part, one in scripts.items()
            ]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.3, 1.2))  # the moment of the blow, nothing is waited for
            os.killpg(web.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    assert sum(map(len, known.values())) > 30
    for part, one in scripts.items():
        with app.app_context():
            record = db.session.get(WatchRecord, (one.user_id, lesson))
            stored = [tuple(pair) for pair in json.loads(record.stretches)] if record else []
        assert beyond(merge(known[part]), stored) == (), part


def _report(script: Script, known: list[tuple[int, int]], first: int) -> None:
    """Report stretches until the server is gone; note which it acknowledged."""
    page = script.page(ago=3_600)
    for number in range(first, first + 110):
        try:
            status, answer = script.claim(page, number, number * 2, number * 2 + 1)
        except (OSError, http.client.HTTPException):
            return
        assert status == 200, answer
        if answer["earned_seconds"] == 1:
            known.append((number * 2_000, number * 2_000 + 1_000))

"""Reports in groups: many threads at once, bad neighbours, a full disk, a locked database."""

import json
import resource
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from sanshi_lms.account import User
from sanshi_lms.account.devices.actions import begin
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.group_commit import GroupCommit
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.learning import tokens
from sanshi_lms.learning.models import Completion, Enrolment, WatchClock, WatchRecord
from sanshi_lms.learning.side_door import writer
from sanshi_lms.learning.stretches import Interval
from sanshi_lms.learning.watching import Arrival, Outcome
from tests.learning.conftest import Lift
from tests.people import Cast

HOUR_MS = 3_600_000
THREADS = 8


def arrival(lift: Lift, user_id: int, sequence: int, *played: Interval, **more: Any) -> Arrival:
    """Return a report of a page that was opened an hour ago."""
    door = more.pop("door", None) or signed_in(lift.app, user_id)
    opened = tokens.clock_ms() - HOUR_MS
    lesson = more.pop("lesson", lift.lecture)
    token = tokens.WatchToken(user_id, lesson, more.pop("session", "page"), opened, HOUR_MS)
    return Arrival(token, door, sequence, played, played[-1][1], now(), **more)


def signed_in(app: Flask, user_id: int) -> str:
    """Return the key of a device where somebody is signed in."""
    with app.app_context(), transaction():
        person = db.session.get_one(User, user_id)
        return begin(person, "手机", "未知", now())


def hand_in(app: Flask, one: Arrival) -> Outcome:
    with app.app_context():
        found = writer()
    return found.submit(one)


def at_once(app: Flask, arrivals: Sequence[Arrival]) -> list[Outcome | Exception]:
    """Hand in all of them by eight threads that start together."""
    start = threading.Barrier(THREADS)

    def work(mine: Sequence[Arrival]) -> list[Outcome | Exception]:
        start.wait()
        answers: list[Outcome | Exception] = []
        for one in mine:
            try:
                answers.append(hand_in(app, one))
            except Exception as error:
                answers.append(error)
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        shares = [arrivals[n::THREADS] for n in range(THREADS)]
        return [answer for found in pool.map(work, shares) for answer in found]


def seen(app: Flask, user_id: int, lesson_id: int) -> tuple[Interval, ...]:
    with app.app_context():
        record = db.session.get(WatchRecord, (user_id, lesson_id))
        return tuple((a, b) for a, b in json.loads(record.stretches)) if record else ()


def test_eight_threads_of_one_person_lose_nothing_and_count_nothing_twice(
    app: Flask, people: Cast, lift: Lift
) -> None:
    me = people.id("cadre")
    sent = [arrival(lift, me, n, (n * 10_000, n * 10_000 + 15_000)) for n in range(40)]
    twice = [*sent, *sent]
    Random(7).shuffle(twice)
    answers = at_once(app, twice)
    earned = sum(answer.earned_ms for answer in answers if isinstance(answer, Outcome))
    assert len(answers) == 80
    assert seen(app, me, lift.lecture) == ((0, 405_000),)
    assert earned == 405_000


def test_eight_threads_of_many_people_complete_each_once(
    app: Flask, people: Cast, lift: Lift
) -> None:
    parts = ("cadre", "other_cadre", "pro", "other_pro", "resident")
    ids = [people.id(part) for part in parts]
    whole = [arrival(lift, me, n, (0, HOUR_MS - n)) for me in ids for n in range(8)]
    Random(5).shuffle(whole)
    answers = at_once(app, whole)
    assert all(isinstance(answer, Outcome) and answer.lesson_complete for answer in answers)
    with app.app_context():
        for table in (Completion, Enrolment, WatchClock):
            assert db.session.scalar(select(func.count()).select_from(table)) == len(ids)
        assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0
    assert [seen(app, me, lift.lecture) for me in ids] == [((0, HOUR_MS),)] * len(ids)


def test_a_bad_report_costs_its_neighbours_nothing(app: Flask, people: Cast, lift: Lift) -> None:
    """Among good ones: a person who is signed out, a deleted lesson, one that breaks the write."""
    me, other = people.id("cadre"), people.id("pro")
    good = [arrival(lift, me, n, (n * 1_000, n * 1_000 + 1_000)) for n in range(20)]
    bad = [
        arrival(lift, other, 1, (0, 1_000), door="gone"),
        arrival(lift, other, 1, (0, 1_000), lesson=999_999),
        arrival(lift, other, 1, (0, 1_000), session="x" * 10, rate=float("nan")),
    ]
    answers = at_once(app, [*good[:10], *bad, *good[10:]])
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert sorted(r.status for r in refused if isinstance(r, Refusal)) == [401, 410]
    assert len(refused) == 3
    assert seen(app, me, lift.lecture) == ((0, 20_000),)
    assert seen(app, other, lift.lecture) == ()


def test_what_breaks_a_group_is_tried_item_by_item(app: Flask) -> None:
    """The table's own constraint refuses one of them."""

    def write(names: Sequence[str]) -> list[str | Exception]:
        for name in names:
            db.session.execute(
                db.insert(User).values(
                    username=name, display_name="王小明", organisation="", role="cadre",
                    password_hash="", session_mark="", active=True, elder_edition=False,
                    created_at=now(),
                )
            )  # fmt: skip
        return list(names)

    group: GroupCommit[str, str] = GroupCommit(app, write)
    names = [f"name-{n % 7}" for n in range(8)]  # the first of them comes twice
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: _tried(group, name), names))
    assert sum(isinstance(answer, IntegrityError) for answer in found) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 7


def _tried(group: GroupCommit[str, str], name: str) -> str | Exception:
    try:
        return group.submit(name)
    except Exception as error:
        return error


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> None:
    """These faults are made as SQLite has them."""
    if request.config.getoption("engine") != "sqlite":
        pytest.skip("a fault of SQLite")


def report(client: FlaskClient, token: str) -> Any:
    body = {"session": token, "sequence": 1, "stretches": [[0, 1]], "position": 1}
    return client.post("/api/v1/learning/reports", json=body)


@pytest.mark.usefixtures("on_sqlite")
def test_a_full_disk_is_told_and_the_report_can_come_again(people: Cast, lift: Lift) -> None:
    """The kernel refuses this process to write any more, as it does where no room is left."""
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, usual[1]))
    try:
        answer = report(client, token)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert answer.status_code in {503, 507}, answer.text
    assert any(word in answer.json["error"]["message"] for word in ("没有做成", "磁盘"))
    assert report(client, token).json["reason"] is None


@pytest.mark.usefixtures("on_sqlite")
def test_a_locked_database_is_told_and_the_report_can_come_again(
    app: Flask, people: Cast, lift: Lift
) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "checkout", _impatient)
    try:
        holder = engine.raw_connection()
        holder.execute("BEGIN IMMEDIATE")
        answer = report(client, token)
        assert answer.status_code == 503
        assert "没有做成" in answer.json["error"]["message"]
        holder.execute("ROLLBACK")
        holder.close()
        assert report(client, token).json["reason"] is None
    finally:
        event.remove(engine, "checkout", _impatient)
        engine.dispose()


def _impatient(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")

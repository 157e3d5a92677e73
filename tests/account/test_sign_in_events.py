"""The record of signing in, and slowing down who guesses without locking anybody out."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from sanshi_lms import create_app
from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events import actions, jobs
from sanshi_lms.account.sign_in_events.models import SignInEvent
from sanshi_lms.account.sign_in_events.rules import KEPT, masked_account, network_of
from sanshi_lms.account.slowing.actions import count_failure
from sanshi_lms.account.slowing.models import Slowdown
from sanshi_lms.account.slowing.queries import minutes_to_wait
from sanshi_lms.account.slowing.rules import EVERYWHERE, HERE, WINDOW, minutes_left, wait_after
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.account.test_devices import EDGE, WECHAT, sign_in
from tests.conftest import ready_for_tests
from tests.people import Cast

AT = datetime(2026, 11, 27, 3, 15, tzinfo=UTC)


def events(app: Flask) -> list[SignInEvent]:
    with app.app_context():
        return list(db.session.scalars(select(SignInEvent).order_by(SignInEvent.id)))


def told(app: Flask) -> list[tuple[str, str, str, int]]:
    return [(one.kind, one.way, one.reason, one.times) for one in events(app)]


def attempt(client: FlaskClient, name: str, password: str, address: str = "113.204.7.9") -> int:
    sent = {"username": name, "password": password}
    where = {"REMOTE_ADDR": address}
    return client.post("/account/sign-in", data=sent, environ_base=where).status_code


def test_coming_failing_and_going_are_written_down(app: Flask, people: Cast) -> None:
    people.id("cadre")
    stranger = app.test_client()
    for _ in range(3):
        assert attempt(stranger, "cadre", "wrong-guess-1") == 422
    for name in ("13800000001", "13800000002", "somebody"):
        assert attempt(stranger, name, "wrong-guess-1") == 422
    mine = sign_in(app, people, EDGE, environ_base={"REMOTE_ADDR": "113.204.7.9"})
    page = mine.get("/account/devices").text
    mine.post("/account/sign-out")
    assert told(app) == [
        ("failed", "password", "wrong_password", 3),
        ("failed", "password", "unknown", 3),
        ("in", "password", "", 1),
        ("out", "", "", 1),
    ]
    assert events(app)[1].told == "138****0001"
    assert "这一小时共 3 次" in page
    assert "没有这个账号" not in page, "what is not mine"
    assert "113.204.*.*" in page
    assert "113.204.7.9" not in page


def test_whoever_sees_the_trail_sees_and_filters_all(app: Flask, people: Cast) -> None:
    stranger, admin = app.test_client(), people.client("admin")
    attempt(stranger, "13800000001", "x", "198.51.100.7")
    address = "/admin/account/sign-ins"
    shown = admin.get(address).text
    assert "138****0001" in shown
    assert "198.51.100.7" in shown
    only = admin.get(f"{address}?kind=in&q=admin&since=2026-01-01&until=2100-01-01").text
    assert "管理员周敏" in only
    assert "138****0001" not in only
    assert "没有找到记录" in admin.get(f"{address}?until=2001-01-01").text
    assert admin.get(f"{address}?since=nonsense&kind=nonsense&page=9").status_code == 200
    assert people.client("author").get(address).status_code == 403
    assert app.test_client().get(address).status_code == 302


def test_strangers_cannot_fill_the_record(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = people.id("cadre")
    monkeypatch.setattr(actions, "MOST_STRANGERS", 5)
    with app.app_context(), transaction() as session:
        person = session.get_one(User, person_id)
        for number in range(40):
            here = actions.From("x", f"2001:db8:0:{number:x}::1", AT)
            actions.record_failure(None, f"name{number}", "password", "unknown", here)
            same = actions.From("x", f"2001:db8::{number:x}", AT)
            actions.record_failure(person, "cadre", "password", "wrong_password", same)
    rows = events(app)
    assert len(rows) == 5 + 1 + 1, "five networks, the rest, and one /64 at one account"
    assert sum(one.times for one in rows) == 80


def test_what_is_old_goes_and_half_a_year_stays(app: Flask, people: Cast) -> None:
    people.client("cadre")
    for age, left in ((timedelta(days=184), 1), (KEPT + timedelta(minutes=1), 0)):
        with app.app_context(), transaction() as session:
            session.execute(update(SignInEvent).values(at=now() - age))
        with app.app_context():
            assert jobs.is_due() is not left
            jobs.tidy()
        assert len(events(app)) == left


def test_the_owner_hears_of_a_new_kind_of_device_and_of_a_new_password(
    app: Flask, people: Cast
) -> None:
    first = sign_in(app, people, EDGE)
    assert "新设备" not in first.get("/notices/").text
    sign_in(app, people, EDGE)
    assert "新设备" not in first.get("/notices/").text
    sign_in(app, people, WECHAT)
    assert "您的账号在新设备上登录了" in first.get("/notices/").text
    new = {"present": people.password, "password": "chuntian-88-hua", "again": "chuntian-88-hua"}
    first.post("/account/password", data=new)
    assert "您的密码改了" in first.get("/notices/").text
    assert [one.kind for one in events(app)][-1] == "password"


def test_guessing_is_slowed_where_it_comes_from_and_the_owner_is_not(
    app: Flask, people: Cast
) -> None:
    mine = people.client("cadre")
    mine.post("/account/sign-out")
    thief = app.test_client()
    answers = [attempt(thief, "cadre", f"guess-number-{n}") for n in range(HERE.free + 1)]
    assert answers == [422] * HERE.free + [429]
    assert attempt(thief, "cadre", people.password) == 429, "also with the right one"
    page = thief.post("/account/sign-in", data={"username": "cadre", "password": "x"},
                      environ_base={"REMOTE_ADDR": "113.204.7.9"})  # fmt: skip
    assert "请等 1 分钟再试" in page.text
    assert "激活码" in page.text
    assert attempt(mine, "cadre", people.password) == 302, "same network, known browser"
    assert attempt(app.test_client(), "cadre", people.password, "198.51.100.7") == 302


def test_many_networks_slow_unknown_browsers_and_an_administrator_lifts_it(
    app: Flask, people: Cast
) -> None:
    mine, admin = people.client("cadre"), people.client("admin")
    mine.post("/account/sign-out")
    for number in range(EVERYWHERE.free):
        assert attempt(app.test_client(), "cadre", "guess-x", f"198.51.100.{number}") == 422
    fresh = app.test_client()
    assert attempt(fresh, "cadre", people.password, "203.0.113.5") == 429
    assert attempt(mine, "cadre", people.password, "203.0.113.5") == 302
    person = f"/admin/account/people/{people.id('cadre')}"
    assert "登录限制" in admin.get(person).text
    assert people.client("author").post(f"{person}/lift").status_code == 403
    admin.post(f"{person}/lift")
    assert "登录限制" not in admin.get(person).text
    assert attempt(fresh, "cadre", people.password, "203.0.113.5") == 302


def test_a_name_that_nobody_has_is_slowed_alike(app: Flask) -> None:
    stranger = app.test_client()
    answers = [attempt(stranger, "nobody-here", "x-guess") for _ in range(HERE.free + 1)]
    assert answers == [422] * HERE.free + [429]


def test_a_known_browser_that_guesses_is_slowed_by_itself(app: Flask, people: Cast) -> None:
    mine = people.client("cadre")
    mine.post("/account/sign-out")
    answers = [attempt(mine, "cadre", "guess-x", f"198.51.100.{n}") for n in range(HERE.free + 1)]
    assert answers[-1] == 429
    forged = app.test_client()
    forged.set_cookie("sanshi_known", "eyIxIjoiMDAifQ.forged.forged")
    assert attempt(forged, "cadre", people.password, "203.0.113.5") == 302


@pytest.fixture
def second_process(app: Flask) -> Iterator[Flask]:
    """Another process of the same installation."""
    other = ready_for_tests(create_app(dataclasses.replace(app.extensions["settings"])))
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_all_processes_count_together(app: Flask, people: Cast, second_process: Flask) -> None:
    people.id("cadre")
    for number in range(HERE.free):
        process = (app, second_process)[number % 2]
        assert attempt(process.test_client(), "cadre", "guess-x") == 422
    assert attempt(second_process.test_client(), "cadre", people.password) == 429
    assert attempt(app.test_client(), "cadre", people.password) == 429


def test_counts_begin_anew_after_an_hour_and_go(app: Flask) -> None:
    with app.app_context(), transaction():
        for _ in range(HERE.free - 1):
            count_failure("cadre", ["a"], AT)
        count_failure("cadre", ["a"], AT + WINDOW + timedelta(seconds=1))
        assert minutes_to_wait("cadre", ["a"], AT + WINDOW) == 0
        assert db.session.scalar(select(Slowdown.failures)) == 1
    with app.app_context():
        jobs.tidy()
        assert db.session.scalar(select(Slowdown.failures)) is None


@given(st.integers(0, 10**6), st.sampled_from([HERE, EVERYWHERE]))
def test_a_wait_grows_is_bounded_and_ends_before_its_count(failures: int, steps: object) -> None:
    assert isinstance(steps, type(HERE))
    wait = wait_after(failures, steps)
    assert wait <= wait_after(failures + 1, steps) <= steps.longest < WINDOW
    assert bool(wait) == (failures >= steps.free)
    assert minutes_left(AT + wait, AT) * timedelta(minutes=1) >= wait


@given(st.text(max_size=40))
def test_no_typed_password_stands_in_the_record(typed: str) -> None:
    shown = masked_account(typed)
    hidden = typed.strip()[1:]
    phone = len(typed.strip()) == 11 and typed.strip().isascii() and typed.strip().isdigit()
    assert phone or not hidden.strip("*") or hidden not in shown
    assert len(shown) <= 40
    assert network_of(typed)

"""Sign-ins: seen by their owner, ended one by one or all, and by themselves."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from sanshi_lms.account.devices import jobs, rules
from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.account.devices.queries import still_signed_in
from sanshi_lms.account.devices.seen import seen
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.people import Cast

PAGE = "/account/devices"
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x1800323d) NetType/WIFI Language/zh_CN"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
)
HUAWEI = (
    "Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00; HMSCore 6.13) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.2.312 Mobile Safari/537.36"
)
WHEN = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def sign_in(app: Flask, people: Cast, agent: str, **more: Any) -> FlaskClient:
    people.id("cadre")
    client = app.test_client()
    sent = {"username": "cadre", "password": people.password, **more.pop("data", {})}
    client.post("/account/sign-in", data=sent, headers={"User-Agent": agent}, **more)
    return client


def rows(app: Flask) -> list[SignIn]:
    with app.app_context():
        return list(db.session.scalars(select(SignIn).order_by(SignIn.began_at)))


def age(app: Flask, **columns: timedelta) -> None:
    """Let all sign-ins have begun, or have been seen, so much earlier."""
    with app.app_context(), transaction() as session:
        for row in session.scalars(select(SignIn)):
            for name, less in columns.items():
                setattr(row, name, getattr(row, name) - less)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account/profile").status_code == 200


def test_a_person_sees_their_devices_and_signs_one_out(app: Flask, people: Cast) -> None:
    there = sign_in(app, people, WECHAT, environ_base={"REMOTE_ADDR": "113.204.7.9"})
    here = sign_in(app, people, EDGE)
    other = people.client("other_cadre")
    page = here.get(PAGE).text
    assert "苹果手机 · 微信" in page
    assert "Windows 电脑 · Edge 浏览器" in page
    assert "113.204.*.*" in page
    assert "113.204.7.9" not in page
    assert page.count("正在用的这台") == 1
    keys = re.findall(r'name="key" value="(\w+)"', page)
    assert len(keys) == 1, "the one in use is signed out by signing out"
    assert other.post(f"{PAGE}/sign-out", data={"key": keys[0]}).status_code == 404
    assert is_in(there), "somebody else's button does nothing"
    assert here.post(f"{PAGE}/sign-out", data={"key": keys[0]}).location == PAGE
    assert not is_in(there)
    assert is_in(here)
    gone = here.post(f"{PAGE}/sign-out", data={"key": keys[0]})
    assert gone.status_code == 404
    assert "已经退出了" in gone.text


def test_all_others_go_at_once_and_this_one_stays_remembered(app: Flask, people: Cast) -> None:
    here = sign_in(app, people, EDGE, data={"remember": "y"})
    others = [sign_in(app, people, agent) for agent in (WECHAT, HUAWEI)]
    here.post(f"{PAGE}/sign-out-others")
    assert [is_in(one) for one in others] == [False, False]
    here.delete_cookie("sanshi")
    assert is_in(here), "the kept cookie is that of the same sign-in"
    assert len(rows(app)) == 1


def test_signing_out_ends_the_row_so_a_copied_cookie_is_worth_nothing(
    app: Flask, people: Cast
) -> None:
    client = sign_in(app, people, EDGE, data={"remember": "y"})
    kept = [client.get_cookie(name) for name in ("sanshi", "remember_token")]
    client.post("/account/sign-out")
    thief = app.test_client()
    for cookie in kept:
        assert cookie is not None
        thief.set_cookie(cookie.key, cookie.value)
    assert not is_in(thief)
    assert rows(app) == []


@pytest.mark.parametrize(
    ("columns", "lives"),
    [
        ({"seen_at": timedelta(days=29, hours=23)}, True),
        ({"seen_at": timedelta(days=30, seconds=1)}, False),
        ({"began_at": timedelta(days=179, hours=23)}, True),
        ({"began_at": timedelta(days=180, seconds=1)}, False),
    ],
)
def test_a_sign_in_ends_by_itself(
    app: Flask, people: Cast, columns: dict[str, timedelta], *, lives: bool
) -> None:
    client = sign_in(app, people, EDGE, data={"remember": "y"})
    age(app, **columns)
    with app.app_context():
        assert jobs.is_due() is not lives
        jobs.tidy()
    assert len(rows(app)) == lives
    assert is_in(client) is lives


def test_a_page_tells_at_most_once_in_five_minutes_and_writes_nothing_itself(
    app: Flask, people: Cast
) -> None:
    client = sign_in(app, people, EDGE)
    written: list[str] = []
    with app.app_context():
        engine, memory = db.engine, seen()
    event.listen(engine, "before_cursor_execute", lambda *given: written.append(given[2]))

    def changes() -> list[str]:
        memory.write()
        return [sql for sql in written if sql.startswith(("UPDATE", "INSERT", "DELETE"))]

    assert is_in(client)
    assert changes() == [], "signed in a moment ago"
    age(app, seen_at=timedelta(minutes=6))
    written.clear()
    before = rows(app)[0].seen_at
    assert is_in(client)
    assert {sql.split()[0] for sql in written} <= {"BEGIN", "SELECT"}, "a GET only reads"
    assert "BEGIN IMMEDIATE" not in written
    assert len(changes()) == 1
    assert rows(app)[0].seen_at - before > timedelta(minutes=5)
    written.clear()
    assert is_in(client)
    assert changes() == []


def test_a_late_word_never_turns_the_clock_back(app: Flask, people: Cast) -> None:
    client = sign_in(app, people, EDGE)
    row = rows(app)[0]
    with app.app_context():
        seen().note((row.user_id, row.key), now() - timedelta(days=9), now() - timedelta(days=1))
        seen().write()
    assert rows(app)[0].seen_at == row.seen_at
    assert is_in(client)


@pytest.mark.parametrize("cookie", ["{id}:", "{id}", "{id}:{mark}", ":{key}", "0{id}x:{key}"])
def test_only_id_and_key_together_open(app: Flask, people: Cast, cookie: str) -> None:
    sign_in(app, people, EDGE)
    row, client = rows(app)[0], app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = cookie.format(id=row.user_id, key=row.key, mark=row.mark)
    assert not is_in(client)
    with client.session_transaction() as session:
        session["_user_id"] = f"{row.user_id}:{row.key}"
    assert is_in(client)


def test_a_new_mark_ends_all_and_the_dead_rows_go(app: Flask, people: Cast) -> None:
    client = sign_in(app, people, EDGE)
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(mark="before"))
    assert not is_in(client)
    again = sign_in(app, people, WECHAT)
    assert is_in(again)
    assert [row.device for row in rows(app)] == ["苹果手机 · 微信"]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WECHAT, "苹果手机 · 微信"),
        (EDGE, "Windows 电脑 · Edge 浏览器"),
        (HUAWEI, "鸿蒙手机或平板 · 华为浏览器"),
        ("", "没有认出的设备"),
        ("curl/8.5.0", "没有认出的设备"),
    ],
)
def test_devices_in_plain_words(agent: str, words: str) -> None:
    assert rules.device_words(agent) == words


@given(st.text(max_size=300))
def test_any_agent_fits_its_column(agent: str) -> None:
    assert 0 < len(rules.device_words(agent)) <= rules.DEVICE_LENGTH


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("113.204.7.9", "113.204.*.*"),
        ("2408:8456:0030::7", "2408:8456:30:*"),
        ("::ffff:113.204.7.9", "113.204.*.*"),
        ("::1", "0:0:0:*"),
        (None, "未知"),
        ("unix:", "未知"),
    ],
)
def test_addresses_are_masked(address: str | None, shown: str) -> None:
    assert rules.masked_address(address) == shown


def test_no_idle_days_leave_the_longest_time() -> None:
    living = rules.bounds(WHEN, 0)
    assert living.hold(WHEN - timedelta(days=179), WHEN - timedelta(days=178))
    assert not living.hold(WHEN - timedelta(days=181), WHEN)


def test_proofs_of_many_are_judged_together(app: Flask, people: Cast) -> None:
    """What the short way in of watch reports asks: nobody gets in by another one's key."""
    people.client("cadre")
    people.client("pro")
    mine, theirs = sorted(rows(app), key=lambda row: row.user_id)
    asked = {
        (mine.user_id, mine.key),
        (theirs.user_id, theirs.key),
        (mine.user_id, theirs.key),
        (theirs.user_id, "x"),
    }
    with app.app_context():
        assert still_signed_in(asked, now()) == {
            (mine.user_id, mine.key),
            (theirs.user_id, theirs.key),
        }
        assert still_signed_in(asked, now() + timedelta(days=31)) == set()
        assert still_signed_in(set(), now()) == set()


def test_each_sign_in_begins_a_session_anew(app: Flask, people: Cast) -> None:
    """What was planted in a browser before is gone, and no script reads the cookie."""
    people.id("cadre")
    client = app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "before"
    sent = {"username": "cadre", "password": people.password, "remember": "y"}
    first = client.post("/account/sign-in", data=sent).headers.getlist("Set-Cookie")
    assert [one for one in first if "HttpOnly" not in one or "SameSite=Lax" not in one] == []
    assert len(first) == 3
    with client.session_transaction() as session:
        assert "planted" not in session
        before = session["_user_id"]
    client.post("/account/sign-in", data=sent)
    with client.session_transaction() as session:
        assert session["_user_id"] != before

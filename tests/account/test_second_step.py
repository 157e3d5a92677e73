"""Two steps: the phone's code once, kept codes once, the way back, and proof before grave acts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.account import proof
from sanshi_lms.account.models import User
from sanshi_lms.account.second_step import actions, rules
from sanshi_lms.account.second_step.models import SecondStep
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from tests.people import Cast

WHEN = datetime(2026, 11, 26, 3, 0, 7, tzinfo=UTC)
TURN = timedelta(seconds=rules.TURN_SECONDS)


@contextmanager
def inside(app: Flask, user_id: int) -> Iterator[User]:
    with app.app_context(), transaction():
        yield db.session.get_one(User, user_id)


def turned_on(app: Flask, user_id: int) -> tuple[pyotp.TOTP, list[str]]:
    """Set the second step up as a person does; return their phone and the codes they keep."""
    with inside(app, user_id) as person:
        actions.begin(person)
    with inside(app, user_id) as person:
        phone = pyotp.TOTP(actions.waiting_secret(user_id) or "")
        return phone, actions.confirm(person, phone.at(WHEN - 10 * TURN), WHEN - 10 * TURN)


def opens(app: Flask, user_id: int, code: str, at: datetime = WHEN) -> bool:
    with app.app_context(), transaction():
        return actions.opens(user_id, code, at)


def test_a_code_opens_once_and_a_clock_may_be_half_a_minute_off(app: Flask, people: Cast) -> None:
    me, other = people.id("admin"), people.id("author")
    phone, kept = turned_on(app, me)
    assert not opens(app, me, phone.at(WHEN - 2 * TURN))
    assert not opens(app, me, phone.at(WHEN + 2 * TURN))
    assert not opens(app, other, phone.at(WHEN)), "it is somebody else's"
    assert opens(app, me, phone.at(WHEN - TURN))
    assert not opens(app, me, phone.at(WHEN - TURN)), "used"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in phone.at(WHEN))
    assert opens(app, me, f" {wide[:3]}　{wide[3:]} "), "full-width, with a space"
    assert not opens(app, me, phone.at(WHEN)), "the same half minute"
    assert opens(app, me, phone.at(WHEN + TURN), WHEN + TURN)
    assert opens(app, me, kept[0].lower())
    assert not opens(app, me, kept[0])
    assert not opens(app, other, kept[1])
    for nothing in ("", "abc", "123456789012", "٣٣٣٣٣٣", "\x00" * 6):
        assert not opens(app, me, nothing)


def test_another_key_of_the_installation_closes_and_does_not_break(
    app: Flask, people: Cast
) -> None:
    me = people.id("admin")
    phone, kept = turned_on(app, me)
    with app.app_context(), transaction():
        db.session.get_one(SecondStep, me).sealed_secret = "gAAAA"
    assert not opens(app, me, phone.at(WHEN))
    assert opens(app, me, kept[0]), "the way back"


def test_only_what_was_begun_can_be_confirmed(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    with inside(app, me) as person, pytest.raises(Refusal, match="开始设置"):
        actions.confirm(person, "123456", WHEN)
    with inside(app, me) as person:
        actions.begin(person)
        with pytest.raises(Refusal, match="不对"):
            actions.confirm(person, "000000", WHEN)
        assert not actions.is_on(me), "begun is not on: signing in asks for nothing more"


@given(st.text(max_size=30), st.floats(0, 4e9), st.integers(0, 10**8))
def test_any_text_is_read_and_no_used_turn_comes_back(text: str, at: float, used: int) -> None:
    code = rules.plain_code(text)
    assert not (rules.is_phone_code(code) and rules.is_recovery_code(code))
    assert all(turn > used for turn in rules.turns_open(at, used))
    assert len(rules.turns_open(at, used)) <= 3


def sign_in(app: Flask, people: Cast, part: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    sent = {"username": part, "password": people.password, "next": "/account/profile"}
    return client, client.post("/account/sign-in", data=sent).location


def test_the_password_alone_opens_nothing(app: Flask, people: Cast) -> None:
    me = people.id("admin")
    client = people.client("admin")
    client.post("/account/second-step/begin")
    shown = client.get("/account/second-step").text
    secret = re.search(r"密钥是 <code>([A-Z2-7]{32})</code>", shown)
    assert secret
    assert "<svg" in shown
    phone = pyotp.TOTP(secret[1])
    early = datetime.now(UTC) - TURN
    answer = client.post("/account/second-step/confirm", data={"code": phone.at(early)})
    kept = re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</code>", answer.text)
    assert len(set(kept)) == rules.RECOVERY_CODES
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/html"

    fresh, way = sign_in(app, people, "admin")
    assert way == "/account/sign-in/code?next=/account/profile"
    assert fresh.get("/admin/").status_code == 302, "not signed in yet"
    wrong = fresh.post("/account/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 422
    assert "不对或已经用过" in wrong.text
    sent = {"code": kept[0], "next": "/account/profile"}
    assert fresh.post("/account/sign-in/code", data=sent).location == "/account/profile"
    assert fresh.get("/admin/").status_code == 200
    assert "还有 9 个" in fresh.get("/account/second-step").text

    # The phone and the paper are lost: another administrator helps.
    with inside(app, people.id("author")) as person:
        person.role = "admin"
    helper = people.client("author")
    assert "关闭两步验证" in helper.get(f"/admin/account/people/{me}").text
    helper.post(f"/admin/account/people/{me}/second-step")
    _, way = sign_in(app, people, "admin")
    assert way == "/account/profile"


def test_between_the_steps_nothing_lasts(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = people.id("admin")
    _, kept = turned_on(app, me)
    fresh, _ = sign_in(app, people, "admin")
    monkeypatch.setattr(proof, "HALF_SECONDS", -1)
    late = fresh.post("/account/sign-in/code", data={"code": kept[0]})
    assert late.location.startswith("/account/sign-in")
    assert app.test_client().get("/account/sign-in/code").status_code == 302
    monkeypatch.undo()
    fresh, _ = sign_in(app, people, "admin")
    with inside(app, me) as person:
        person.session_mark = "another"
    late = fresh.post("/account/sign-in/code", data={"code": kept[0]})
    assert late.location.startswith("/account/sign-in"), "the password was changed meanwhile"


@pytest.mark.usefixtures("limits")
def test_guessing_is_slowed_down_for_the_account(app: Flask, people: Cast) -> None:
    turned_on(app, people.id("admin"))
    met = []
    for _ in range(12):
        fresh, _ = sign_in(app, people, "admin")
        met.append(fresh.post("/account/sign-in/code", data={"code": "000000"}).status_code)
    assert met.count(422) == 10
    assert met[-1] == 429


def test_grave_acts_ask_who_it_is(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, other = people.client("admin"), people.id("cadre")
    page = f"/admin/account/people/{other}"
    monkeypatch.setattr(proof, "FRESH_SECONDS", -1)
    asked = admin.post(
        page, data={"role": "admin", "active": "y"}, headers={"Referer": f"http://localhost{page}"}
    )
    assert asked.location == f"/account/prove?next={page}"
    with inside(app, other) as person:
        assert person.role == "cadre"
    assert admin.post("/account/prove", data={"password": "falsch"}).status_code == 422
    monkeypatch.undo()
    sent = {"password": people.password, "next": page}
    assert admin.post("/account/prove", data=sent).location == page
    assert admin.post(page, data={"role": "author", "active": "y"}).location == page
    stranger = {"Referer": "https://evil.example/x"}
    monkeypatch.setattr(proof, "FRESH_SECONDS", -1)
    assert admin.post(page, data={}, headers=stranger).location == "/account/prove?next=/"


def test_other_devices_are_signed_out(people: Cast) -> None:
    here, there = people.client("cadre"), people.client("cadre")
    here.post("/account/devices/sign-out-others")
    assert here.get("/account/profile").status_code == 200
    assert there.get("/account/profile").status_code == 302

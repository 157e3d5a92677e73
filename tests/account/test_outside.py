"""Signing in by OpenID Connect against a real provider on this machine."""

import dataclasses
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.account.devices.models import SignIn
from sanshi_lms.account.models import User
from sanshi_lms.account.outside.models import Identity
from sanshi_lms.account.outside.rules import Arrived, is_good_key, may_remove, read_arrived
from sanshi_lms.account.proof import ARRIVED
from sanshi_lms.account.rosters.models import NO_PASSWORD
from sanshi_lms.account.sign_in_events.models import SignInEvent
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import Settings, SettingsError
from tests.account.providers import Provider, provider
from tests.account.test_second_step import turned_on
from tests.people import Cast

GO = "/account/outside/oidc"


def choose(app: Flask, **changes: Any) -> None:
    chosen: Settings = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(chosen, **changes)


@pytest.fixture
def house(app: Flask) -> Iterator[Provider]:
    """The provider, named in the settings."""
    with provider() as running:
        choose(
            app,
            oidc_issuer=running.url,
            oidc_client_id="sanshi",
            oidc_client_secret="geheim",
            oidc_name="区政务账号",
        )
        yield running


def go(client: FlaskClient, house: Provider, subject: str, then: str = "/courses/") -> str:
    """Go there, agree, and return the address that it sends us back to."""
    out = client.get(f"{GO}?{urlencode({'next': then})}")
    assert out.location.startswith(f"{house.url}/oauth2/authorize?"), out.location
    return house.agree(out.location, subject)


def arrive(client: FlaskClient, house: Provider, subject: str, then: str = "/courses/") -> str:
    """Go there and come back; return the page on which we stand."""
    back = client.get(path_of(go(client, house, subject, then)))
    assert back.location == "/account/outside/arrived", client.get("/account/sign-in").text
    return client.get(back.location).text


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def is_in(client: FlaskClient) -> bool:
    return client.get("/account/profile").status_code == 200


def identities(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        rows = db.session.execute(select(Identity.user_id, Identity.subject).order_by(Identity.id))
        return [(row[0], row[1]) for row in rows]


def linked(app: Flask, people: Cast, house: Provider, part: str, subject: str) -> None:
    client = people.client(part)
    arrive(client, house, subject)
    assert client.post("/account/outside/link").location == "/courses/"
    assert (people.id(part), subject) in identities(app)


def test_a_first_arrival_links_after_the_password_and_then_needs_none(
    app: Flask, people: Cast, house: Provider
) -> None:
    people.id("cadre")
    house.name("z-1", name="张三丰")
    client = app.test_client()
    assert "用区政务账号登录" in client.get("/account/sign-in").text
    page = arrive(client, house, "z-1")
    assert {"S256", "code"} <= set(house.asked.values())
    assert "第一次用区政务账号登录" in page
    assert "张*丰" in page
    assert "新开账号" not in page
    assert not is_in(client)
    sent = {"username": "cadre", "password": people.password}
    assert client.post("/account/sign-in", data=sent).location == "/account/outside/arrived"
    assert "要把它和您现在的账号" in client.get("/account/outside/arrived").text
    assert identities(app) == [], "nothing is linked without a click"
    assert client.post("/account/outside/link").location == "/courses/"
    assert "您的账号绑定了区政务账号" in client.get("/notices/").text

    fresh = app.test_client()
    assert "data-go" in arrive(fresh, house, "z-1")
    assert not is_in(fresh), "what comes back by an address changes nothing"
    assert fresh.post("/account/outside/enter").location == "/courses/"
    assert is_in(fresh)
    with app.app_context():
        assert len(db.session.scalars(select(SignIn)).all()) == 2
        kinds = db.session.execute(select(SignInEvent.kind, SignInEvent.way)).all()
    assert [tuple(one) for one in kinds] == [("in", "password"), ("linked", "oidc"), ("in", "oidc")]


def test_the_second_step_is_still_asked_for(app: Flask, people: Cast, house: Provider) -> None:
    linked(app, people, house, "cadre", "z-2")
    phone, _ = turned_on(app, people.id("cadre"))
    client = app.test_client()
    arrive(client, house, "z-2")
    answer = client.post("/account/outside/enter")
    assert answer.location == "/account/sign-in/code?next=/courses/"
    assert not is_in(client)
    wrong = client.post("/account/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 422
    right = {"code": phone.at(datetime.now(UTC)), "next": "/courses/"}
    assert client.post("/account/sign-in/code", data=right).location == "/courses/"
    with app.app_context():
        newest = select(SignInEvent).order_by(SignInEvent.id.desc())
        assert [(one.kind, one.way, one.reason) for one in db.session.scalars(newest)][:2] == [
            ("in", "oidc", ""),
            ("failed", "oidc", "wrong_code"),
        ]


def expired(claims: dict[str, Any]) -> None:
    claims["exp"], claims["iat"] = int(time.time()) - 3600, int(time.time()) - 7200


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda claims: claims.update(nonce="of-another-round"), id="nonce"),
        pytest.param(lambda claims: claims.pop("nonce"), id="no-nonce"),
        pytest.param(expired, id="expired"),
        pytest.param(lambda claims: claims.update(iss="https://evil.example"), id="issuer"),
        pytest.param(lambda claims: claims.update(aud=["someone-else"]), id="audience"),
        pytest.param(lambda claims: claims.pop("sub"), id="nobody"),
        pytest.param(lambda claims: claims.update(sub="x" * 256), id="too-long"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    app: Flask, people: Cast, house: Provider, change: Any
) -> None:
    linked(app, people, house, "cadre", "z-3")
    client, house.change = app.test_client(), change
    answer = client.get(path_of(go(client, house, "z-3")))
    assert answer.location == "/account/sign-in"
    assert "登录没有完成" in client.get("/account/sign-in").text
    assert client.post("/account/outside/enter").status_code == 400
    assert not is_in(client)


def test_a_token_signed_by_another_key_lets_nobody_in(app: Flask, house: Provider) -> None:
    client, house.change, house.another_key = app.test_client(), lambda _: None, True
    answer = client.get(path_of(go(client, house, "z-3")))
    assert answer.location == "/account/sign-in"
    house.another_key = False
    arrive(client, house, "z-3")


def test_a_wrong_state_and_a_code_that_was_used_let_nobody_in(
    app: Flask, people: Cast, house: Provider
) -> None:
    linked(app, people, house, "cadre", "z-4")
    thief, victim = app.test_client(), app.test_client()
    address = path_of(go(thief, house, "z-4"))
    assert victim.get(address).location == "/account/sign-in", "a link of somebody's"
    victim.get(GO)
    assert victim.get(address).location == "/account/sign-in", "of another round"
    assert "另一个浏览器" in victim.get("/account/sign-in").text
    query = parse_qs(urlsplit(address).query)
    used = app.test_client()
    first = path_of(go(used, house, "z-4"))
    assert used.get(first).location == "/account/outside/arrived"
    assert used.get(first).location == "/account/sign-in", "the state serves once"
    used.get(GO)
    with used.session_transaction() as session:
        state = session["out_to_another_house"]["state"]
    again = {"state": state, "code": parse_qs(urlsplit(first).query)["code"][0]}
    assert used.get(f"{GO}/back?{urlencode(again)}").location == "/account/sign-in"
    assert "登录没有完成" in used.get("/account/sign-in").text
    assert query["code"] != again["code"]
    assert not is_in(used)


@pytest.mark.usefixtures("house")
def test_who_does_not_agree_is_told_and_so_is_who_waits_for_a_dead_provider(app: Flask) -> None:
    client = app.test_client()
    out = client.get(GO).location
    state = parse_qs(urlsplit(out).query)["state"][0]
    refused = {"error": "access_denied", "state": state}
    client.get(f"{GO}/back?{urlencode(refused)}")
    assert "您没有同意用区政务账号登录" in client.get("/account/sign-in").text
    client.get(GO)
    with client.session_transaction() as session:
        state = session["out_to_another_house"]["state"]
    mixed = {"code": "x", "state": state, "iss": "https://evil.example"}
    assert client.get(f"{GO}/back?{urlencode(mixed)}").location == "/account/sign-in"
    choose(app, oidc_issuer="http://127.0.0.1:9")
    app.extensions.pop("account.outside.oidc", None)
    assert client.get(GO).location == "/account/sign-in"
    page = client.get("/account/sign-in").text
    assert "现在连不上区政务账号" in page
    assert "也可以用账号和密码登录" in page


def test_another_house_at_the_issuers_address_is_not_believed(app: Flask, house: Provider) -> None:
    choose(app, oidc_issuer=house.url.replace("127.0.0.1", "localhost") + "/")
    assert app.test_client().get(GO).location == "/account/sign-in"


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_on_never_leads_to_another_site(
    app: Flask, people: Cast, house: Provider, then: str
) -> None:
    linked(app, people, house, "cadre", "z-5")
    client = app.test_client()
    arrive(client, house, "z-5", then)
    assert client.post("/account/outside/enter").location == "/"


def test_without_settings_there_is_no_button_and_no_way(app: Flask) -> None:
    client = app.test_client()
    assert "/account/outside" not in client.get("/account/sign-in").text
    assert client.get(GO).status_code == 404
    assert client.get(f"{GO}/back?code=1&state=1").status_code == 404
    assert client.get("/account/outside/wechat").status_code == 404


def test_new_people_come_where_the_installation_wants_them(app: Flask, house: Provider) -> None:
    house.name("z-6", name="赵敏")
    client = app.test_client()
    arrive(client, house, "z-6")
    form = {"display_name": "赵敏", "organisation": "石油路社区", "role": "cadre", "consent": "y"}
    client.post("/account/outside/new", data=form)
    assert identities(app) == []
    choose(app, oidc_new_people=True)
    assert "新开账号" in client.get("/account/outside/arrived").text
    bad = client.post("/account/outside/new", data={**form, "role": "admin"})
    assert bad.status_code == 422
    assert client.post("/account/outside/new", data=form).location == "/courses/"
    assert is_in(client)
    with app.app_context():
        person = db.session.scalars(select(User).where(User.display_name == "赵敏")).one()
        assert (person.password_hash, person.role) == (NO_PASSWORD, "cadre")
        assert person.consent_version
    # The last way in stays; their proof is the provider's word that they have just shown who they
    # are, and they can leave without a password.
    number = link_number(client)
    answer = client.post("/account/outside/remove", data={"identity": number})
    assert answer.status_code == 422
    assert "唯一的登录方式" in answer.text
    with client.session_transaction() as session:
        session["proved_at"] = 0.0
    left = client.post("/account/data/leave")
    assert left.location.startswith("/account/prove")
    assert "用区政务账号确认" in client.get(left.location).text
    house.change = lambda claims: claims.update(auth_time=int(time.time()) - 7200)
    assert not proves(client, house, "z-6")
    house.change = lambda claims: claims.update(auth_time=int(time.time()))
    assert proves(client, house, "z-6")
    assert client.post("/account/data/leave").location == "/account/data"


def proves(client: FlaskClient, house: Provider, subject: str) -> bool:
    out = client.get(f"{GO}?prove=1&next=/account/profile").location
    assert "prompt=login" in out
    assert "max_age=0" in out
    client.get(path_of(house.agree(out, subject)))
    client.post("/account/outside/enter")
    with client.session_transaction() as session:
        return bool(session.get("proved_at"))


def link_number(client: FlaskClient) -> str:
    found = re.search(r'name="identity" value="(\d+)"', client.get("/account/profile").text)
    assert found
    return found[1]


def test_a_link_is_seen_and_removed_and_belongs_to_one(
    app: Flask, people: Cast, house: Provider
) -> None:
    linked(app, people, house, "cadre", "z-7")
    other, mine = people.client("other_cadre"), people.client("cadre")
    page = arrive(other, house, "z-7")
    assert "本站另一个人" in page
    assert other.post("/account/outside/link").status_code == 409
    assert other.post("/account/outside/enter").status_code == 302
    assert "李秀英" in other.get("/account/profile").text, "still who they were"
    number = link_number(mine)
    assert other.post("/account/outside/remove", data={"identity": number}).status_code == 404
    arrive(mine, house, "z-8")
    assert mine.post("/account/outside/link").status_code == 409, "one of each house"
    mine.post("/account/outside/forget")
    assert mine.post("/account/outside/remove", data={"identity": number}).status_code == 302
    assert identities(app) == []
    assert app.test_client().post("/account/outside/link").status_code == 401


def test_linking_asks_for_a_fresh_proof(app: Flask, people: Cast, house: Provider) -> None:
    client = people.client("cadre")
    arrive(client, house, "z-9")
    with client.session_transaction() as session:
        session["proved_at"] = 0.0
    assert client.post("/account/outside/link").location.startswith("/account/prove")
    assert identities(app) == []


def test_a_stopped_account_stays_out(app: Flask, people: Cast, house: Provider) -> None:
    linked(app, people, house, "cadre", "z-10")
    with app.app_context(), transaction() as session:
        session.get_one(User, people.id("cadre")).active = False
    client = app.test_client()
    arrive(client, house, "z-10")
    assert client.post("/account/outside/enter").status_code == 403
    assert not is_in(client)
    with app.app_context():
        last = db.session.scalars(select(SignInEvent).order_by(SignInEvent.id.desc())).first()
        assert last is not None
        assert (last.kind, last.way, last.reason) == ("failed", "oidc", "inactive")


def test_who_arrived_too_long_ago_is_nobody(app: Flask, people: Cast, house: Provider) -> None:
    linked(app, people, house, "cadre", "z-11")
    client = app.test_client()
    arrive(client, house, "z-11")
    with client.session_transaction() as session:
        session[ARRIVED] = {**session[ARRIVED], "at": time.time() - 601}
    assert client.get("/account/outside/arrived").location == "/account/sign-in"
    arrive(client, house, "z-11")
    with client.session_transaction() as session:
        session[ARRIVED] = {**session[ARRIVED], "at": time.time() - 601}
    assert client.post("/account/outside/enter").status_code == 400


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text() | st.floats(),
    lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    max_leaves=6,
)


@given(ANYTHING)
def test_any_session_is_read(kept: object) -> None:
    assert read_arrived(kept, 0.0) is None
    arrived = Arrived("oidc", "https://a", "b", "王小明", "/", 5.0, 4.0, (("c", "d"),))
    assert read_arrived({**arrived.kept(), "others": [["c", "d"]]}, 6.0) == arrived
    assert read_arrived({**arrived.kept(), "strange": kept}, 6.0) is None


def test_keys_and_the_last_way_in() -> None:
    assert is_good_key("https://a", "b")
    assert not is_good_key("https://a", "")
    assert not is_good_key("https://a", "b\x00")
    assert not is_good_key("https://a", 5)
    assert [
        may_remove(has_password=a, links=b) for a, b in ((True, 1), (False, 2), (False, 1))
    ] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "env",
    [
        {"OIDC_ISSUER": "https://a.example"},
        {"OIDC_ISSUER": "http://a.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
        {"OIDC_ISSUER": "a.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
        {"WECHAT_WEB_APP_ID": "wx1"},
    ],
)
def test_half_a_setting_is_told(env: dict[str, str], tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match=r"OIDC_|WECHAT_WEB"):
        Settings.from_env({"DATA_DIR": str(tmp_path), **env})

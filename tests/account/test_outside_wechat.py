"""Signing in by WeChat, against a local server that answers as the platform documents."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.account.outside.models import Identity
from sanshi_lms.core.db import db
from tests.account.test_devices import WECHAT
from tests.account.test_outside import choose, is_in
from tests.notices.servers import Gateway, web_server
from tests.people import Cast

GO = "/account/outside/wechat"
SITE, OFFICIAL = "wxsite", "wxofficial"
OPENID, UNION = "oQ" + "a" * 26, "uN" + "b" * 26


@pytest.fixture
def platform(app: Flask) -> Iterator[Gateway]:
    """The platform on this machine; a site app and an official account are named."""
    with web_server() as gateway:
        choose(
            app,
            wechat_api=gateway.url,
            public_url="https://weike.example.cn",
            wechat_app_id=OFFICIAL,
            wechat_app_secret="5e",
            wechat_web_app_id=SITE,
            wechat_web_app_secret="6f",
        )
        yield gateway


def came(**more: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"access_token": "A", "expires_in": 7200, "openid": OPENID, **more}


def go(client: FlaskClient, agent: str = "") -> tuple[str, dict[str, list[str]]]:
    """Go out; return where to, and what is asked there."""
    address = client.get(f"{GO}?next=/courses/", headers={"User-Agent": agent}).location
    assert address.endswith("#wechat_redirect")
    return address.partition("?")[0], parse_qs(urlsplit(address).query)


def back(client: FlaskClient, state: str, code: str = "C", agent: str = "") -> str:
    query = urlencode({"code": code, "state": state} if code else {"state": state})
    return str(client.get(f"{GO}/back?{query}", headers={"User-Agent": agent}).location)


def arrive(client: FlaskClient, agent: str = "") -> None:
    _, asked = go(client, agent)
    assert back(client, asked["state"][0], agent=agent) == "/account/outside/arrived"


def keys(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(select(Identity.issuer, Identity.subject).order_by(Identity.id))
        return [(row[0], row[1]) for row in rows]


def test_a_scan_on_a_computer_and_the_way_inside_wechat_are_one_person(
    app: Flask, people: Cast, platform: Gateway
) -> None:
    mine = people.client("cadre")
    platform.answers = [came(unionid=UNION)]
    to, asked = go(mine)
    assert to == "https://open.weixin.qq.com/connect/qrconnect"
    assert (asked["appid"], asked["scope"]) == ([SITE], ["snsapi_login"])
    assert asked["redirect_uri"] == ["https://weike.example.cn/account/outside/wechat/back"]
    assert back(mine, asked["state"][0]) == "/account/outside/arrived"
    sent = parse_qs(urlsplit(platform.asked[0].path).query)
    assert sent == {
        "appid": [SITE],
        "secret": ["6f"],
        "code": ["C"],
        "grant_type": ["authorization_code"],
    }
    assert mine.post("/account/outside/link").location == "/courses/"
    assert keys(app) == [("wechat:union", UNION)]

    phone = app.test_client()
    platform.answers = [came(openid="other" + "c" * 20, unionid=UNION)]
    to, asked = go(phone, WECHAT)
    assert to == "https://open.weixin.qq.com/connect/oauth2/authorize"
    assert (asked["appid"], asked["scope"]) == ([OFFICIAL], ["snsapi_userinfo"])
    back(phone, asked["state"][0], agent=WECHAT)
    assert phone.post("/account/outside/enter").location == "/courses/"
    assert is_in(phone)


def test_without_a_union_the_key_is_of_one_app_and_grows_better(
    app: Flask, people: Cast, platform: Gateway
) -> None:
    mine = people.client("cadre")
    platform.answers = [came()]
    arrive(mine)
    mine.post("/account/outside/link")
    assert keys(app) == [(f"wechat:{SITE}", OPENID)]
    stranger = app.test_client()
    platform.answers = [came()]
    arrive(stranger, WECHAT)
    stranger.post("/account/outside/enter")
    assert not is_in(stranger), "the same openid at another app is somebody else"
    later = app.test_client()
    platform.answers = [came(unionid=UNION)]
    arrive(later)
    later.post("/account/outside/enter")
    assert is_in(later)
    assert keys(app) == [("wechat:union", UNION)]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {"errcode": 40029, "errmsg": "invalid code"}), "已经过期"),
        ((200, {"errcode": 40163, "errmsg": "code been used"}), "已经过期"),
        ((200, {"errcode": 40226, "errmsg": "code blocked"}), "有风险"),
        ((200, {"errcode": 40125, "errmsg": "invalid appsecret"}), "AppSecret 不对"),
        ((200, {"errcode": -1, "errmsg": "system error"}), "太忙"),
        ((502, {}), "502"),
        ((200, b"<html>"), "看不懂"),
        ((200, {"access_token": "A"}), "登录没有完成"),
        (came(is_snapshotuser=1), "使用完整服务"),
    ],
)
def test_what_the_platform_refuses_is_told_with_the_way_by_password(
    app: Flask, platform: Gateway, answer: Any, told: str
) -> None:
    client = app.test_client()
    platform.answers = [answer]
    _, asked = go(client)
    assert back(client, asked["state"][0]) == "/account/sign-in"
    page = client.get("/account/sign-in").text
    assert told in page
    assert "也可以用账号和密码登录" in page


@pytest.mark.usefixtures("platform")
def test_a_wrong_state_a_refusal_and_another_browser(app: Flask) -> None:
    client = app.test_client()
    assert back(client, "") == "/account/sign-in"
    go(client)
    assert back(client, "wrong") == "/account/sign-in"
    _, asked = go(client)
    back(client, asked["state"][0], code="")
    assert "您没有同意用微信登录" in client.get("/account/sign-in").text
    _, asked = go(client)
    back(client, asked["state"][0], agent=WECHAT)
    assert "刚才的浏览器" in client.get("/account/sign-in").text


def test_the_button_is_there_where_it_works(app: Flask) -> None:
    def has_button(agent: str = "") -> bool:
        page = app.test_client().get("/account/sign-in", headers={"User-Agent": agent}).text
        return "用微信登录" in page

    choose(app, public_url="https://a.example", wechat_app_id=OFFICIAL, wechat_app_secret="5")
    assert has_button(WECHAT)
    assert not has_button()
    choose(app, wechat_web_app_id=SITE, wechat_web_app_secret="6")
    assert has_button()
    choose(app, public_url=None)
    assert not has_button()


def test_a_scan_is_a_proof_and_the_way_inside_wechat_is_none(
    people: Cast, platform: Gateway
) -> None:
    mine = people.client("cadre")
    platform.answers = [came(unionid=UNION)]
    arrive(mine)
    mine.post("/account/outside/link")
    for agent, proved in ((WECHAT, False), ("", True)):
        with mine.session_transaction() as session:
            session["proved_at"] = 0.0
        platform.answers = [came(unionid=UNION)]
        arrive(mine, agent)
        mine.post("/account/outside/enter")
        with mine.session_transaction() as session:
            assert bool(session["proved_at"]) is proved

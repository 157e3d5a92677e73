"""Sharing inside WeChat: who asks for the ticket, what is signed, which pages take the script."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Route

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.wechat import own_account, read
from sanshi_lms.outlets.cards import rules, tickets
from sanshi_lms.outlets.cards.models import ShareTicket
from tests.browser import PHONE, running_web
from tests.notices.servers import Gateway, web_server
from tests.outlets.cards.conftest import Lecture
from tests.services import free_port
from tools.serve import Address

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137)"
)
TOKEN = (200, {"access_token": "token-1", "expires_in": 7200})
TICKET = (200, {"errcode": 0, "errmsg": "ok", "ticket": "ticket-1", "expires_in": 7200})
SIGNATURE = "/api/v1/wechat/signature"
PAGE = "http://localhost/courses/dianti?t=9"


@pytest.fixture
def gateway(app: Flask) -> Iterator[Gateway]:
    """A server with the documented shapes, in the place of WeChat's API."""
    with web_server() as found:
        chosen = app.extensions["settings"]
        app.extensions["settings"] = replace(
            chosen, wechat_app_id="wx12", wechat_app_secret="s", wechat_api=found.url
        )
        yield found


def renew(app: Flask, gateway: Gateway, *answers: tuple[int, Any]) -> None:
    gateway.answers += answers
    with app.app_context():
        tickets.renew()


def due(app: Flask) -> bool:
    with app.app_context():
        return tickets.is_due()


@contextmanager
def row_of(app: Flask) -> Iterator[ShareTicket]:
    with app.app_context(), transaction():
        yield db.session.get_one(ShareTicket, "wx12")


def test_without_an_account_nothing_is_signed_and_no_page_changes(
    client: FlaskClient, app: Flask
) -> None:
    assert client.get(f"{SIGNATURE}?url={quote(PAGE)}").status_code == 204
    assert not due(app)
    page = client.get("/", headers={"User-Agent": WECHAT})
    assert "data-wechat-share" not in page.text
    assert "res.wx.qq.com" not in page.headers["Content-Security-Policy"]


def test_the_worker_gets_a_ticket_and_pages_are_signed_with_it(
    app: Flask, client: FlaskClient, gateway: Gateway
) -> None:
    address = f"{SIGNATURE}?url={quote(PAGE + '#below')}"
    assert client.get(address).status_code == 204, "no ticket yet"
    assert gateway.asked == [], "a page never asks WeChat"
    assert due(app)
    renew(app, gateway, TOKEN, TICKET)
    asked = urlsplit(gateway.asked[1].path)
    assert asked.path == "/cgi-bin/ticket/getticket"
    assert parse_qs(asked.query) == {"access_token": ["token-1"], "type": ["jsapi"]}
    found = client.get(address).get_json()
    assert found["appId"] == "wx12"
    assert abs(found["timestamp"] - now().timestamp()) < 60
    expected = rules.signature("ticket-1", found["nonceStr"], found["timestamp"], PAGE)
    assert found["signature"] == expected
    assert client.get(address).get_json()["nonceStr"] != found["nonceStr"]
    assert len(gateway.asked) == 2
    with row_of(app) as row:
        assert "ticket-1" not in row.sealed


def test_only_addresses_of_ours_are_signed(
    app: Flask, client: FlaskClient, gateway: Gateway
) -> None:
    renew(app, gateway, TOKEN, TICKET)
    for url in ("https://evil.example/", "http://localhost.evil.example/", ""):
        answer = client.get(f"{SIGNATURE}?url={quote(url)}")
        assert answer.status_code == 400
        assert "本网站" in str(answer.get_json())


def test_a_ticket_is_renewed_before_it_ends_and_not_before(app: Flask, gateway: Gateway) -> None:
    renew(app, gateway, TOKEN, TICKET)
    assert not due(app)
    with row_of(app) as row:
        left = row.expires_at - now()
        assert timedelta(seconds=7200) - tickets.MARGIN >= left > timedelta(seconds=6700)
        row.expires_at, row.asked_at = now() + timedelta(minutes=9), now() - timedelta(hours=2)
    assert due(app)


def test_after_a_refusal_the_old_ticket_stays_and_wechat_is_left_alone(
    app: Flask, client: FlaskClient, gateway: Gateway
) -> None:
    renew(app, gateway, TOKEN, TICKET)
    with row_of(app) as row:
        row.expires_at = now() + timedelta(minutes=9)
    renew(app, gateway, (200, {"errcode": 48001, "errmsg": "api unauthorized"}))
    assert not due(app), "asked a moment ago"
    assert client.get(f"{SIGNATURE}?url={quote(PAGE)}").status_code == 200
    told = client.get("/healthz").get_json()["parts"]
    assert "wechat_share" not in told, "this application was made without an account"
    with row_of(app) as row:
        assert "没有这项接口的权限" in row.problem
        row.expires_at = now()
    assert client.get(f"{SIGNATURE}?url={quote(PAGE)}").status_code == 204


def test_a_first_refusal_is_kept_for_the_desk(app: Flask, gateway: Gateway) -> None:
    renew(app, gateway, TOKEN, (200, {"errcode": 40164, "errmsg": "invalid ip"}))
    assert not due(app)
    with app.app_context():
        told = tickets._look()
    assert told.ok
    assert "白名单" in told.sentence


def test_the_client_of_the_house_still_reads(app: Flask, gateway: Gateway) -> None:
    gateway.answers += [TOKEN, TICKET]
    with app.app_context():
        account = own_account()
        assert account is not None
        assert read(account, "/cgi-bin/ticket/getticket", type="jsapi")["ticket"] == "ticket-1"


@pytest.mark.usefixtures("gateway")
def test_only_pages_for_all_take_the_script_and_only_inside_wechat(
    client: FlaskClient, lecture: Lecture
) -> None:
    def policy(path: str, agent: str) -> tuple[bool, str]:
        page = client.get(path, headers={"User-Agent": agent})
        assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
        return "data-wechat-share" in page.text, page.headers["Content-Security-Policy"]

    for path in ("/", lecture.course_page, lecture.page):
        there, rule = policy(path, WECHAT)
        assert there
        assert rule.startswith("script-src 'self' https://res.wx.qq.com; default-src 'self';")
        there, rule = policy(path, "Mozilla/5.0 (iPhone) Safari/604.1")
        assert not there
        assert "qq.com" not in rule
    for path in ("/courses/", "/account/sign-in", "/courses/none"):
        there, rule = policy(path, WECHAT)
        assert not there
        assert "qq.com" not in rule
    lecture.hide()
    assert "qq.com" not in policy(lecture.page, WECHAT)[1]


STAND_IN = """
window.asked = [];
const note = (name) => (values) => { window.asked.push([name, values]); };
window.wx = {
  config(values) { note("config")(values); setTimeout(() => window.begin?.()); },
  ready(call) { window.begin = call; },
  error() {},
  updateAppMessageShareData: note("friends"),
  updateTimelineShareData: note("timeline"),
};
"""


@pytest.mark.parametrize("reachable", [True, False])
def test_a_page_inside_wechat_offers_itself(
    app: Flask, chromium: Browser, lecture: Lecture, gateway: Gateway, reachable: bool
) -> None:
    """In a real browser with WeChat's name; the platform's script is served by the test."""
    renew(app, gateway, TOKEN, TICKET)
    address = Address("127.0.0.1", free_port())
    env = {"WECHAT_APP_ID": "wx12", "WECHAT_APP_SECRET": "s", "WECHAT_API": gateway.url}
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def platform(route: Route) -> None:
        if reachable:
            route.fulfill(body=STAND_IN, content_type="text/javascript")
        else:
            route.abort()

    with running_web(app.extensions["settings"], address, **env):
        context = chromium.new_context(base_url=address.url, user_agent=WECHAT, **PHONE)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", hear)
        context.route("https://res.wx.qq.com/**", platform)
        page = context.new_page()
        with page.expect_request("https://res.wx.qq.com/open/js/jweixin-1.6.0.js"):
            page.goto(f"{lecture.page}?t=1#x")
        if reachable:
            page.wait_for_function("window.asked?.length === 3")
            told = dict(page.evaluate("window.asked"))
        else:
            page.wait_for_load_state("networkidle")
            told = {}
        context.close()
    quiet = [text for text in complaints if "ERR_FAILED" not in text]
    assert quiet == [], "nobody is bothered, and the content policy has nothing against it"
    if not reachable:
        return
    config, friends = told["config"], told["friends"]
    page_url = f"{address.url}{lecture.page}?t=1"
    assert config["signature"] == rules.signature(
        "ticket-1", config["nonceStr"], config["timestamp"], page_url
    )
    assert (config["appId"], config["debug"]) == ("wx12", False)
    assert set(config["jsApiList"]) == {"updateAppMessageShareData", "updateTimelineShareData"}
    assert friends["title"] == told["timeline"]["title"] == "先问意愿"
    assert friends["desc"].startswith("挨家挨户")
    assert friends["link"] == f"{address.url}{lecture.page}"
    assert friends["imgUrl"].startswith(f"{address.url}/outlets/cards/lesson/")

"""The desk asks again who sits there, and for two steps, where the settings say so."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.account.models import Post
from sanshi_lms.account.slowing.rules import HERE
from sanshi_lms.core.db import db
from tests.account.test_outside import choose
from tests.account.test_second_step import turned_on
from tests.people import Cast

POSTS = "/admin/account/posts"


def away(client: FlaskClient, minutes: float) -> None:
    """Let the client have been at the desk, and have proved who it is, so long ago."""
    with client.session_transaction() as session:
        session["proved_at"] = session["desk_seen_at"] = time.time() - minutes * 60


def posts(app: Flask) -> list[str]:
    """Return the posts that tests add."""
    with app.app_context():
        return [one.name for one in db.session.query(Post) if one.name in {"x", "楼栋长"}]


@pytest.fixture
def admin(app: Flask, people: Cast) -> FlaskClient:
    """An administrator at a desk that asks after 15 minutes."""
    choose(app, desk_idle_minutes=15)
    return people.client("admin")


def test_a_page_asks_and_comes_back_to_itself(admin: FlaskClient, people: Cast) -> None:
    away(admin, 14)
    assert admin.get("/admin/").status_code == 200
    away(admin, 16)
    asked = admin.get("/admin/account/people?q=王")
    assert asked.location.startswith("/account/prove?next=/admin/account/people?q")
    assert "再输一次密码" in admin.get(asked.location).text
    assert admin.get("/account/profile").status_code == 200, "only the desk asks"
    sent = {"password": people.password, "next": "/admin/account/people?q=王"}
    assert admin.post("/account/prove", data=sent).location.startswith("/admin/account/people?q=")
    assert admin.get("/admin/").status_code == 200


def test_news_that_a_page_fetches_keeps_nobody_at_the_desk(admin: FlaskClient) -> None:
    away(admin, 14)
    with admin.session_transaction() as session:
        before = session["desk_seen_at"]
    assert admin.get("/api/v1/admin/jobs").status_code == 200
    with admin.session_transaction() as session:
        assert session["desk_seen_at"] == before
    away(admin, 16)
    answer = admin.get("/api/v1/admin/jobs")
    assert answer.status_code == 401
    assert "再输一次密码" in answer.get_json()["error"]["message"]


def test_a_form_is_carried_through(app: Flask, admin: FlaskClient, people: Cast) -> None:
    away(admin, 16)
    asked = admin.post(POSTS, data={"name": "x<b>"})
    assert asked.status_code == 401
    assert posts(app) == []
    assert 'name="name" value="x&lt;b&gt;"' in asked.text
    assert f'action="{POSTS}"' in asked.text
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    del carried["csrf_token"]
    wrong = admin.post(POSTS, data={**carried, "desk_password": "wrong"})
    assert wrong.status_code == 422
    assert "密码不对" in wrong.text
    assert "wrong" not in wrong.text
    assert posts(app) == []
    sent = {"name": "楼栋长", "desk_password": people.password}
    assert admin.post(POSTS, data=sent).status_code == 302
    assert posts(app) == ["楼栋长"]
    assert admin.get("/admin/").status_code == 200


def test_guessing_at_the_desk_is_slowed(app: Flask, admin: FlaskClient, people: Cast) -> None:
    for _ in range(HERE.free):
        away(admin, 16)
        assert admin.post(POSTS, data={"name": "x", "desk_password": "no"}).status_code == 422
    away(admin, 16)
    sent = {"name": "x", "desk_password": people.password}
    assert "请等 1 分钟" in admin.post(POSTS, data=sent).text
    assert posts(app) == []


def test_whoever_works_at_the_desk_must_use_two_steps(app: Flask, people: Cast) -> None:
    author, cadre = people.client("author"), people.client("cadre")
    assert author.get("/admin/").status_code == 200
    choose(app, require_second_step=True)
    assert author.get("/admin/").location == "/account/second-step"
    assert "规定要用两步验证" in author.get("/account/second-step").text
    assert author.get("/learning/").status_code == 200
    admin = people.client("admin")
    assert admin.get("/community/needs/").location == "/account/second-step", "it needs a right"
    assert cadre.get("/community/needs/").status_code == 200
    turned_on(app, people.id("author"))
    assert author.get("/admin/").status_code == 200
    off = author.post("/account/second-step/off")
    assert off.status_code == 422
    assert "不能关闭" in off.text
    turned_on(app, people.id("cadre"))
    assert cadre.post("/account/second-step/off").status_code == 302

"""Drafts against a local server that answers as the platform documents, its refusals too."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from sanshi_lms.core import jobs, wechat
from sanshi_lms.core.db import db
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.nonces import new_nonce
from sanshi_lms.core.sealing import seal, unseal
from sanshi_lms.outlets.drafts.jobs import PURPOSE
from sanshi_lms.outlets.drafts.models import Draft, OfficialAccount
from tests.notices.servers import Gateway, web_server
from tests.outlets.making import make_lesson
from tests.people import Cast

APP_ID, SECRET = "wx" + "0a" * 8, "5e" * 16
TOKEN = (200, {"access_token": "T", "expires_in": 7200})
PICTURE = (200, {"url": "http://mmbiz.qpic.cn/mmbiz/1/0"})
COVER = (200, {"media_id": "COVER", "url": "http://mmbiz.qpic.cn/2"})
MADE = (200, {"media_id": "DRAFT"})


@pytest.fixture
def platform(app: Flask) -> Iterator[Gateway]:
    """The platform on this machine."""
    with web_server() as gateway:
        chosen = app.extensions["settings"]
        app.extensions["settings"] = dataclasses.replace(chosen, wechat_api=gateway.url)
        yield gateway


def send(app: Flask, people: Cast, nonce: str = "") -> Draft:
    """Save the account, send a lesson's article, let the worker do it."""
    admin, lesson_id = people.client("admin"), make_lesson(app)
    admin.post(
        "/admin/outlets/accounts", data={"name": "江津住建", "app_id": APP_ID, "secret": SECRET}
    )
    with app.app_context():
        number = db.session.query(OfficialAccount).one().id
    form = {"account_id": number, "nonce": nonce or new_nonce()}
    for _ in range(2):
        admin.post(f"/admin/outlets/lesson/{lesson_id}/drafts", data=form)
    with app.app_context():
        while run_next("fast"):
            pass
        return db.session.query(Draft).one()


def test_an_article_becomes_a_draft(app: Flask, people: Cast, platform: Gateway) -> None:
    platform.answers = [TOKEN, PICTURE, COVER, MADE]
    row = send(app, people)
    assert (row.state, row.media_id) == ("made", "DRAFT")
    asked = [one.path.partition("?")[0] for one in platform.asked]
    assert asked == [
        "/cgi-bin/stable_token",
        "/cgi-bin/media/uploadimg",
        "/cgi-bin/material/add_material",
        "/cgi-bin/draft/add",
    ]
    assert b"\x89PNG" in platform.asked[1].body
    (article,) = platform.asked[-1].json()["articles"]
    assert article["title"] == "加梯的钱怎么分第一课"
    assert article["thumb_media_id"] == "COVER"
    assert "http://mmbiz.qpic.cn/mmbiz/1/0" in article["content"]
    assert "/go/" in article["content_source_url"]
    assert "\\u" not in platform.asked[-1].body.decode()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([(200, {"errcode": 40125})], "AppSecret 不对"),
        ([(200, {"errcode": 40164})], "IP 白名单"),
        ([TOKEN, PICTURE, COVER, (200, {"errcode": 48001})], "没有这项接口的权限"),
        ([TOKEN, (200, {"errcode": 40009})], "图片太大"),
        ([TOKEN, PICTURE, COVER, (200, {"errcode": 45003})], "标题太长"),
    ],
)
def test_what_the_platform_refuses_is_told(
    app: Flask, people: Cast, platform: Gateway, answers: list[Any], told: str
) -> None:
    platform.answers = answers
    row = send(app, people)
    assert row.state == "failed"
    assert told in row.problem
    page = people.client("admin").get(f"/admin/outlets/{row.kind}/{row.ref}").text
    assert told in page


def test_a_stale_token_is_asked_for_anew(app: Flask, people: Cast, platform: Gateway) -> None:
    stale = (200, {"errcode": 42001})
    platform.answers = [TOKEN, stale, TOKEN, PICTURE, COVER, MADE]
    assert send(app, people).state == "made"


def test_a_quota_that_is_used_up_waits_for_another_try(
    app: Flask, people: Cast, platform: Gateway
) -> None:
    platform.answers = [TOKEN, (200, {"errcode": 45009})]
    row = send(app, people)
    assert row.state == "waiting"
    assert "次数用完" in row.problem
    with app.app_context():
        job = jobs.find_job("outlets.draft", str(row.id))
        assert job is not None
        assert job.state == "pending"


def test_a_platform_that_is_not_there(app: Flask) -> None:
    with app.app_context():
        chosen = app.extensions["settings"]
        app.extensions["settings"] = dataclasses.replace(chosen, wechat_api="http://127.0.0.1:9")
        with pytest.raises(wechat.WeChatError, match="连不上微信") as caught:
            wechat.api(wechat.Account(APP_ID, SECRET), "/cgi-bin/draft/add", json={})
        assert caught.value.retry


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "", "app_id": APP_ID, "secret": SECRET}, "公众号的名称"),
        ({"name": "江津", "app_id": "gh_1", "secret": SECRET}, "AppID 不对"),
        ({"name": "江津", "app_id": APP_ID, "secret": "短"}, "AppSecret 不对"),
    ],
)
def test_a_bad_account_is_told_in_words(people: Cast, form: dict[str, str], told: str) -> None:
    answer = people.client("admin").post("/admin/outlets/accounts", data=form)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_secret_rests_sealed_and_goes_when_the_account_does(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    form = {"name": "江津住建", "app_id": APP_ID, "secret": SECRET}
    page = admin.post("/admin/outlets/accounts", data=form, follow_redirects=True).text
    assert SECRET not in page
    with app.app_context():
        row = db.session.query(OfficialAccount).one()
        assert SECRET not in row.sealed_secret
        assert unseal(row.sealed_secret, PURPOSE) == SECRET
        assert unseal(seal(SECRET, b"another"), PURPOSE) is None
        number = row.id
    admin.post(f"/admin/outlets/accounts/{number}/remove")
    with app.app_context():
        assert db.session.query(OfficialAccount).one().sealed_secret == ""

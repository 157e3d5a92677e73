"""Outlets at the desk: one page for all, links that count, the ledger, and what must come down."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.nonces import new_nonce
from sanshi_lms.outlets.ledger import to_take_down
from sanshi_lms.outlets.ledger.models import Publication
from sanshi_lms.outlets.links import links_of
from sanshi_lms.outlets.links.models import ChannelLink
from tests.outlets.making import make_lesson, withdraw
from tests.people import Cast


def publish(client: FlaskClient, lesson_id: int, **changed: str) -> FlaskClient:
    form = {
        "nonce": new_nonce(), "channel": "gzh", "place": "江津住建",
        "url": "https://mp.weixin.qq.com/s/abc", "day": local(now()).date().isoformat(),
    }  # fmt: skip
    client.post(f"/admin/outlets/lesson/{lesson_id}/publications", data=form | changed)
    return client


def test_one_page_has_every_outlet(app: Flask, people: Cast) -> None:
    lesson_id = make_lesson(app)
    admin = people.client("admin")
    assert f"/admin/outlets/lesson/{lesson_id}" in admin.get("/admin/outlets/").text
    page = admin.get(f"/admin/outlets/lesson/{lesson_id}").text
    for words in ("检查通过", "复制正文", "下载全部素材", "链接和二维码", "登记发布"):
        assert words in page
    article = admin.get(f"/admin/outlets/lesson/{lesson_id}/article")
    assert "加梯的钱怎么分" in article.text
    assert "sandbox" in article.headers["Content-Security-Policy"]
    kit = admin.get(f"/admin/outlets/lesson/{lesson_id}/kit.zip")
    assert kit.mimetype == "application/zip"


def test_a_link_leads_to_the_lesson_and_counts_without_a_name(app: Flask, people: Cast) -> None:
    lesson_id, admin = make_lesson(app), people.client("admin")
    for _ in range(2):
        admin.post(f"/admin/outlets/lesson/{lesson_id}/links", data={"channel": "group"})
    with app.app_context():
        (one,) = links_of("lesson", lesson_id)
        code = one.link.code
    stranger = app.test_client()
    answer = stranger.get(f"/go/{code}")
    assert answer.headers["Location"] == f"/courses/lift/one?via={code}"
    for _ in range(3):
        assert stranger.post("/outlets/visits", data={"code": code}).status_code == 204
    with app.app_context():
        assert links_of("lesson", lesson_id)[0].visits == 3
    assert "<b>3</b> 次" in admin.get(f"/admin/outlets/lesson/{lesson_id}").text


def test_who_comes_from_a_poster_counts_for_it(app: Flask) -> None:
    lesson_id, stranger = make_lesson(app), app.test_client()
    for form in (
        {"channel": "poster", "path": "/courses/lift/one"},
        {"channel": "poster", "path": "/courses/lift/one"},
        {"channel": "poster", "path": "/courses/lift/none"},
        {"channel": "poster", "path": "//"},
        {"channel": "x", "path": "/courses/lift/one"},
    ):
        assert stranger.post("/outlets/visits", data=form).status_code == 204
    with app.app_context():
        assert [(one.channel_zh, one.visits) for one in links_of("lesson", lesson_id)] == [
            ("海报", 2)
        ]


@pytest.mark.parametrize("code", ["abcdefg", "x", "ABCDEFG", "a" * 500, "%00"])
def test_an_unknown_code_is_told_and_counts_nothing(client: FlaskClient, code: str) -> None:
    assert client.get(f"/go/{code}").status_code == 404
    assert client.post("/outlets/visits", data={"code": code}).status_code == 204


def test_what_was_published_is_written_down_once(app: Flask, people: Cast) -> None:
    lesson_id, nonce = make_lesson(app), new_nonce()
    admin = people.client("admin")
    publish(publish(admin, lesson_id, nonce=nonce), lesson_id, nonce=nonce)
    with app.app_context():
        (row,) = db.session.query(Publication)
        assert (row.place, row.channel) == ("江津住建", "gzh")
    assert "江津住建" in admin.get("/admin/outlets/").text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("place", "", "请填写发布在哪里"),
        ("url", "javascript:alert(1)", "https://"),
        ("url", "http://[", "https://"),
        ("day", "明天", "哪一天"),
        ("day", (local(now()) + timedelta(days=9)).date().isoformat(), "还没有到"),
        ("channel", "x", "渠道"),
    ],
)
def test_a_bad_entry_is_told_in_words(
    app: Flask, people: Cast, field: str, value: str, told: str
) -> None:
    lesson_id = make_lesson(app)
    admin = publish(people.client("admin"), lesson_id, **{field: value})
    assert told in admin.get(f"/admin/outlets/lesson/{lesson_id}").text
    with app.app_context():
        assert db.session.query(Publication).count() == 0


def test_what_is_withdrawn_here_must_come_down_there(app: Flask, people: Cast) -> None:
    lesson_id = make_lesson(app)
    admin = publish(people.client("admin"), lesson_id)
    assert "要到外面去撤下的" not in admin.get("/admin/outlets/").text
    withdraw(app)
    assert "要到外面去撤下的" in admin.get("/admin/outlets/").text
    with app.app_context():
        (row,) = to_take_down()
        number = row.id
    for _ in range(2):
        admin.post(f"/admin/outlets/publications/{number}/down", data={"words": "公众号已删"})
    with app.app_context():
        assert to_take_down() == []
        assert db.session.get_one(Publication, number).words == "公众号已删"


def test_a_draft_travels_nowhere(app: Flask, people: Cast) -> None:
    lesson_id = make_lesson(app, status="draft")
    admin = people.client("admin")
    for path in ("", "/article", "/kit.zip"):
        assert admin.get(f"/admin/outlets/lesson/{lesson_id}{path}").status_code == 404
    assert admin.get("/admin/outlets/quiz/1").status_code == 404
    assert app.test_client().get(f"/outlets/pictures/lesson/{lesson_id}/1").status_code == 404
    assert "加梯的钱" not in admin.get("/admin/outlets/").text


def test_only_who_publishes_may_do_any_of_it(app: Flask, people: Cast) -> None:
    lesson_id = make_lesson(app)
    for part in ("author", "cadre"):
        client = people.client(part)
        assert client.get("/admin/outlets/").status_code == 403
        assert client.get(f"/admin/outlets/lesson/{lesson_id}").status_code == 403
        answer = client.post(f"/admin/outlets/lesson/{lesson_id}/links", data={"channel": "gzh"})
        assert answer.status_code == 403
    with app.app_context():
        assert db.session.query(ChannelLink).count() == 0


def test_pictures_of_a_public_article_are_for_everybody(app: Flask) -> None:
    lesson_id = make_lesson(app)
    picture = app.test_client().get(f"/outlets/pictures/lesson/{lesson_id}/1")
    assert picture.mimetype == "image/png"
    assert "public" in picture.headers["Cache-Control"]
    assert app.test_client().get(f"/outlets/pictures/lesson/{lesson_id}/9").status_code == 404

"""Messages on the site: told once, seen by their reader alone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice, add_topic, notify
from sanshi_lms.notices.rules import is_our_path, shorten, told_count
from tests.people import Cast


def tell(app: Flask, *user_ids: int, key: str = "need:1", path: str = "/learning/") -> int:
    with app.app_context(), transaction():
        return notify(user_ids, "test", "有新的学习任务", "请在 12 月 1 日前学完", path, key)


def test_nobody_is_told_twice(app: Flask, people: Cast) -> None:
    cadre, pro = people.id("cadre"), people.id("pro")
    assert tell(app, cadre, cadre) == 1
    assert tell(app, cadre, pro) == 1
    assert tell(app, cadre, pro) == tell(app) == 0
    assert tell(app, cadre, key="need:2") == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(Notice.id))) == 3


def test_nobody_counts_beyond_a_hundred(app: Flask, people: Cast) -> None:
    number = people.id("cadre")
    with app.app_context(), transaction():
        told = [notify([number], "test", "一", "", "/", f"k{place}") for place in range(120)]
    assert told == [1] * 120
    page = people.client("cadre").get("/notices/")
    assert "99+" in page.text


@pytest.mark.parametrize("path", ["", "learning", "//evil.example", "/\\evil", "/a\nb", "/" * 201])
def test_a_notice_leads_to_a_page_of_ours(app: Flask, people: Cast, path: str) -> None:
    assert not is_our_path(path)
    with pytest.raises(ValueError, match="not a notice"):
        tell(app, people.id("cadre"), path=path)


def test_words_that_are_too_long_are_cut() -> None:
    assert shorten("一  二\n三", 10) == "一 二 三"
    assert shorten("字" * 90, 80) == "字" * 79 + "…"
    assert [told_count(n) for n in (1, 99, 100)] == ["1", "99", "99+"]


def test_a_person_reads_their_messages(app: Flask, people: Cast) -> None:
    add_topic("test", "学习任务")
    tell(app, people.id("cadre"), path="/learning/?x=1")
    cadre = people.client("cadre")
    page = cadre.get("/notices/").text
    assert "学习任务" in page
    assert "12 月 1 日前" in page
    assert "有 1 条未读消息" in cadre.get("/").text
    number = one_id(app)
    answer = cadre.post(f"/notices/{number}/open")
    assert answer.location == "/learning/?x=1"
    assert "未读消息" not in cadre.get("/").text
    assert "没有未读的消息" in cadre.get("/notices/?show=unread").text


def test_all_at_once(app: Flask, people: Cast) -> None:
    tell(app, people.id("cadre"), people.id("pro"))
    tell(app, people.id("cadre"), key="need:2")
    cadre = people.client("cadre")
    assert cadre.post("/notices/read").status_code == 302
    assert "已把 2 条消息标为已读" in cadre.get("/notices/").text
    assert "有 1 条未读消息" in people.client("pro").get("/").text
    cadre.post("/notices/read")
    assert "没有未读的消息" in cadre.get("/notices/").text


def test_a_stranger_and_another_person_see_nothing(
    app: Flask, client: FlaskClient, people: Cast
) -> None:
    tell(app, people.id("cadre"))
    assert client.get("/notices/").status_code == 302
    assert client.post("/notices/read").status_code == 401
    pro = people.client("pro")
    assert "还没有消息" in pro.get("/notices/").text
    assert pro.post(f"/notices/{one_id(app)}/open").status_code == 404


def one_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Notice.id).order_by(Notice.id).limit(1)).one()

"""Resources: bookings never clash, money is never more than there is, whoever clicks at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from sanshi_lms.community.resources import rules
from sanshi_lms.community.resources.models import Booking, Budget, Resource, Spending
from sanshi_lms.community.resources.rules import Span
from sanshi_lms.core.clock import LOCAL_ZONE, local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.community.test_needs import at_once
from tests.people import Cast

T = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # nine in the morning in Chongqing
HOUR = timedelta(hours=1)
PAGE, ADMIN = "/community/resources/", "/admin/community/resources/"
SPANS = st.builds(
    lambda begin, length: Span(T + begin * HOUR, T + (begin + length) * HOUR),
    st.integers(0, 40), st.integers(1, 20),
)  # fmt: skip


@given(SPANS, SPANS)
def test_two_stretches_meet_when_they_have_an_hour_in_common(one: Span, other: Span) -> None:
    def hours(span: Span) -> set[int]:
        begin = int((span.starts - T) / HOUR)
        return set(range(begin, begin + int((span.ends - span.starts) / HOUR)))

    assert one.meets(other) == other.meets(one) == bool(hours(one) & hours(other))
    assert (rules.clash(one, [other]) is other) == one.meets(other)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (0, 12, None), (-1, 1, "已经过了"), (0, 0, "晚于开始"), (12, 13, "8 点到 21 点"),
        (22, 24, "8 点到 21 点"), (0, 26, "一天一天地订"), (24 * 93, 24 * 93 + 1, "三个月"),
        (0, 24 * 8, "7 天"), (11, 12, None),
    ],
)  # fmt: skip
def test_what_can_be_booked(begin: int, end: int, words: str | None) -> None:
    span = Span(T + begin * HOUR, T + end * HOUR)
    found = rules.problem(span, 8, 21, T, LOCAL_ZONE)
    assert (words is None) == (found is None)
    assert words is None or words in str(found)
    assert rules.problem(Span(T, T + 30 * HOUR), 0, 24, T, LOCAL_ZONE) is None


def added(app: Flask, admin: FlaskClient, **other: Any) -> int:
    """Return a room that is open all day, made in the pages."""
    values = {"kind": "场地", "name": "报告厅", "district": "渝中区", "place": "一楼", "about": "",
              "url": "", "opens": 0, "closes": 24, "active": "y", **other}  # fmt: skip
    assert admin.post(ADMIN, data=values).status_code == 302
    with app.app_context():
        return db.session.scalars(select(Resource.id).where(Resource.name == values["name"])).one()


def wish(begin: int, end: int, nonce: str) -> dict[str, str]:
    """Return a filled form: hours from the next full hour on."""
    at = local(now()).replace(minute=0, second=0) + HOUR
    return {
        "starts": f"{at + begin * HOUR:%Y-%m-%dT%H:%M}",
        "ends": f"{at + end * HOUR:%Y-%m-%dT%H:%M}",
        "purpose": "议事会", "nonce": nonce * 32,
    }  # fmt: skip


@pytest.mark.usefixtures("place")
def test_a_room_is_asked_for_confirmed_and_given_back(app: Flask, people: Cast) -> None:
    admin, cadre, pro = people.client("admin"), people.client("cadre"), people.client("pro")
    for wrong, words in (
        ({"kind": "资料"}, "资料要填网址"), ({"closes": 0}, "1 到 24"),
        ({"opens": 9, "closes": 9}, "晚于"),
        ({"kind": "资料", "url": "javascript:x"}, "资料要填网址"),
    ):  # fmt: skip
        values = {"kind": "场地", "name": "x", "opens": 8, "closes": 21, "url": "", **wrong}
        bad = admin.post(ADMIN, data=values)
        assert (bad.status_code, words in bad.text) == (422, True), words
    room = added(app, admin)
    url = f"{PAGE}{room}"
    for _ in range(2):
        assert cadre.post(url, data=wish(1, 3, "a")).status_code == 302
    for begin, end in ((2, 4), (0, 2), (0, 9), (1, 3)):
        clash = pro.post(url, data=wish(begin, end, f"{begin}"))
        assert (clash.status_code, "已经有人订了" in clash.text) == (422, True)
    assert pro.post(url, data=wish(3, 4, "e")).status_code == 302, "touching ends do not meet"
    assert "（我）" in cadre.get(url).text
    with app.app_context():
        mine, other = db.session.scalars(select(Booking.id).order_by(Booking.id)).all()
    assert pro.post(f"{PAGE}bookings/{mine}/cancel").status_code == 404
    assert "请写明为什么" in admin.post(f"{ADMIN}bookings/{other}", follow_redirects=True).text
    admin.post(f"{ADMIN}bookings/{other}", data={"words": "那天检修"})
    admin.post(f"{ADMIN}bookings/{mine}", data={"then": "confirm"})
    twice = admin.post(f"{ADMIN}bookings/{mine}", data={"words": "x"}, follow_redirects=True)
    assert "已经办过了" in twice.text
    with app.app_context():
        told = set(db.session.scalars(select(Notice.title)))
        assert {"“报告厅”订好了", "“报告厅”没有订成"} <= told
    assert "那天检修" in pro.get(PAGE).text
    cadre.post(f"{PAGE}bookings/{mine}/cancel")
    assert pro.post(url, data=wish(1, 3, "f")).status_code == 302, "the time is free again"
    paper = added(app, admin, kind="资料", name="办事指南", url="/courses/series/skills")
    assert "打开资料" in cadre.get(f"{PAGE}{paper}").text
    assert cadre.post(f"{PAGE}{paper}", data=wish(5, 6, "g")).status_code == 404
    assert people.client("resident").get(PAGE).status_code == 403
    assert cadre.get(ADMIN).status_code == 403


def test_two_book_the_same_hour_at_once(app: Flask, people: Cast, place: Place) -> None:
    del place
    room = added(app, people.client("admin"))
    clients = [people.client(part) for part in ("cadre", "pro", "other_cadre", "other_pro")]

    def tap(one: FlaskClient, nonce: str) -> Callable[[], Any]:
        return lambda: one.post(f"{PAGE}{room}", data=wish(1, 3, nonce))

    answers = at_once(*(tap(one, str(number)) for number, one in enumerate(clients)))
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]
    with app.app_context():
        assert db.session.scalar(select(func.count(Booking.id))) == 1


@pytest.mark.usefixtures("place")
def test_money_is_never_more_than_there_is(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    budget = {"title": "2026 年三师经费", "year": "2026", "amount": "1000"}
    for _ in range(2):
        page = admin.post(f"{ADMIN}budgets", data=budget, follow_redirects=True).text
    assert "已经有同名的经费" in page
    assert "请填" in admin.post(f"{ADMIN}budgets", data={**budget, "amount": "0"},
                              follow_redirects=True).text  # fmt: skip
    with app.app_context():
        budget_id = db.session.scalars(select(Budget.id)).one()
    for amount, told, nonce, words in (
        ("800", "场地", "a", "已记下"), ("800", "场地", "a", "已记下"),
        ("300", "印刷", "b", "还剩 200 元"),
        ("-900", "更正", "c", "超出了"), ("x", "更正", "d", "请填金额"),
        ("1", "", "e", "请写明用在哪里"),
        ("-100", "更正场地费", "f", "已记下"), ("300", "印刷", "g", "已记下"),
    ):  # fmt: skip
        data = {"amount": amount, "told": told, "nonce": nonce * 32}
        url = f"{ADMIN}budgets/{budget_id}"
        assert words in admin.post(url, data=data, follow_redirects=True).text, (amount, words)
    with app.app_context(), transaction():
        row = db.session.get_one(Budget, budget_id)
        assert row.spent == db.session.scalar(select(func.sum(Spending.amount))) == 1000
    assert "还剩 <b>0 元</b>" in admin.get(ADMIN).text

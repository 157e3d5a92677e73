"""Events: seats and the queue, checking in at the door, what people hear, what stays hidden."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from sanshi_lms.community.events import actions, rules
from sanshi_lms.community.events.models import Event, EventSeat
from sanshi_lms.community.events.rules import Seat, State
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.community.test_needs import at_once
from tests.people import Cast

T = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAGE, ADMIN = "/community/events/", "/admin/community/events/"


def test_the_very_moments_of_an_event() -> None:
    phases = [rules.phase(T, T + HOUR, T + d) for d in (-HOUR, 0 * HOUR, HOUR - HOUR / 9, HOUR)]
    assert phases == ["coming", "on", "on", "over"]
    assert rules.check_in_problem(T, T + HOUR, T - rules.DOORS) is None
    assert "开始前两小时" in str(rules.check_in_problem(T, T + HOUR, T - rules.DOORS - HOUR / 9))
    assert "补签" in str(rules.check_in_problem(T, T + HOUR, T + HOUR))
    assert rules.times_problem(T, T) is not None
    assert rules.times_problem(T, T + rules.LONGEST) is None
    with pytest.raises(rules.NotAllowed, match="已经结束"):
        rules.check_sign_up(State.OPEN, T, T)
    with pytest.raises(rules.NotAllowed, match="不能报名"):
        rules.check_sign_up(State.DRAFT, T + HOUR, T)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_seat_is_had_while_there_is_one(taken: int, seats: int) -> None:
    assert (rules.seat_for(taken, seats) is Seat.IN) == (seats == 0 or taken < seats)


def test_materials_are_names_with_addresses_that_lead_nowhere_else() -> None:
    text = "课件 第一讲 /courses/x/y\n报告 https://a.example/b?c=1\n\n"
    assert rules.read_links(text) == [
        rules.Link("课件 第一讲", "/courses/x/y"), rules.Link("报告", "https://a.example/b?c=1"),
    ]  # fmt: skip
    assert rules.links_problem(text) is None
    for bad in (
        "无址",
        "甲 javascript:x",
        "甲 //evil.example",
        "甲 /\\evil",
        "甲 http://a.example",
    ):
        assert "第 1 行不对" in str(rules.links_problem(bad)), bad
        assert rules.read_links(bad) == []
    assert [rules.is_our_path(p) for p in ("/a/b", "//a", "/\\a", "https://a", "")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def fields(**other: Any) -> dict[str, Any]:
    """Return a filled form of an event that begins in an hour."""
    at = local(now()) + HOUR
    return {
        "kind": "论坛", "title": "三师论坛", "starts": f"{at:%Y-%m-%dT%H:%M}",
        "ends": f"{at + 2 * HOUR:%Y-%m-%dT%H:%M}", "place": "规划展览馆", "seats": 1,
        "about": "请早到。", "speakers": "何静，讲加装电梯", "materials": "课件 /courses/x",
        "replay": "", "nonce": "e" * 32, **other,
    }  # fmt: skip


def arrange(app: Flask, admin: FlaskClient, **other: Any) -> int:
    """Return a published event made in the pages."""
    for _ in range(2):
        assert admin.post(f"{ADMIN}new", data=fields(**other)).status_code == 302
    with app.app_context():
        event_id = db.session.scalars(select(Event.id)).one()
    admin.post(f"{ADMIN}{event_id}/steps", data={"version": version(app, event_id)})
    return event_id


def version(app: Flask, event_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Event, event_id).version


@pytest.mark.usefixtures("place")
def test_seats_queue_and_door(app: Flask, people: Cast, client: FlaskClient) -> None:
    admin, cadre, pro = people.client("admin"), people.client("cadre"), people.client("pro")
    for wrong, words in (
        ({"ends": "2020-01-01T00:00"}, "晚于开始"), ({"materials": "甲 //x"}, "第 1 行不对"),
        ({"replay": "//x"}, "本站的路径"), ({"seats": -1}, "0 到 5000"),
        ({"kind": "派对"}, "请从列出"),
        ({"starts": "0001-01-01T00:00"}, "检查年份"),
    ):  # fmt: skip
        bad = admin.post(f"{ADMIN}new", data=fields(**wrong))
        assert (bad.status_code, words in bad.text) == (422, True), words
    event_id = arrange(app, admin)
    url, seat = f"{PAGE}{event_id}", f"{PAGE}{event_id}/seat"
    assert "三师论坛" in client.get(PAGE).text
    assert "登录后报名" in client.get(url).text
    for _ in range(2):
        assert "报上了" in cadre.post(seat, follow_redirects=True).text
    assert "您排在队里" in pro.post(seat, follow_redirects=True).text
    assert "1 个，已报 1 个" in client.get(url).text
    pro_here = pro.post(f"{url}/here", data={"code": "WRONG"}, follow_redirects=True)
    assert "签到码不对" in pro_here.text
    with app.app_context():
        code = db.session.get_one(Event, event_id).code
    full = pro.post(f"{url}/here", data={"code": code}, follow_redirects=True)
    assert "名额满了" in full.text
    cadre.post(seat, data={"then": "leave"})
    with app.app_context():
        seats = {row.user_id: row.seat for row in db.session.scalars(select(EventSeat))}
        assert seats == {people.id("cadre"): "out", people.id("pro"): "in"}
        told = db.session.scalars(select(Notice.title).where(Notice.user_id == people.id("pro")))
        assert "有名额了，您已经报上：三师论坛" in told.all()
    assert code in admin.get(f"{ADMIN}{event_id}/door").text
    assert (
        "签到好了"
        in pro.post(f"{url}/here", data={"code": code.lower()}, follow_redirects=True).text
    )
    stuck = pro.post(seat, data={"then": "leave"}, follow_redirects=True)
    assert "已经签到了" in stuck.text
    admin.post(f"{ADMIN}{event_id}/seats/{people.id('cadre')}", data={"here": "y"})
    rows = load_workbook(io.BytesIO(admin.get(f"{ADMIN}{event_id}/seats.xlsx").data)).worksheets[0]
    names = [row[0].value for row in rows.iter_rows(min_row=2)]
    assert set(names) == {"刘建国", "王小明"}
    moved = fields(place="改到图书馆", version=version(app, event_id), seats=0)
    admin.post(f"{ADMIN}{event_id}", data=moved)
    late = admin.post(f"{ADMIN}{event_id}", data=moved)
    assert (late.status_code, "慢了一步" in late.text) == (409, True)
    (entry,) = Calendar.from_ical(client.get(f"{url}.ics").data).walk("VEVENT")
    assert (str(entry["location"]), str(entry["summary"])) == ("改到图书馆", "三师论坛")
    step = {"then": "cancel", "version": version(app, event_id)}
    assert "请写明为什么取消" in admin.post(f"{ADMIN}{event_id}/steps", data=step,
                                      follow_redirects=True).text  # fmt: skip
    admin.post(f"{ADMIN}{event_id}/steps", data={**step, "words": "下大雨"})
    assert "下大雨" in client.get(url).text
    assert "不能报名" in cadre.post(seat, follow_redirects=True).text
    with app.app_context():
        told = db.session.scalars(select(Notice.title).where(Notice.user_id == people.id("pro")))
        assert {"活动时间或地点有变化：三师论坛", "活动取消了：三师论坛"} <= set(told.all())


@pytest.mark.usefixtures("place")
def test_a_draft_is_nobody_s_business(app: Flask, people: Cast, client: FlaskClient) -> None:
    admin = people.client("admin")
    admin.post(f"{ADMIN}new", data=fields())
    with app.app_context():
        event_id = db.session.scalars(select(Event.id)).one()
    for answer in (client.get(f"{PAGE}{event_id}"), client.get(f"{PAGE}{event_id}.ics"),
                   people.client("cadre").post(f"{PAGE}{event_id}/seat")):  # fmt: skip
        assert answer.status_code == 404
    assert "三师论坛" not in client.get(PAGE).text
    assert people.client("author").get(ADMIN).status_code == 403
    assert admin.get(f"{PAGE}{event_id}").status_code == 200


def test_two_take_the_last_seat_at_once(app: Flask, people: Cast, place: Place) -> None:
    event_id = arrange(app, people.client("admin"))
    del place
    clients = [people.client(part) for part in ("cadre", "pro", "other_cadre", "other_pro")]

    def tap(one: FlaskClient) -> Callable[[], Any]:
        return lambda: one.post(f"{PAGE}{event_id}/seat")

    answers = at_once(*(tap(one) for one in clients))
    assert {answer.status_code for answer in answers} == {302}
    with app.app_context():
        seats = sorted(db.session.scalars(select(EventSeat.seat)))
        assert seats == ["in", "waiting", "waiting", "waiting"]
    with app.app_context(), transaction():
        subject = db.session.get_one(Event, event_id)
        subject.ends_at = subject.starts_at + timedelta(minutes=1)
        with pytest.raises(Refusal, match="已经结束"):
            actions.sign_up(subject, people.id("cadre"), now() + timedelta(days=1))

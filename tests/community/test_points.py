"""Hours and points: earned once, spent once, never below zero, whoever clicks at the same time."""

import io
import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from sanshi_lms.account import User
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.points import actions, rules
from sanshi_lms.community.points.models import PointBalance, PointLine, Redemption, Reward
from sanshi_lms.community.points.queries import balance_of
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.signals import story_published
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from tests.community.conftest import WHEN, Place
from tests.people import Cast

PAGE = "/community/points/"
ADMIN = "/admin/community/points/"


def true_sum(user_id: int) -> tuple[int, int]:
    """Return what somebody's lines come to."""
    query = select(func.sum(PointLine.points), func.sum(PointLine.minutes))
    row = db.session.execute(query.where(PointLine.user_id == user_id)).one()
    return int(row[0] or 0), int(row[1] or 0)


@given(st.integers(0, 10_000))
def test_hours_are_told_in_words(minutes: int) -> None:
    assert re.fullmatch(r"\d+(\.\d)? 小时|\d+ 分钟", rules.hours_text(minutes))


def test_a_closed_and_confirmed_need_earns_once_each(app: Flask, place: Place) -> None:
    need_id, _ = place.file()
    with app.app_context(), transaction():
        need, at = db.session.get_one(Need, need_id), now()
        acts = [
            ("take", Actor.CADRE, Given()), ("assign", Actor.CADRE, Given(pro_id=place.pro_id)),
            ("respond", Actor.PRO, Given(words="来看")),
            ("close", Actor.CADRE, Given(words="好了")),
            ("reopen", Actor.ASKER, Given(words="没有")),
            ("respond", Actor.CADRE, Given(words="再看")),
            ("close", Actor.CADRE, Given(words="好")),
            ("confirm", Actor.ASKER, Given()),
        ]  # fmt: skip
        for verb, actor, given_ in acts:
            by = By(place.pro_id if actor is Actor.PRO else None, frozenset({actor}), at)
            perform(need, verb, by, given_, need.version)
            at += timedelta(hours=1)
    with app.app_context(), transaction():
        assert balance_of(place.pro_id) == (20, 120) == true_sum(place.pro_id)
        causes = set(db.session.scalars(select(PointLine.cause)))
        assert causes == {f"need:{need_id}:done", f"need:{need_id}:confirmed"}
        story = Story(id=7, title="扶手", need_id=need_id)
        for _ in range(2):
            story_published.send(story, at=WHEN)
        assert balance_of(place.pro_id) == (40, 180)


def test_points_are_spent_once_and_come_back(app: Flask, people: Cast, place: Place) -> None:
    pro, admin = people.client("pro"), people.client("admin")
    values = {"name": "参观新馆", "about": "半天", "district": "", "cost": "15", "stock": "2",
              "active": "y"}  # fmt: skip
    assert admin.post(f"{ADMIN}rewards", data={**values, "cost": "0"}).status_code == 422
    assert admin.post(f"{ADMIN}rewards", data=values).status_code == 302
    admin.post(f"{ADMIN}rewards", data={**values, "name": "远处的", "district": "江北区"})
    page = pro.get(PAGE).text
    assert ("参观新馆" in page, "远处的" in page, "还差 15 分" in page) == (True, False, True)
    with app.app_context(), transaction():
        actions.write(actions.Line(place.pro_id, "x", "示例", 20, 90), now())
        reward_id = db.session.scalars(select(Reward.id).where(Reward.district == "")).one()
    nonce = re.findall(r'name="nonce" value="(\w+)"', pro.get(PAGE).text)[0]
    for _ in range(2):
        done = pro.post(f"{PAGE}rewards/{reward_id}", data={"nonce": nonce}, follow_redirects=True)
        assert "等管理员发放" in done.text
    poor = pro.post(f"{PAGE}rewards/{reward_id}", data={"nonce": "b" * 32}, follow_redirects=True)
    assert "积分不够，这一项要 15 分" in poor.text
    with app.app_context():
        assert balance_of(place.pro_id) == (5, 90) == true_sum(place.pro_id)
        row = db.session.scalars(select(Redemption)).one()
        assert db.session.get_one(Reward, reward_id).stock == 1
    other = people.client("other_pro")
    assert other.post(f"{PAGE}redemptions/{row.id}/cancel").status_code == 404
    ends = f"{ADMIN}redemptions/{row.id}"
    assert "请写明为什么" in admin.post(ends, data={}, follow_redirects=True).text
    admin.post(ends, data={"words": "这个月没有名额"})
    twice = admin.post(ends, data={"then": "hand"}, follow_redirects=True)
    assert "已经办过了" in twice.text
    assert "这个月没有名额" in pro.get(PAGE).text
    with app.app_context():
        assert balance_of(place.pro_id) == (20, 90) == true_sum(place.pro_id)
        assert db.session.get_one(Reward, reward_id).stock == 2
    assert people.client("cadre").get(PAGE).status_code == 403
    assert pro.get(ADMIN).status_code == 403


def test_mistakes_are_put_right_by_a_line(app: Flask, people: Cast, place: Place) -> None:
    admin = people.client("admin")
    url, nonce = f"{ADMIN}people/{place.pro_id}", "c" * 32
    for points, words, told in (
        ("-5", "多算了", "少于 0 分"), ("x", "多算了", "请填要加"), ("5", "", "请写明为什么"),
        ("0", "没有", "请填要加"), ("8", "补记一次", "已记上一笔"), ("8", "补记一次", "已记上一笔"),
    ):  # fmt: skip
        data = {"points": points, "words": words, "nonce": nonce}
        assert told in admin.post(url, data=data, follow_redirects=True).text, told
    with app.app_context():
        assert balance_of(place.pro_id) == (8, 0), "the same form twice is one line"
    changed = {f"{what}-{name}": "7" for name in rules.EARNINGS for what in ("points", "minutes")}
    bad = admin.post(
        f"{ADMIN}earnings", data={**changed, "points-case": "-1"}, follow_redirects=True
    )
    assert "请填 0 或者整数" in bad.text
    admin.post(f"{ADMIN}earnings", data=changed)
    with app.app_context(), transaction():
        actions.earn(place.pro_id, "done", "need:9:done", "办结", now())
        assert balance_of(place.pro_id) == (15, 7)
    book = load_workbook(io.BytesIO(admin.get(f"{ADMIN}points.xlsx").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert ("刘建国", "石油路街道", "15", "0.1") in rows


def test_two_spend_the_last_one_at_once(app: Flask, people: Cast, place: Place) -> None:
    ids = [place.pro_id, people.id("other_pro")]
    with app.app_context(), transaction():
        reward = Reward(name="票", about="", district="", cost=10, stock=1, active=True)
        db.session.add(reward)
        for number in ids:
            actions.write(actions.Line(number, f"x:{number}", "示例", 10), now())
        db.session.flush()
        reward_id = reward.id
    together, found = Barrier(4), []

    def go(number: int, user_id: int) -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    me = db.session.get_one(User, user_id)
                    actions.redeem(
                        db.session.get_one(Reward, reward_id), me, f"{number:032}", now()
                    )
                found.append("won")
            except Refusal as refusal:
                found.append(refusal.message)

    threads = [Thread(target=go, args=(n, ids[n % 2])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert found.count("won") == 1, found
        assert db.session.get_one(Reward, reward_id).stock == 0
        left = [balance_of(number)[0] for number in ids]
        assert sorted(left) == [0, 10]
        assert [true_sum(number)[0] for number in ids] == left
        low = update(PointBalance).where(PointBalance.user_id == ids[0]).values(points=-1)
        with pytest.raises(IntegrityError):
            db.session.execute(low)

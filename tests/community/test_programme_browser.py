"""The programme on phones: a cadre's morning, a 三师's week, an administrator's quarter."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.community.events.models import Event
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.queries import needs_by_id
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.stars.models import StarRound
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.browser import PHONE, watched_page
from tests.community.conftest import Place
from tests.community.test_browser import take
from tests.community.test_lessons import course_with_lesson
from tests.journeys.test_every_page import look_at
from tests.journeys.walking import sign_in
from tests.people import Cast

pytestmark = pytest.mark.journey
DONE = "已办好这一步。"


def opened(page: Page, words: str) -> None:
    """Open the need with these words from the desk and sign it."""
    page.goto("/community/needs/?view=open")
    page.get_by_role("link", name=re.compile(words)).click()
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text(DONE)).to_be_visible()


def test_a_cadre_s_morning(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page, place: Place
) -> None:
    course_with_lesson(app, "lift", "加装电梯怎么谈")
    place.file("想装电梯，一楼怕挡光")
    _, code = place.file("加装电梯要办哪些手续")
    place.file("把河边的路修宽")
    with watched_page(chromium, live_url, **PHONE) as cadre:
        sign_in(cadre, people, "cadre", "/community/needs/")
        opened(cadre, "一楼怕挡光")
        cadre.locator("summary").get_by_text("派给三师", exact=True).click()
        cadre.get_by_label(re.compile("刘建国")).check()
        cadre.get_by_role("button", name="派给三师").click()
        expect(cadre.get_by_text("等三师响应")).to_be_visible()
        opened(cadre, "办哪些手续")
        cadre.locator("summary").get_by_text("发一门课", exact=True).click()
        cadre.get_by_label("哪一节或哪一门课").select_option(index=1)
        cadre.get_by_role("button", name="发一门课").click()
        expect(cadre.get_by_text(DONE)).to_be_visible()
        opened(cadre, "修宽")
        take(cadre, "暂不可行", words="这条路归区里管。", instead="已经报给区交通局，三月有回复。")
        assert look_at(cadre, cadre.url, "/community/needs/", "/community/meetings/new") == []
    phone.goto(f"/n/{code}")
    phone.get_by_role("link", name=re.compile("加装电梯怎么谈第一课")).click()
    expect(phone.get_by_role("heading", name=re.compile("加装电梯怎么谈第一课"))).to_be_visible()


def test_a_pro_s_week(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page, place: Place
) -> None:
    need_id, _ = place.file("想装电梯")
    cadre = frozenset({Actor.CADRE})
    with app.app_context(), transaction():
        need = needs_by_id({need_id})[need_id]
        for verb, given in (("take", Given()), ("assign", Given(pro_id=place.pro_id))):
            perform(need, verb, By(place.cadre_id, cadre, now()), given, need.version)
        at = now() + timedelta(days=2)
        db.session.add(
            Event(nonce="w" * 32, code="ABCDE", kind="论坛", title="三师论坛", place="展览馆",
                  starts_at=at, ends_at=at + timedelta(hours=2), seats=9, state="open",
                  created_at=now())
        )  # fmt: skip
    with watched_page(chromium, live_url, **PHONE) as pro:
        sign_in(pro, people, "pro", "/community/needs/")
        pro.get_by_role("link", name=re.compile("想装电梯")).click()
        take(pro, "回应", words="周六上午来量尺寸。")
        pro.goto("/community/profile")
        pro.get_by_role("checkbox", name=re.compile("^公开：")).check()
        pro.get_by_label("做过的事").fill("石油路两部电梯")
        pro.get_by_role("button", name="保存").click()
        expect(pro.get_by_text("已保存。")).to_be_visible()
        pro.goto("/community/services/own/new")
        pro.get_by_label("服务名称").fill("加装电梯方案审查")
        pro.get_by_label("属于哪项专项工作").select_option("城市更新")
        pro.get_by_label("在哪个环节帮忙").select_option(label="方案审查咨询")
        pro.get_by_label("做什么，给社区留下什么").fill("到现场看一次，留下一页意见。")
        pro.get_by_role("button", name="提交").click()
        expect(pro.get_by_text("等核对")).to_be_visible()
        pro.goto("/community/events/")
        pro.get_by_role("link", name="三师论坛").click()
        pro.get_by_role("button", name="报名").click()
        expect(pro.get_by_text("报上了，请按时参加。")).to_be_visible()
        with app.app_context(), transaction():
            need = db.session.get_one(Need, need_id)
            words = Given(words="装好了")
            perform(need, "close", By(place.cadre_id, cadre, now()), words, need.version)
        pro.goto("/community/points/")
        expect(pro.get_by_text(f"办结第 {need_id} 件需求")).to_be_visible()
        assert (
            look_at(pro, "/community/points/", "/community/profile", "/community/services/own/new")
            == []
        )
    with watched_page(chromium, live_url, **PHONE) as admin:
        sign_in(admin, people, "admin", "/admin/community/services/")
        admin.get_by_role("button", name="放进清单").click()
        expect(admin.get_by_text("现在是：在清单里。")).to_be_visible()
    phone.goto("/community/services/")
    phone.get_by_role("link", name="加装电梯方案审查").click()
    phone.get_by_role("link", name="刘建国").click()
    expect(phone.get_by_text("石油路两部电梯")).to_be_visible()
    public = ("/community/services/", "/community/pros/", "/community/events/")
    assert look_at(phone, phone.url, *public) == []


def test_an_administrator_s_quarter(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page, place: Place
) -> None:
    need_id, _ = place.file("想装电梯", ago=timedelta(days=3))
    with app.app_context(), transaction():
        need = db.session.get_one(Need, need_id)
        need.pro_id, need.state, need.due_at = place.pro_id, "confirmed", None
        need.responded_at = need.received_at + timedelta(hours=3)
        need.done_at = need.received_at + timedelta(days=1)
        # Whoever judges is no colleague of the candidate.
        db.session.get_one(User, people.id("admin")).organisation = "评审委员会"
    with watched_page(chromium, live_url, **PHONE) as admin:
        sign_in(admin, people, "admin", "/admin/community/stars/")
        admin.get_by_label("名称").fill("年度星级三师")
        admin.get_by_role("button", name="新建").click()
        expect(admin.get_by_text("已新建。")).to_be_visible()
        admin.get_by_label("每位候选人至少几位评委打分").fill("1")
        admin.get_by_label("三星要多少分").fill("30")
        admin.get_by_role("button", name="保存").click()
        expect(admin.get_by_text("已保存。")).to_be_visible()
        home = admin.url
        admin.get_by_label("评委的账号").fill("admin")
        admin.get_by_role("button", name="添加评委").click()
        admin.get_by_role("button", name=re.compile("办结过需求的所有三师")).click()
        expect(admin.get_by_text("已添加 1 位候选人。")).to_be_visible()
        admin.get_by_role("button", name=re.compile("收齐材料")).click()
        expect(admin.get_by_text("现在是：评委打分。")).to_be_visible()
        admin.goto(home.replace("/admin/", "/") + "/judge")
        admin.get_by_label(re.compile("解决难题、带动居民")).fill("90")
        admin.get_by_role("button", name="保存").click()
        expect(admin.get_by_text("已打分")).to_be_visible()
        admin.goto(home)
        admin.get_by_role("button", name=re.compile("算出星级")).click()
        expect(admin.get_by_text("现在是：公示中。")).to_be_visible()
        phone.goto("/community/stars/")
        expect(phone.get_by_text("刘建国")).to_be_visible()
        with app.app_context(), transaction():
            subject = db.session.scalars(select(StarRound)).one()
            subject.notice_until = now() - timedelta(seconds=1)
        admin.goto(home)
        admin.get_by_role("button", name=re.compile("公示结束")).click()
        expect(admin.get_by_text("现在是：已公布。")).to_be_visible()
        admin.goto("/admin/community/effect/?period=30d")
        admin.get_by_role("link", name="确认解决").first.click()
        expect(admin.get_by_text("共 1 行")).to_be_visible()
        admin.get_by_role("link", name=re.compile(f"加装电梯，第 {need_id} 件")).click()
        expect(admin.get_by_role("heading", name="加装电梯")).to_be_visible()
        desks = (
            "effect/",
            "stars/",
            "points/",
            "resources/",
            "events/new",
            "experts/",
            "services/",
        )
        assert look_at(admin, home, *(f"/admin/community/{one}" for one in desks)) == []
    phone.goto("/community/stars/")
    phone.get_by_role("link", name="看每一项").click()
    expect(phone.get_by_text("结果已经封存")).to_be_visible()
    assert look_at(phone, phone.url, "/community/stars/", "/community/meetings/vote") == []

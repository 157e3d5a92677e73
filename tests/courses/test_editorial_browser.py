"""A course on its way through three people to the catalogue, on phones, as each of them sees it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses.editorial.switch import turn
from sanshi_lms.courses.models import Lesson
from tests.browser import DESK, PHONE, watched_page
from tests.courses.packs import COURSE, READING, write_pack
from tests.journeys.test_every_page import look_at
from tests.journeys.walking import sign_in
from tests.people import Cast

pytestmark = pytest.mark.journey
HOME = "/admin/courses/1"


def take(page: Page, button: str) -> None:
    """Press a button of the course's page and wait until it is done."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(
        page.get_by_text(re.compile("已办好这一步|已提交，|已发布，现在|已下架，"))
    ).to_be_visible()


def test_three_people_pass_a_course_and_it_appears_in_the_catalogue(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page,
    load: Callable[[Path], None], tmp_path: Path,
) -> None:  # fmt: skip
    draft = COURSE.replace("published", "draft")
    load(write_pack(tmp_path, {"course.yaml": draft, "01-wishes.md": READING}))
    admin_id = people.id("admin")
    with app.app_context(), transaction():
        turn(1, admin_id, now(), on=True)

    with watched_page(chromium, live_url, **PHONE) as author:
        sign_in(author, people, "author", HOME)
        take(author, "提交审核")
        expect(author.get_by_text("您提交的，由别人来审")).to_be_visible()
    with watched_page(chromium, live_url, **PHONE) as peer:
        sign_in(peer, people, "other_author", "/admin/courses/review/")
        peer.get_by_role("main").get_by_role("link", name="加装电梯").click()
        peer.locator("summary").get_by_text("退回修改").click()
        peer.get_by_label("要改什么").fill("“谈钱”说得太直。")
        take(peer, "退回修改")
    with app.app_context(), transaction():
        lesson = db.session.get_one(Lesson, 1)
        lesson.body_md = lesson.body_md.replace("谈钱", "谈面积")
    with watched_page(chromium, live_url, **PHONE) as author:
        sign_in(author, people, "author", HOME)
        expect(author.get_by_text("“谈钱”说得太直。")).to_be_visible()
        take(author, "提交审核")
    with watched_page(chromium, live_url, **PHONE) as peer:
        sign_in(peer, people, "other_author", HOME)
        peer.get_by_role("link", name="和上一版比改了什么").click()
        expect(peer.locator("del").get_by_text("钱")).to_be_visible()
        expect(peer.locator("ins").get_by_text("面积")).to_be_visible()
        assert look_at(peer, peer.url) == []
        peer.goto(HOME)
        take(peer, "初审通过")
    with watched_page(chromium, live_url, **DESK) as admin:
        sign_in(admin, people, "admin", HOME)
        take(admin, "复审通过")
        expect(admin.get_by_role("button", name="终审通过")).to_have_count(0)
    with watched_page(chromium, live_url, **PHONE) as chief:
        sign_in(chief, people, "other_admin", HOME)
        take(chief, "终审通过")
        phone.goto("/courses/")
        expect(phone.get_by_role("link", name="加装电梯")).to_have_count(0)
        take(chief, "发布")
        phone.reload()
        expect(phone.get_by_role("link", name="加装电梯")).to_be_visible()
        chief.locator("summary").get_by_text("评为优秀微课").click()
        chief.get_by_label("为什么好").fill("步骤清楚，居民都看得懂。")
        chief.get_by_role("button", name="评为优秀微课").click()
        expect(chief.get_by_text("已评为优秀微课")).to_be_visible()
        pages = ("/admin/courses/review/", HOME, f"{HOME}/versions/", f"{HOME}/versions/2")
        assert look_at(chief, *pages) == []
    phone.goto("/courses/")
    phone.get_by_role("link", name="优秀微课").click()
    expect(phone.get_by_text("居民都看得懂")).to_be_visible()
    assert look_at(phone, "/courses/excellent/", "/courses/lift", "/courses/") == []

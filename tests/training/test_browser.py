"""A class from its programme to the certificate, in a real browser: administrator, phone, wall."""

import io
import re
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import transaction
from tests.browser import DESK, PHONE, watched_page
from tests.journeys.test_every_page import look_at
from tests.journeys.walking import fill_sign_in, sign_in
from tests.people import Cast
from tests.training.making import make_course

pytestmark = pytest.mark.journey


def code_on(page: Page) -> str:
    """Return what a camera reads on the page, as a path of ours."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot(full_page=True))))
    return urlsplit(found.text).path


def make_programme_and_class(desk: Page) -> None:
    """Make a programme with a required course, and open a class of it, by the desk's pages."""
    desk.get_by_role("link", name="新建培训项目").click()
    desk.get_by_label("培训项目名称").fill("更新能力提升")
    desk.get_by_label("线下至少到课几次").fill("1")
    desk.get_by_role("button", name="保存，去选课程").click()
    expect(desk.get_by_text("还没有课程")).to_be_visible()
    desk.get_by_role("button", name="添加", exact=True).click()
    expect(desk.get_by_text("学完全部必修课（1 门），线下到课不少于 1 次")).to_be_visible()
    desk.get_by_role("link", name="按这个项目开班").click()
    desk.get_by_label("培训班名称").fill("春季更新班")
    today = local(now()).date()
    desk.get_by_label("开始日期").fill(today.isoformat())
    desk.get_by_label("结束日期").fill(today.replace(year=today.year + 1, day=1).isoformat())
    desk.get_by_label("名额").fill("20")
    desk.get_by_role("button", name="建班").click()
    desk.get_by_role("button", name="开班", exact=True).click()
    expect(desk.get_by_text("已开班")).to_be_visible()


def add_session_now(desk: Page) -> None:
    """Add a session that has begun just now."""
    desk.get_by_role("link", name="添加线下活动").click()
    desk.get_by_label("活动名称").fill("现场观摩")
    desk.get_by_label("地点").fill("社区门口")
    begins = local(now()).replace(tzinfo=None, microsecond=0, second=0)
    desk.get_by_label("开始时间").fill(begins.isoformat(timespec="minutes"))
    ends = begins.replace(year=begins.year, hour=23, minute=59)
    desk.get_by_label("结束时间").fill(ends.isoformat(timespec="minutes"))
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("线下活动已加到班级日程里。")).to_be_visible()


def test_from_programme_to_certificate(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page
) -> None:
    people.id("cadre")
    with app.app_context(), transaction():
        make_course("must", "必修甲")
    with watched_page(chromium, live_url, **DESK) as desk:
        sign_in(desk, people, "admin", "/admin/training/")
        make_programme_and_class(desk)
        home = desk.url
        desk.get_by_role("link", name="报名海报").click()
        printed = pypdfium2.PdfDocument(desk.pdf(prefer_css_page_size=True))
        assert len(printed) == 1, "the poster is one sheet"
        printed.close()

        # A phone scans the poster, signs in, and comes back to the same page.
        phone.goto(code_on(desk))
        phone.get_by_role("main").get_by_role("link", name="登录", exact=True).click()
        fill_sign_in(phone, "cadre", people.password)
        phone.get_by_label("给老师的话").fill("石板坡社区")
        phone.get_by_role("button", name="报名").click()
        expect(phone.get_by_text("报名已提交，等老师审批")).to_be_visible()

        desk.goto(home)
        expect(desk.get_by_text("石板坡社区")).to_be_visible()
        desk.get_by_role("button", name="通过勾选的人").click()
        expect(desk.get_by_text("已通过 1 人")).to_be_visible()
        add_session_now(desk)
        desk_session = desk.url
        desk.get_by_role("link", name="大屏签到码").click()

        # Another phone, nobody signed in: the scan comes first and waits for the password.
        with watched_page(chromium, live_url, **PHONE) as other:
            other.goto(code_on(desk))
            expect(other.get_by_text("扫码成功，还差一步")).to_be_visible()
            other.get_by_role("main").get_by_role("link", name="登录", exact=True).click()
            fill_sign_in(other, "cadre", people.password)
            other.context.set_offline(True)
            other.get_by_role("button", name="签到", exact=True).click()
            expect(other.get_by_text("正在自动重试")).to_be_visible()
            other.context.set_offline(False)
            expect(other.get_by_text("签到成功")).to_be_visible()
        expect(desk.locator("[data-count]")).to_have_text("1")
        assert code_on(desk).startswith("/training/scan/")

        phone.goto("/courses/must/text")
        phone.get_by_role("button", name="我读完了").click()
        phone.goto("/training/")
        phone.get_by_role("link", name="春季更新班").click()
        expect(phone.get_by_text("结业条件都达到了，等老师确认结业。")).to_be_visible()

        desk.goto(home)
        desk.get_by_role("link", name="结业名单").click()
        desk.get_by_role("button", name="确认结业，颁发证书").click()
        expect(desk.get_by_text("已为 1 人颁发结业证书")).to_be_visible()

        number = re.search(r"\d+", urlsplit(home).path)
        assert number is not None
        found = look_at(desk, "/admin/training/", "/admin/training/programmes/1", home)
        found += look_at(desk, f"{home}/people/{people.id('cadre')}", f"{home}/completion")
        found += look_at(desk, desk_session, f"{desk_session}/sheet", f"{desk_session}/wall")
    phone.reload()
    phone.get_by_role("link", name="看结业证书").click()
    expect(phone.get_by_text("春季更新班").first).to_be_visible()
    found += look_at(phone, "/training/", f"/training/classes/{number[0]}", "/training/paths/")
    found += look_at(phone, desk_session.replace("/desk", ""))
    phone.context.clear_cookies()
    sign_in(phone, people, "admin")
    found += look_at(phone, home, f"{home}/completion", f"{home}/sessions/new", desk_session)
    assert found == []

"""The 视频号 kit in a real browser: two clicks on the transcript, and the file comes by itself."""

from collections.abc import Callable
from importlib.resources import files as resources

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.db import db
from sanshi_lms.video.clips.models import VideoClip
from tests.browser import PHONE, watched_page
from tests.people import Cast
from tests.video.test_player import sign_in

pytestmark = pytest.mark.journey
AXE = resources("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
VIOLATIONS = """async () => (await axe.run("main")).violations
  .filter((one) => ["moderate", "serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((n) => n.target.join(" ")).join(" | ")}`)"""
WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_a_stretch_is_clicked_and_its_file_comes_by_itself(
    app: Flask, people: Cast, desk: Page, film: int, work: Callable[[], int]
) -> None:
    sign_in(desk, people, "author")
    desk.goto(f"/admin/video/{film}/clips")
    expect(desk.locator("[data-part=lists]")).to_be_hidden()
    lines = desk.locator("[data-part=lines] button")
    lines.nth(1).click()
    expect(desk.get_by_label("开始时间")).to_have_value("00:02")
    expect(desk.locator("[data-part=chosen]")).to_contain_text("00:02–00:04，共 2 秒")
    lines.nth(0).click()
    expect(desk.get_by_label("开始时间")).to_have_value("00:00")
    expect(desk.get_by_label("结束时间")).to_have_value("00:04")
    expect(desk.locator("[data-part=lines] [aria-pressed=true]")).to_have_count(2)
    desk.get_by_label("结束时间").fill("0:02.5")
    expect(desk.locator("[data-part=chosen]")).to_contain_text("00:00–00:02.5")
    desk.get_by_label("短片：10 MB 以内").check()
    desk.get_by_label("标题").fill("先问意愿")
    desk.get_by_role("button", name="开始制作").click()
    expect(desk.locator(".clips__one")).to_contain_text("排队等着做")
    assert work() == 1
    expect(desk.locator(".clips__one")).to_contain_text("做好了")
    shown = "e => e.complete && e.naturalWidth === 1080 && e.naturalHeight === 1260"
    cover = desk.locator(".clips__cover img")
    expect(cover).to_be_visible()
    desk.wait_for_function(f"() => ({shown})(document.querySelector('.clips__cover img'))")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载全部").click()
    assert download.value.suggested_filename == "先问意愿（竖屏）.zip"
    with app.app_context():
        clip = db.session.query(VideoClip).one()
        assert (clip.start, clip.end, clip.purpose) == (0.0, 2.5, "short")


def test_the_page_fits_a_phone_and_works_without_a_script(
    people: Cast, chromium: Browser, live_url: str, film: int
) -> None:
    with watched_page(chromium, live_url, **PHONE) as phone:
        sign_in(phone, people, "author")
        phone.goto(f"/admin/video/{film}/clips")
        assert not phone.evaluate(WIDE)
        phone.evaluate(AXE)
        assert phone.evaluate(VIOLATIONS) == []
    with watched_page(chromium, live_url, **PHONE, java_script_enabled=False) as plain:
        sign_in(plain, people, "author")
        plain.goto(f"/admin/video/{film}/clips")
        plain.get_by_label("从哪一句开始").select_option("2.000")
        plain.get_by_label("横屏 16:9").check()
        plain.get_by_role("button", name="开始制作").click()
        expect(plain.locator(".clips__one")).to_contain_text("横屏 16:9，00:02–00:0")

"""An administrator publishes a lecture to all outlets from one page; a reader comes back by it."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opened
from tests.journeys.lectures import LIFT
from tests.journeys.walking import SLOW_MS, sign_in
from tests.outlets.making import withdraw
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.media]
# What an editor gets on paste, as it stands: reading the clipboard itself would wash it first.
CATCH = """document.addEventListener("paste", (event) => {
    window.pasted = event.clipboardData.getData("text/html");
})"""


def test_a_lecture_goes_to_all_outlets_from_one_page(
    app: Flask, desk: Page, another_phone: Opened, people: Cast
) -> None:
    sign_in(desk, people, "admin", "/admin/outlets/")
    desk.get_by_role("link", name="一户一户问意愿").click()

    expect(desk.get_by_text("检查通过")).to_be_visible()
    article = desk.frame_locator("iframe[title=文章预览]")
    expect(article.get_by_text("低层住户的采光，要当面谈。")).to_be_attached(timeout=SLOW_MS)
    expect(article.locator("img").first).to_have_js_property("complete", value=True)
    assert article.locator("img").first.evaluate("img => img.naturalWidth") > 100
    desk.get_by_role("button", name="复制正文").click()
    expect(desk.get_by_role("button", name="已复制")).to_be_visible(timeout=SLOW_MS)
    desk.evaluate(CATCH)
    desk.keyboard.press("Control+V")
    copied = desk.evaluate("window.pasted")
    assert "<script" not in copied
    assert 'style="margin' in copied
    assert "/outlets/pictures/lesson/" in copied

    desk.get_by_label("链接放在哪里").select_option(label="微信群")
    desk.get_by_role("button", name="做一个链接").click()
    address = desk.locator(".outlet-address").inner_text()
    with another_phone() as reader:
        reader.goto(address)
        expect(reader).to_have_url(re.compile(f"{LIFT}/wishes$"))
        expect(reader.get_by_role("heading", level=1)).to_have_text("一户一户问意愿")
        reader.wait_for_load_state("networkidle")
    desk.reload()
    expect(desk.get_by_text("微信群 1 次")).to_be_visible()

    desk.get_by_label("发布在哪里").fill("江津住建")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("#ledger").get_by_text("江津住建")).to_be_visible()

    desk.get_by_role("link", name="做视频号素材").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("视频号")

    withdraw(app)
    desk.goto("/admin/outlets/")
    expect(desk.get_by_text("要到外面去撤下的")).to_be_visible()
    desk.get_by_role("button", name="已撤下").click()
    expect(desk.get_by_text("要到外面去撤下的")).not_to_be_attached()

"""From a closed need to a public case with its slider, on a phone: cadre, admin, anybody."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, watched_page
from tests.community.conftest import Place
from tests.community.test_browser import photo
from tests.community.test_stories import close_a_need
from tests.journeys.test_every_page import look_at
from tests.journeys.walking import sign_in
from tests.people import Cast

pytestmark = pytest.mark.journey


def upload(page: Page, where: str) -> None:
    """Upload a picture for one part of the story."""
    form = page.locator("form").filter(has=page.get_by_role("button", name="上传", exact=True))
    if not form.is_visible():
        page.locator("summary").get_by_text("上传图片").click()
    form.get_by_label(where, exact=True).check()
    form.locator("[type=file]").set_input_files(
        {"name": "楼道.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    form.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("图片已经放好。")).to_be_visible()


def test_from_a_closed_need_to_a_public_case(
    chromium: Browser, live_url: str, people: Cast, phone: Page, place: Place
) -> None:
    need_id = close_a_need(place)
    with watched_page(chromium, live_url, **PHONE) as cadre:
        sign_in(cadre, people, "cadre", f"/community/needs/{need_id}")
        cadre.get_by_role("button", name="写成案例").click()
        expect(cadre.get_by_text("案例草稿建好了。")).to_be_visible()
        home = urlsplit(cadre.url).path
        upload(cadre, "整治前")
        upload(cadre, "整治后")
        cadre.get_by_role("textbox", name="标题").fill("三单元装上了电梯")
        cadre.get_by_label("一句话介绍").fill("十二户都签了字。")
        cadre.get_by_role("textbox", name="正文").fill("## 怎么做的\n\n井道放在外侧。")
        cadre.get_by_label("花了多少钱").fill("612000")
        cadre.get_by_role("button", name="保存").click()
        expect(cadre.get_by_text("已保存。")).to_be_visible()
        cadre.get_by_role("button", name="提交审核").click()
        expect(cadre.get_by_text("已办好这一步。")).to_be_visible()
        expect(cadre.get_by_role("button", name="发布")).to_have_count(0)

    with watched_page(chromium, live_url, **PHONE) as admin:
        sign_in(admin, people, "admin", home)
        admin.get_by_label("我看过全文和照片").check()
        admin.get_by_role("button", name="发布").click()
        expect(admin.get_by_text("已办好这一步。")).to_be_visible()

    phone.goto("/community/cases/")
    phone.get_by_role("link", name="三单元装上了电梯").click()
    slider = phone.get_by_role("slider", name="左右拖动，对比整治前和整治后")
    expect(slider).to_have_attribute("aria-valuetext", "整治前占 50%")
    slider.press("ArrowLeft")  # by keyboard
    expect(slider).to_have_attribute("aria-valuetext", "整治前占 49%")
    box = slider.bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("(79|8[0-2])%"))
    phone.mouse.move(box["x"] + box["width"] / 2, box["y"] + 9)
    phone.mouse.down()
    phone.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 9)
    phone.mouse.up()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2[2-7]%"))
    public = phone.url
    assert look_at(phone, public, "/community/cases/", "/community/pieces/") == []

    with watched_page(chromium, live_url, **PHONE, java_script_enabled=False) as plain:
        plain.goto(public)  # two pictures, one below the other
        expect(plain.get_by_alt_text("整治前", exact=True)).to_be_visible()
        expect(plain.get_by_alt_text("整治后", exact=True)).to_be_visible()
        expect(plain.get_by_role("slider")).to_have_count(0)

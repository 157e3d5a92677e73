"""The question sheet in a real browser: the line drops, the page is closed, nothing is lost."""

import io
import re

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.people import Cast
from tests.quizzes.papers import make_paper, show_in_course

pytestmark = pytest.mark.journey

LESSON = "/courses/dianti/ceyan"


@pytest.fixture
def sheet(app: Flask, people: Cast, phone: Page) -> Page:
    """A cadre's phone with a fresh question sheet on it."""
    show_in_course(app, make_paper(app, attempts=1))
    people.id("cadre")
    phone.goto(f"/account/sign-in?next={LESSON}")
    phone.get_by_label("账号或手机号").fill("cadre")
    phone.get_by_label("密码", exact=True).fill(people.password)
    phone.get_by_role("main").get_by_role("button", name="登录").click()
    phone.get_by_role("button", name="开始测验").click()
    phone.wait_for_url(re.compile(r"/quizzes/attempts/\d+$"))
    return phone


def choose(page: Page, stem: str, *texts: str) -> None:
    section = page.locator("[data-item]").filter(has_text=stem)
    for text in texts:
        section.locator(".choice").filter(has_text=text).click()


def saved(page: Page, stem: str) -> None:
    line = page.locator("[data-item]").filter(has_text=stem).locator("[data-saved]")
    expect(line).to_contain_text("已保存")


def test_each_choice_is_saved_and_the_paper_passed(sheet: Page) -> None:
    choose(sheet, "谁来表决", "业主")
    saved(sheet, "谁来表决")
    choose(sheet, "要看哪些", "面积", "人数")
    saved(sheet, "要看哪些")
    expect(sheet.locator("[data-answered]")).to_have_text("2")
    sheet.reload()
    expect(sheet.locator("[data-answered]")).to_have_text("2")
    sheet.get_by_role("button", name="交卷").click()
    expect(sheet.get_by_text("还有 1 题没有作答")).to_be_visible()
    sheet.get_by_role("link", name=re.compile(r"第 \d 题")).click()
    choose(sheet, "一楼不用问", "错误")
    saved(sheet, "一楼不用问")
    sheet.get_by_role("button", name="交卷").click()
    expect(sheet.get_by_text("恭喜，及格了")).to_be_visible()


def test_a_dropped_line_loses_no_answer(sheet: Page) -> None:
    sheet.context.set_offline(True)
    choose(sheet, "谁来表决", "业主")
    expect(sheet.get_by_text("网络断了")).to_be_visible()
    sheet.get_by_role("button", name="交卷").click()
    expect(sheet.get_by_text("网络断了")).to_be_in_viewport()
    sheet.context.set_offline(False)
    saved(sheet, "谁来表决")
    expect(sheet.get_by_text("网络断了")).to_be_hidden()


def test_what_waited_when_the_page_was_closed_is_saved_when_it_opens(sheet: Page) -> None:
    refused: list[str] = []

    def drop(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    address = sheet.url
    sheet.route("**/answers", drop)
    choose(sheet, "谁来表决", "业主")
    expect(sheet.get_by_text("网络断了")).to_be_visible()
    assert refused
    context = sheet.context
    sheet.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_role("radio", name="业主")).to_be_checked()
    saved(again, "谁来表决")
    again.evaluate("() => localStorage.clear()")
    again.reload()
    expect(again.get_by_role("radio", name="业主")).to_be_checked()


def test_an_attempt_handed_in_elsewhere_shows_its_result(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(f"{sheet.url}/check")
    other.get_by_role("button", name="不改了，交卷").click()
    expect(other.get_by_role("heading", name="测验成绩")).to_be_visible()
    choose(sheet, "谁来表决", "业主")
    expect(sheet.get_by_role("heading", name="测验成绩")).to_be_visible()
    assert sheet.evaluate("() => Object.keys(localStorage).join()") == ""


def test_the_last_lesson_passed_gives_a_certificate_that_a_stranger_verifies(
    sheet: Page, chromium: Browser
) -> None:
    lesson_address = sheet.url
    sheet.goto("/courses/dianti/kan")
    sheet.get_by_role("button", name="我读完了").click()
    sheet.goto(lesson_address)
    choose(sheet, "谁来表决", "业主")
    choose(sheet, "要看哪些", "面积", "人数")
    choose(sheet, "一楼不用问", "错误")
    sheet.get_by_role("button", name="交卷").click()
    sheet.get_by_role("link", name="查看证书").click()
    picture = sheet.get_by_role("img", name=re.compile("结业证书：王小明"))
    expect(picture).to_have_js_property("complete", value=True)
    expect(picture).to_have_js_property("naturalWidth", 1286)
    answer = sheet.context.request.get(str(picture.get_attribute("src")))
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.body())).convert("L"))
    stranger = chromium.new_context()
    try:
        page = stranger.new_page()
        page.goto(code.text)
        expect(page.get_by_role("heading", name="证书真实有效")).to_be_visible()
        expect(page.get_by_text("王*明", exact=True)).to_be_visible()
    finally:
        stranger.close()

"""Steps that several stories take, as a person takes them."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.people import Cast
from tests.services import wait_until

PASSWORD = "dengren-lift-2026"
SLOW_MS = 60_000  # for what must happen but may be late on a loaded machine


def sign_in(page: Page, people: Cast, part: str, then: str = "/") -> None:
    """Sign in as one of the cast and go on to `then`."""
    people.id(part)
    page.goto(f"/account/sign-in?next={then}")
    fill_sign_in(page, part.replace("_", "-"), people.password)


def fill_sign_in(page: Page, username: str, password: str) -> None:
    """Fill the sign-in form that is on the page."""
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.locator(".person-menu")).to_be_attached()


def sign_out(page: Page) -> None:
    """Sign out by the menu in the header."""
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator(".person-menu")).not_to_be_attached()


def register(page: Page, name: str, username: str) -> None:
    """Fill the registration form that is on the page."""
    page.get_by_label("姓名").fill(name)
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("社区、街道干部或物业人员").check()
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="注册").click()
    expect(page.locator(".person-menu")).to_be_attached()


def video(page: Page) -> Locator:
    """The lecture on the page."""
    return page.locator("video[data-player]")


def position(page: Page) -> float:
    """Return where the lecture stands, in seconds."""
    return float(video(page).evaluate("v => v.currentTime"))


def play(page: Page, speed: str = "1") -> None:
    """Choose a speed and press play, with the controls that people have."""
    page.get_by_role("button", name="播放速度").click()
    page.get_by_role("group", name="播放速度").locator(f"input[value='{speed}']").check()
    page.keyboard.press("Escape")
    page.locator(".player__bar").get_by_role("button", name="播放", exact=True).click()
    expect(video(page)).to_have_js_property("paused", False)


def wait_played(page: Page, seconds: float, within: float = SLOW_MS / 1000) -> None:
    """Wait until the lecture really stands at `seconds` or has ended, at most `within` seconds."""
    there = "(v, s) => v.ended || v.currentTime >= s"
    wait_until(lambda: bool(video(page).evaluate(there, seconds)), within)


def answer_rightly(page: Page) -> None:
    """Answer the three questions of the lift quiz and hand in."""
    for stem, texts in (
        ("动手之前", ["一户一户问意愿"]),
        ("低层住户", ["采光", "噪声"]),
        ("一楼住户", ["错误"]),
    ):
        question = page.locator("[data-item]").filter(has_text=stem)
        for text in texts:
            question.locator(".choice").filter(has_text=text).click()
        expect(question.locator("[data-saved]")).to_contain_text("已保存")
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name=re.compile("及格了"))).to_be_visible()


def reported(answer: Any) -> bool:
    """Tell whether a response is the answer to a watch report."""
    return "/api/v1/learning/reports" in answer.url

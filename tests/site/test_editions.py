"""Sizes that people meet, measured in a real browser: MIIT 2021 适老化 and WCAG 2.2 AA.

长辈版: text ≥ 18 px (main text 20), lines ≥ 1.5 apart, targets ≥ 60 × 60 px. 标准版: targets ≥ 44.
Both: no sideways scrolling at 200 % zoom nor at WeChat's largest text (25.5 px for 17).
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.people import Cast

pytestmark = pytest.mark.journey
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
WECHAT_LARGEST = 25.5 / 17
PATHS = (
    *("/", "/courses/", "/search/", "/v/", "/c/", "/n/", "/credentials/", "/account/profile"),
    *("/site/privacy", "/site/style-guide", "/admin/", "/admin/courses/new", "/nowhere"),
)


def measure(page: Page, what: str, argument: float = 0) -> Any:
    """Run one measure of measure.js in the page."""
    return page.evaluate(f"(argument) => {MEASURE.strip()}.{what}(argument)", argument)


@pytest.fixture
def reader(phone: Page, people: Cast) -> Page:
    """A phone whose reader is signed in as author, who sees every kind of page."""
    people.id("author")
    phone.goto("/account/sign-in")
    phone.get_by_label("账号").fill("author")
    phone.get_by_label("密码").fill(people.password)
    phone.get_by_role("main").get_by_role("button", name="登录").click()
    phone.wait_for_url("/")
    return phone


def check_frame(page: Page, target: float) -> None:
    """Check what holds in both editions on the page that is open; targets in px."""
    assert measure(page, "tooSmall", target) == [], page.url
    for width in (390, 320, 195):  # 195 is a 390 px phone at 200 % zoom
        page.set_viewport_size({"width": width, "height": 844})
        assert measure(page, "sideways") == [], f"{page.url} at {width} px"
    page.set_viewport_size({"width": 390, "height": 844})
    measure(page, "scaleText", WECHAT_LARGEST)
    assert measure(page, "sideways") == [], f"{page.url} with WeChat's largest text"


def test_the_standard_edition_fits_every_thumb_and_screen(reader: Page) -> None:
    for path in PATHS:
        reader.goto(path)
        check_frame(reader, 44)


def test_the_elder_edition_keeps_the_numbers_of_the_norm(reader: Page) -> None:
    reader.get_by_role("button", name="长辈版").click()
    reader.get_by_role("button", name="标准版").wait_for()
    assert reader.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)") >= 20
    for path in PATHS:
        reader.goto(path)
        texts = measure(reader, "texts")
        assert [t for t in texts if t["size"] < 18 or t["apart"] < 1.3] == [], path
        assert [t for t in texts if t["running"] and t["apart"] < 1.5] == [], path
        check_frame(reader, 60)


def test_the_keyboard_reaches_the_text_first(desk: Page) -> None:
    desk.goto("/site/privacy")
    desk.keyboard.press("Tab")
    assert desk.evaluate("() => document.activeElement.textContent") == "跳到正文"
    desk.keyboard.press("Enter")
    assert desk.evaluate("() => document.activeElement.id") == "main"
    desk.keyboard.press("Tab")
    outline = desk.evaluate("() => getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2

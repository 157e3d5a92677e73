"""A lecture that asks: a question inside the video, and whether somebody is still there."""

from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.courses import find_lesson
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.learning.ruling import Rule
from sanshi_lms.learning.ruling.actions import add_rule, choose_rule
from sanshi_lms.quizzes.models import Item
from tests.journeys.lectures import LIFT
from tests.journeys.walking import SLOW_MS, play, position, reported, sign_in, video
from tests.people import Cast

pytestmark = pytest.mark.journey
# A minute of play in some seconds, within three seconds of the lecture; then on to its end.
STAY = """v => {
  v.playbackRate = 8;
  window.stay = () => { if (v.currentTime > 7) v.currentTime = 4.5; };
  v.addEventListener("timeupdate", window.stay);
}"""
GO_ON = "v => { v.removeEventListener('timeupdate', window.stay); v.playbackRate = 1; }"


def prepare(app: Flask) -> None:
    """Put a question at 0:04, and ask after a minute whether somebody is there."""
    with app.app_context(), transaction() as session:
        lesson = find_lesson("jiazhuang-dianti", "wishes")
        assert lesson is not None
        item = session.scalars(select(Item.id).where(Item.key == "lift-01")).one()
        session.add(VideoQuestion(lesson_id=lesson.id, second=4, item_id=item, created_at=now()))
        choose_rule(
            lesson.course, add_rule(Rule(name="问一声", presence_minutes=1), None, now()), now()
        )


@dataclass
class Sheet:
    """The question on the screen."""

    page: Page

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def choose(self, text: str) -> None:
        """Choose by the keyboard alone: the focus is inside, and stays there."""
        expect(self.dialog.get_by_role("radio")).to_have_count(2)
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        if not self.dialog.get_by_label(text).is_checked():
            self.page.keyboard.press("ArrowDown")
        expect(self.dialog.get_by_label(text)).to_be_checked()
        self.page.keyboard.press("Enter")


def test_a_lecture_that_asks(app: Flask, people: Cast, phone: Page) -> None:
    prepare(app)
    sign_in(phone, people, "cadre", f"{LIFT}/wishes")
    expect(phone.locator("[data-questions-line]")).to_contain_text("还有 1 道没答对")
    sheet = Sheet(phone)
    expect(phone.locator(".rail__question:not([data-right])")).to_have_count(1)

    # Playing stops at the question; nothing on the page tells the answer, and Escape keeps it.
    play(phone, "2")
    expect(sheet.dialog).to_be_visible(timeout=SLOW_MS)
    expect(video(phone)).to_have_js_property("paused", True)
    phone.keyboard.press("Escape")
    expect(sheet.dialog).to_be_visible()
    box = sheet.dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)

    # Wrong: that minute again, and the question comes once more.
    sheet.choose("先收钱")
    expect(sheet.dialog).to_contain_text("还不对")
    sheet.dialog.get_by_role("button", name="再看一遍这一分钟").click()
    expect(sheet.dialog).to_have_count(0)
    assert position(phone) < 4
    expect(sheet.dialog).to_be_visible(timeout=SLOW_MS)
    sheet.choose("一户一户问意愿")
    expect(sheet.dialog).to_contain_text("意愿没有问清楚，后面都要返工。")
    sheet.dialog.get_by_role("button", name="继续播放").click()
    expect(phone.locator("[data-watch-done]")).to_be_visible(timeout=SLOW_MS)
    expect(phone.locator("[data-questions-line]")).to_contain_text("都答对了")
    expect(phone.locator(".rail__question[data-right]")).to_have_count(1)


def test_a_page_that_plays_alone_asks_whether_somebody_is_there(
    app: Flask, people: Cast, phone: Page
) -> None:
    prepare(app)
    sign_in(phone, people, "cadre", f"{LIFT}/wishes")
    play(phone)
    sheet = Sheet(phone)
    expect(sheet.dialog).to_be_visible(timeout=SLOW_MS)
    sheet.choose("一户一户问意愿")
    sheet.dialog.get_by_role("button", name="继续播放").click()
    video(phone).evaluate(STAY)
    expect(sheet.dialog).to_contain_text("还在看吗", timeout=SLOW_MS)
    expect(video(phone)).to_have_js_property("paused", True)
    with phone.expect_request(
        lambda asked: reported(asked) and '"present":true' in (asked.post_data or ""),
        timeout=SLOW_MS,
    ):
        video(phone).evaluate(GO_ON)
        sheet.dialog.get_by_role("button", name="在看，继续播放").click()
    expect(sheet.dialog).to_have_count(0)

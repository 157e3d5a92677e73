"""A note at a second, through a dropped line, found elsewhere; a question until search finds it."""

import re
import subprocess

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE_SECONDS, Opened, found_by_search
from tests.journeys.lectures import LIFT
from tests.journeys.walking import SLOW_MS, play, position, sign_in, video, wait_played
from tests.people import Cast
from tests.services import wait_until

pytestmark = pytest.mark.journey
LESSON = f"{LIFT}/wishes"


def test_a_note_and_a_question_lead_back_to_their_second(
    app: Flask,
    phone: Page,
    another_desk: Opened,
    another_phone: Opened,
    people: Cast,
    worker: subprocess.Popen[bytes],
) -> None:
    # A cadre writes while the lecture runs; the note holds the second of the first letter.
    sign_in(phone, people, "cadre", LESSON)
    play(phone)
    wait_played(phone, 4)
    box = phone.get_by_label("写笔记")
    box.fill("低层住户的采光，")
    at = phone.locator(".notes__form [name=at]").input_value()
    assert re.fullmatch(r"00:0[3-9]", at)
    phone.wait_for_timeout(1200)
    assert phone.locator(".notes__form [name=at]").input_value() == at
    video(phone).evaluate("v => v.pause()")

    # The page is lost before it was saved: what was typed is still there.
    phone.goto(LESSON)
    expect(box).to_have_value("低层住户的采光，")
    expect(phone.locator("[data-notes-line]")).to_contain_text("还没有保存")
    box.fill("低层住户的采光，要当面谈")

    # Without a line the note waits on the device and says so; it is saved once the line is back.
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存笔记").click()
    expect(phone.locator(".notes__item--waiting")).to_contain_text("先存在这台设备上")
    expect(phone.locator("[data-notes-line]")).to_contain_text("网络不通")
    expect(box).to_have_value("")
    phone.context.set_offline(False)
    expect(phone.locator("[data-notes-line]")).to_have_text("笔记已保存。", timeout=SLOW_MS)
    expect(phone.locator("[data-notes-list]")).to_contain_text("低层住户的采光，要当面谈")
    expect(phone.locator(".notes__item--waiting")).to_have_count(0)

    # Elsewhere: the page of all notes opens the lesson there, and a click on a note seeks.
    with another_desk() as desk:
        sign_in(desk, people, "cadre", "/learning/notes/")
        desk.get_by_role("link", name=re.compile("从 00:0. 开始播放")).click()
        second = int(at[-1])
        expect(desk).to_have_url(re.compile(rf"{LESSON}\?t={second}$"))
        expect(desk.locator("[data-part=now]")).to_have_text(at)
        desk.locator("[data-notes-list] .notes__at").click()
        wait_played(desk, second)
        assert position(desk) < second + 6
        video(desk).evaluate("v => v.pause()")

        # A question at the eighth second, answered by a 三师 at their desk.
        desk.get_by_label("您想问什么").fill("低层住户担心采光，怎么谈？")
        desk.locator("[data-ask-at]").fill("0:08")
        desk.get_by_role("button", name="提问").click()
        expect(desk.get_by_text("已经提问")).to_be_visible()
        with another_phone() as expert:
            sign_in(expert, people, "pro", "/learning/questions/")
            expert.get_by_role("link", name=re.compile("去回答")).click()
            expert.locator("#answer-text").fill("先做日照分析，再带着结果上门谈。")
            # By the keyboard: a click can meet the bar at the bottom while the page still settles.
            expert.get_by_role("button", name="提交回答").press("Enter")
            expect(expert.get_by_text("回答已公开")).to_be_visible()
        desk.goto(LESSON)
        desk.get_by_role("button", name="采纳这条回答").press("Enter")
        expect(desk.get_by_text("已采纳", exact=True)).to_be_visible()

    # Everybody finds the answer, and the hit opens the lesson at the second.
    def indexed() -> bool:
        return any("#question-" in hit["url"] for hit in found_by_search(app, "日照分析"))

    wait_until(indexed, PATIENCE_SECONDS)
    with another_phone() as stranger:
        stranger.goto("/search/?q=日照分析")
        stranger.get_by_role("main").get_by_role(
            "link", name=re.compile("低层住户担心采光")
        ).click()
        expect(stranger).to_have_url(re.compile(r"\?t=8#question-\d+$"))
        expect(stranger.locator("[data-part=now]")).to_have_text("00:08")
        expect(stranger.locator(".thread:target")).to_contain_text("先做日照分析")
        assert worker.poll() is None

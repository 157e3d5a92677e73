"""An administrator's story: a recording becomes a course that everybody can watch and find."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.video.engine import Ffmpeg
from tests.journeys.conftest import Opened, found_by_search
from tests.journeys.lectures import make_video
from tests.journeys.walking import SLOW_MS, play, sign_in, wait_played
from tests.people import Cast
from tests.services import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.media, pytest.mark.usefixtures("worker")]


def test_a_recording_becomes_a_course_that_a_visitor_finds(
    app: Flask, desk: Page, another_phone: Opened, people: Cast, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    recording = make_video(ffmpeg, tmp_path / "楼道照明.mp4", 3, "320x180")
    sign_in(desk, people, "admin", "/admin/video/")
    desk.locator("input[type=file]").set_input_files(recording)
    expect(desk.get_by_role("progressbar").first).to_be_attached()
    desk.get_by_role("link", name="楼道照明").click()
    expect(desk.locator("[data-standing]")).to_have_attribute(
        "data-state", "ready", timeout=SLOW_MS
    )

    desk.get_by_role("link", name="课程", exact=True).last.click()
    desk.get_by_role("link", name="新建课程").click()
    desk.get_by_label("课程标题").fill("楼道照明谁来管")
    desk.get_by_label("一句话简介").fill("灯坏了找谁，电费怎么出。")
    desk.get_by_label("社区干部").check()
    desk.get_by_label("普及宣讲").check()
    desk.get_by_role("button", name="保存").click()

    expect(desk.get_by_text("还差这几步才能发布")).to_be_visible()
    desk.get_by_role("link", name="添加一课").click()
    desk.get_by_label("这一课的标题").fill("先分清公用和自用")
    desk.get_by_label("这一课放什么").select_option(label="楼道照明")
    desk.get_by_label("大约要几分钟").fill("1")
    desk.get_by_role("textbox", name="正文").fill("## 感应灯\n\n- 公用部分**大家出**")
    preview = desk.get_by_role("region", name="正文预览")
    expect(preview.get_by_role("heading", name="感应灯")).to_be_visible()
    desk.get_by_role("button", name="保存").click()

    desk.get_by_role("link", name="楼道照明谁来管").first.click()
    assert found_by_search(app, "感应灯") == []
    desk.get_by_role("button", name="发布").click()
    expect(desk.get_by_text("首次发布")).to_be_visible()
    wait_until(lambda: found_by_search(app, "感应灯") != [], 60.0)

    with another_phone() as visitor:
        visitor.goto("/courses/")
        visitor.get_by_role("link", name="楼道照明谁来管").first.click()
        visitor.get_by_role("link", name="开始学习").click()
        play(visitor)
        wait_played(visitor, 1)

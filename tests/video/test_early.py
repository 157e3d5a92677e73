"""A video is watched while the rest of it is made: the browser goes on without a reload."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core.job_lane import run_next
from tests.people import Cast
from tests.video.conftest import Maker
from tests.video.making import add, show_in_course
from tests.video.test_parts import counted, planned  # noqa: F401 -- a fixture
from tests.video.test_player import sign_in

pytestmark = pytest.mark.journey
SECONDS = 28


@pytest.fixture(scope="module")
def two_sizes(make_clip: Maker) -> Path:
    """A lecture of 480 and 360 lines, long enough for three parts."""
    return make_clip(
        "two-sizes.mp4",
        *("-f", "lavfi", "-i", f"testsrc=s=854x480:r=10:d={SECONDS}"),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac"),
    )


def test_a_visitor_watches_on_while_it_is_made(
    app: Flask, desk: Page, two_sizes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned(app, two_sizes, monkeypatch)
    lesson = show_in_course(app, number, published=True)
    with app.app_context():
        desk.goto(lesson)
        expect(desk.get_by_text("视频正在准备")).to_be_visible()
        assert run_next("slow")
        desk.goto(lesson)
        desk.evaluate("window.same = true")
        desk.get_by_role("button", name="播放").first.click()
        at = "document.querySelector('video').currentTime"
        desk.wait_for_function(f"() => {at} > 7", timeout=60_000)
        assert desk.evaluate(at) < 9, "there is no more yet"
        small = desk.evaluate("document.querySelector('video').videoHeight")
        while run_next("slow"):
            pass
        desk.wait_for_function(f"() => {at} > 12", timeout=60_000)
        larger = f"() => document.querySelector('video').videoHeight > {small}"
        desk.wait_for_function(larger, timeout=60_000)
        assert desk.evaluate(at) > 12, "it went on where it was"
        desk.evaluate(f"document.querySelector('video').currentTime = {SECONDS - 2}")
        desk.wait_for_function("() => document.querySelector('video').ended", timeout=60_000)
        assert desk.evaluate("window.same"), "the page was never loaded anew"


def test_the_desk_shows_the_player_by_itself_and_can_stop_the_work(
    app: Flask,
    desk: Page,
    counted: Path,  # noqa: F811 -- the fixture
    people: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = planned(app, counted, monkeypatch)
    second = add(app, counted, key="second", title="第二讲")
    sign_in(desk, people, "author")
    desk.goto(f"/admin/video/{number}")
    expect(desk.locator("video[data-player]")).to_have_count(0)
    with app.app_context():
        assert run_next("slow")
    expect(desk.locator("video[data-player]")).to_have_count(1)
    expect(desk.get_by_text("可以先看，还在转码")).to_be_visible()
    desk.goto(f"/admin/video/{second}")
    desk.get_by_text("停止转码").first.click()
    desk.get_by_role("button", name="停止转码").last.click()
    expect(desk.get_by_text("已停止转码，原文件还在")).to_be_visible()
    desk.get_by_role("button", name="开始转码").click()
    expect(desk.get_by_text("排队等待转码")).to_be_visible()

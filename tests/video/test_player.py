"""In a real browser, on the real server: upload with progress, watch, and everything on the way."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core.db import db
from sanshi_lms.video.models import Video
from tests.conftest import PASSWORD
from tests.people import Cast
from tests.video.making import caption, show_in_course

pytestmark = pytest.mark.journey

STATE = """() => {
  const video = document.querySelector("video");
  return {
    at: video.currentTime,
    paused: video.paused,
    width: video.videoWidth,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    heard: video.webkitAudioDecodedByteCount,
    rate: video.playbackRate,
    captions: [...video.textTracks].map((track) => track.mode),
    cues: video.textTracks[0]?.cues?.length,
    error: video.error?.message,
  };
}"""
PLAYED = "() => document.querySelector('video').currentTime > 1.5"


@pytest.fixture(autouse=True)
def patience() -> None:
    """Two cores also run the other tests; what is awaited here comes, but not always soon."""
    expect.set_options(timeout=60_000)


def wait_until_played(page: Page, condition: str = PLAYED) -> None:
    page.wait_for_function(condition, timeout=60_000)


def sign_in(page: Page, people: Cast, part: str) -> None:
    people.id(part)
    page.goto("/account/sign-in")
    page.fill("input[name=username]", part)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_a_visitor_watches_on_a_phone(app: Flask, phone: Page, ready_video: int) -> None:
    caption(app, ready_video)
    phone.goto(show_in_course(app, ready_video, published=True))
    assert phone.evaluate("document.querySelector('video').controls") is False
    phone.get_by_role("button", name="播放").first.click()
    wait_until_played(phone)
    state = phone.evaluate(STATE)
    assert state["error"] is None
    assert state["width"] == 320
    assert state["frames"] > 20
    assert state["heard"] > 0
    assert state["cues"] == 2
    expect(phone.locator(".player__caption")).to_have_text("各位街坊，大家好。")
    phone.get_by_role("button", name="暂停").first.click()
    assert phone.evaluate(STATE)["paused"]
    small = phone.evaluate(
        """() => [...document.querySelectorAll(".player__button, .player-under__button")]
          .filter((element) => element.offsetParent)
          .map((element) => element.getBoundingClientRect())
          .filter((box) => box.height < 44 || box.width < 44).length"""
    )
    assert small == 0, "targets of 44 px"
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out on a narrow phone"


def test_keys_speed_and_captions(app: Flask, desk: Page, ready_video: int) -> None:
    caption(app, ready_video)
    address = show_in_course(app, ready_video, published=True)
    desk.goto(address)
    desk.keyboard.press("k")
    wait_until_played(desk)
    desk.keyboard.press("Space")
    assert desk.evaluate(STATE)["paused"]
    desk.keyboard.press("ArrowRight")
    wait_until_played(desk, "() => document.querySelector('video').currentTime > 5")
    desk.keyboard.press("ArrowLeft")
    wait_until_played(desk, "() => document.querySelector('video').currentTime < 5")
    desk.keyboard.press(">")
    desk.keyboard.press("c")
    state = desk.evaluate(STATE)
    assert state["rate"] == 1.25
    assert state["captions"] == ["disabled"]
    desk.goto(address)
    state = desk.evaluate(STATE)
    assert (state["rate"], state["captions"]) == (1.25, ["disabled"]), "choices are remembered"


def test_a_link_to_a_second_shows_that_second(app: Flask, desk: Page, ready_video: int) -> None:
    address = show_in_course(app, ready_video, published=True)
    desk.goto(f"{address}#t=6")
    wait_until_played(desk, "() => document.querySelector('video').readyState >= 2")
    assert desk.evaluate(STATE)["at"] == pytest.approx(6.0, abs=0.1)
    expect(desk.get_by_text("从 00:06 开始播放")).to_be_visible()
    desk.keyboard.press("k")
    wait_until_played(desk, "() => document.querySelector('video').currentTime > 6.3")


def test_without_hls_the_plain_file_plays(app: Flask, desk: Page, ready_video: int) -> None:
    desk.route(re.compile(r"hls\.min\.js"), lambda route: route.abort())
    desk.route(re.compile(r"\.m3u8"), lambda route: route.abort())
    desk.goto(show_in_course(app, ready_video, published=True))
    wait_until_played(desk, "() => document.querySelector('video').readyState >= 1")
    desk.keyboard.press("k")
    wait_until_played(desk)
    assert desk.evaluate("document.querySelector('video').currentSrc").endswith("plain.mp4")


def test_an_address_that_ended_says_so(app: Flask, desk: Page, ready_video: int) -> None:
    desk.route(re.compile(r"master\.m3u8"), lambda route: route.fulfill(status=403, body=""))
    desk.goto(show_in_course(app, ready_video, published=True))
    expect(desk.get_by_text("视频地址已失效")).to_be_visible()
    expect(desk.get_by_role("button", name="刷新页面")).to_be_visible()


def test_an_administrator_uploads_and_sees_each_answer(
    app: Flask,
    people: Cast,
    desk: Page,
    small_clip: Path,
    tmp_path: Path,
    work: Callable[[], int],
) -> None:
    (tmp_path / "会议纪要.mp4").write_text("这是会议纪要。" * 50, "utf-8")
    (tmp_path / "空.mp4").touch()
    lecture = tmp_path / "第一讲.mp4"
    lecture.write_bytes(small_clip.read_bytes())
    sign_in(desk, people, "author")
    desk.goto("/admin/video/")
    files = [lecture, tmp_path / "会议纪要.mp4", tmp_path / "空.mp4"]
    desk.set_input_files("input[type=file]", [str(file) for file in files])
    uploads = desk.locator(".upload__list")
    expect(uploads.get_by_text("文件里面是文字")).to_be_visible()
    expect(uploads.get_by_text("这个文件是空的")).to_be_visible()
    link = uploads.get_by_role("link", name="第一讲")
    expect(link).to_be_visible()
    assert work() >= 3, "looked into, made, finished"
    expect(desk.locator(".upload__list").get_by_text("可以播放")).to_be_visible()
    link.click()
    expect(desk.get_by_role("heading", level=1, name="第一讲")).to_be_visible()
    expect(desk.locator(".player__bar")).to_be_visible()  # the script is there and listens
    desk.keyboard.press("k")
    wait_until_played(desk)
    with app.app_context():
        db.session.rollback()
        assert db.session.query(Video).count() == 1

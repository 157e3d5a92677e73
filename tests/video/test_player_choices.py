"""What a person chooses in the player works, is told before it costs, and stays on the device."""

import re
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, watched_page
from tests.video.making import show_in_course

pytestmark = pytest.mark.journey

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 MicroMessenger/8.0.44(0x18002c2f) NetType/4G Language/zh_CN"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 12; HarmonyOS; YAL-AL00) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20231202 "
    "MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
PLAYED = "() => document.querySelector('video').currentTime > 1.2"


def played(page: Page, condition: str = PLAYED) -> None:
    page.wait_for_function(condition, timeout=60_000)


def pick(page: Page, menu: str, words: str) -> None:
    """Choose in a menu of the bar as a hand does: open it, tap the words, close it."""
    page.locator(f"[data-opens={menu}]").click()
    page.locator(f"[data-panel={menu}]").get_by_role("radio", name=re.compile(f"^{words}")).check()
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-panel={menu}]")).to_be_hidden()


def asked(page: Page) -> list[str]:
    """Collect what the page fetches of the media from now on: names in the media's folder."""
    names: list[str] = []
    page.on(
        "request",
        lambda r: (
            names.append(r.url.rpartition("/play/")[2].partition("/")[2])
            if "/video/play/" in r.url
            else None
        ),
    )
    return names


@pytest.fixture
def address(app: Flask, lecture: int) -> str:
    """A published lesson that shows the lecture."""
    return show_in_course(app, lecture, published=True)


def saving_data_takes_the_small_picture_and_is_remembered(android: Page, address: str) -> None:
    names = asked(android)
    android.goto(address)
    video = android.locator("video")
    expect(video).to_have_attribute("data-path", "hls.js")
    expect(
        android.get_by_text(
            re.compile(r"全课：标清\s360p\s约\s0\.\d\sMB · 标清\s480p\s约\s0\.\d\sMB")
        )
    ).to_be_visible()
    assert not [name for name in names if name.endswith(".m4s")], (
        "nothing costs before it is wanted"
    )
    android.get_by_role("switch", name="省流").check()
    expect(android.get_by_role("button", name=re.compile("清晰度.*省流"))).to_be_visible()
    android.locator(".player__big").click()
    played(android)
    sizes = {name.partition("/")[0] for name in names if name.endswith(".m4s")}
    assert sizes == {"360p", "sound"}
    android.goto(address)
    expect(android.get_by_role("switch", name="省流")).to_be_checked()


def an_iphone_in_wechat_gets_a_list_with_one_size(iphone: Page, address: str) -> None:
    """It chooses by itself from a list, so the list has only what was chosen."""
    iphone.goto(address)
    video = iphone.locator("video")
    expect(video).to_have_attribute("data-path", "native")
    for name in ("playsinline", "webkit-playsinline", "x5-playsinline"):
        assert video.get_attribute(name) is not None
    assert video.get_attribute("x5-video-player-type") is None, "only one of the two X5 ways"
    iphone.locator(".player__big").click()
    played(iphone)
    assert iphone.evaluate("document.querySelector('video').currentSrc").endswith("/master.m3u8")
    iphone.get_by_role("switch", name="省流").check()
    played(iphone, "() => document.querySelector('video').currentSrc.endsWith('/only-360p.m3u8')")
    played(iphone, "() => document.querySelector('video').videoHeight === 360")
    played(iphone, "() => document.querySelector('video').currentTime > 2")
    pick(iphone, "quality", "只听声音")
    expect(iphone.get_by_text("正在只听声音")).to_be_visible()
    played(iphone, "() => document.querySelector('video').currentSrc.endsWith('/sound/index.m3u8')")
    played(iphone, "() => !document.querySelector('video').paused")


def one_quality_then_only_the_sound_keeps_place_and_credit(desk: Page, address: str) -> None:
    names = asked(desk)
    desk.goto(address)
    desk.evaluate(
        """() => {
          const video = document.querySelector("video");
          window.seen = [];
          video.addEventListener("pause", () => { window.seen.push(video.played.length); });
        }"""
    )
    pick(desk, "quality", "标清 480p")
    desk.keyboard.press("k")
    played(desk, "() => document.querySelector('video').currentTime > 2")
    assert {n.partition("/")[0] for n in names if n.endswith(".m4s")} == {"480p", "sound"}
    pick(desk, "quality", "只听声音")
    expect(desk.get_by_text("正在只听声音")).to_be_visible()
    played(desk, "() => document.querySelector('video').currentTime > 2.5")
    assert desk.evaluate("window.seen") == [1], "what was played could be read before the change"
    assert not desk.evaluate("document.querySelector('video').paused")
    desk.get_by_role("button", name="显示画面").click()
    played(desk, "() => document.querySelector('video').videoHeight > 0")
    expect(desk.get_by_text("正在只听声音")).to_be_hidden()


def captions_have_a_language_and_a_size(page: Page, address: str) -> None:
    page.goto("/")
    page.locator(".edition-switch button").click()
    page.goto(address)
    frame = page.locator("[data-player-frame]")
    expect(frame).to_have_attribute("data-caption-size", "l")
    strip = page.locator(".player__caption")
    expect(strip).to_be_visible()
    lines = page.locator(".reading__lines")
    expect(lines).to_contain_text("先问意愿，再谈方案。")
    pick(page, "captions", "English")
    expect(lines).to_contain_text("Ask first.")
    expect(lines).to_have_attribute("lang", "en")
    pick(page, "captions", "特大")
    page.keyboard.press("k")
    expect(strip).to_have_text("Ask first.")
    expect(strip).to_have_attribute("lang", "en")
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert strip.evaluate(size) >= 32
    page.goto(address)
    expect(frame).to_have_attribute("data-caption-size", "x")
    expect(page.locator("[data-panel=captions] input[value=en]")).to_be_checked()
    page.keyboard.press("c")
    expect(strip).to_be_hidden()
    page.goto(address)
    expect(strip).to_be_hidden()
    page.keyboard.press("c")
    expect(strip).to_be_visible()


def the_text_follows_leads_and_is_searched(desk: Page, address: str) -> None:
    desk.goto(address)
    pane = desk.get_by_role("region", name="讲稿")
    expect(pane).to_be_visible()
    box, video = pane.bounding_box(), desk.locator(".player").bounding_box()
    assert box
    assert video
    assert box["x"] >= video["x"] + video["width"], "beside the picture on a desk"
    assert box["height"] == pytest.approx(video["height"], abs=2)
    desk.get_by_role("button", name="3 秒 先问意愿").click()
    played(desk, "() => document.querySelector('video').currentTime >= 3")
    expect(desk.locator(".reading [aria-current]")).to_contain_text("先问意愿")
    desk.keyboard.press("k")
    desk.get_by_role("searchbox", name="在讲稿里找").fill("，")
    expect(pane.get_by_role("status")).to_have_text("1/2")
    desk.keyboard.press("Enter")
    expect(pane.get_by_role("status")).to_have_text("2/2")
    desk.keyboard.press("Enter")
    expect(pane.get_by_role("status")).to_have_text("1/2")
    desk.get_by_role("searchbox", name="在讲稿里找").fill("电梯")
    expect(pane.get_by_role("status")).to_have_text("没有")
    desk.keyboard.press("Escape")
    pane.get_by_role("button", name="关闭讲稿").click()
    expect(pane).to_be_hidden()
    desk.goto(address)
    expect(pane).to_be_hidden()
    desk.keyboard.press("t")
    expect(pane).to_be_visible()


def the_text_is_there_without_a_script(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("先问意愿，再谈方案。")).to_be_visible()
    expect(page.locator(".player-under")).to_be_hidden()
    expect(page.locator(".player__bar")).to_be_hidden()
    assert page.locator("video").get_attribute("controls") is not None


def test_what_is_chosen_works_and_stays(chromium: Browser, live_url: str, address: str) -> None:
    """A server of its own for each of these would cost more than all of them together."""
    visit = partial(watched_page, chromium, live_url, **PHONE)
    with visit(user_agent=ANDROID) as page:
        saving_data_takes_the_small_picture_and_is_remembered(page, address)
    with visit(user_agent=IPHONE) as page:
        an_iphone_in_wechat_gets_a_list_with_one_size(page, address)
    with visit(java_script_enabled=False) as page:
        the_text_is_there_without_a_script(page, address)
    for look in (
        one_quality_then_only_the_sound_keeps_place_and_credit,
        captions_have_a_language_and_a_size,
        the_text_follows_leads_and_is_searched,
    ):
        with watched_page(chromium, live_url, **DESK) as page:
            look(page, address)

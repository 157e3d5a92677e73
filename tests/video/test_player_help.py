"""The player helps: chapters, pictures on the bar, what is not made yet, why it does not play."""

import re
from importlib.resources import files

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.storage import storage
from sanshi_lms.video.engine import MANIFEST
from sanshi_lms.video.models import Chapter, Video
from sanshi_lms.video.viewing.models import PlayDay, Trouble
from tests.browser import DESK, PHONE, watched_page
from tests.services import wait_until
from tests.video.making import show_in_course
from tests.video.test_player_choices import played

pytestmark = pytest.mark.journey
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
VIOLATIONS = """async () => (await axe.run(".player-room")).violations
  .filter((one) => ["moderate", "serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((n) => n.target.join(" ")).join(" | ")}`)"""
SMALL = """(least) => [...document.querySelectorAll(".player-room :is(button, label, .rail__seek)")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}))
  .filter((one) => Math.min(one.offsetHeight, one.offsetWidth) < least - 0.5)
  .map((one) => `${one.className} ${one.textContent.trim()} ${one.offsetWidth}x${one.offsetHeight}`)
"""


@pytest.fixture
def address(app: Flask, lecture: int) -> str:
    """A published lesson that shows a lecture with two chapters."""
    with app.app_context(), transaction() as session:
        for position, (start, title) in enumerate([(0.0, "问候"), (3.0, "先问意愿")]):
            session.add(Chapter(video_id=lecture, position=position, start=start, title=title))
    return show_in_course(app, lecture, published=True)


def chapters_and_little_pictures(desk: Page, address: str) -> None:
    desk.goto(address)
    expect(desk.locator(".rail__mark")).to_have_count(1)
    expect(desk.locator(".player__chapter")).to_have_text("问候")
    expect(desk.locator(".reading__chapter")).to_have_text(["问候", "先问意愿"])
    box = desk.locator(".rail").bounding_box()
    assert box
    desk.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    expect(desk.locator(".rail__peek")).to_contain_text("00:07")
    expect(desk.locator(".rail__title")).to_have_text("先问意愿")
    picture = desk.locator(".rail__picture")
    expect(picture).to_be_visible()
    assert "thumbs.jpg" in picture.evaluate("e => e.style.backgroundImage")
    desk.mouse.move(0, 0)
    expect(desk.locator(".rail__peek")).to_be_hidden()
    desk.get_by_role("button", name="章节").and_(desk.locator(".player__bar *")).click()
    desk.get_by_role("button", name="先问意愿").and_(desk.locator("[data-chapter]")).click()
    played(desk, "() => document.querySelector('video').currentTime > 3")
    expect(desk.locator(".player__chapter")).to_have_text("先问意愿")
    expect(desk.locator("[data-panel=chapters]")).to_be_hidden()


def with_the_keyboard_alone(desk: Page, address: str) -> None:
    """Tab to the bar, open a menu, choose with the arrows, leave it, ask for the keys."""
    desk.goto(address)
    desk.locator("[data-part=seek]").focus()
    desk.keyboard.press("ArrowRight")
    played(desk, "() => document.querySelector('video').currentTime > 4.9")
    speed = desk.get_by_role("button", name="播放速度")
    for _ in range(12):
        desk.keyboard.press("Tab")
        if speed.evaluate("e => e === document.activeElement"):
            break
    desk.keyboard.press("Enter")
    expect(speed).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("ArrowUp")
    played(desk, "() => document.querySelector('video').playbackRate === 1.25")
    desk.keyboard.press("Escape")
    expect(speed).to_be_focused()
    expect(speed).to_have_attribute("aria-expanded", "false")
    desk.keyboard.press("?")
    help_list = desk.get_by_role("group", name="键盘快捷键")
    expect(help_list).to_be_visible()
    desk.keyboard.press("Escape")
    expect(help_list).to_be_hidden()
    desk.keyboard.press("f")
    played(desk, "() => document.fullscreenElement?.matches('.player')")
    expect(desk.get_by_role("button", name="退出全屏")).to_be_visible()
    desk.locator(".player__bar").evaluate("e => e.querySelector(':focus')?.blur()")
    desk.keyboard.press("k")
    expect(desk.locator(".player")).to_have_attribute("data-resting", "")
    desk.mouse.move(300, 300)
    desk.mouse.move(320, 300)
    expect(desk.locator(".player")).not_to_have_attribute("data-resting", "")


def what_is_not_made_yet_is_grey_and_no_error(
    app: Flask, desk: Page, lecture: int, address: str
) -> None:
    """The lists of pieces grow on the disk while the lecture is watched."""
    with app.app_context(), transaction() as session:
        video = session.get_one(Video, lecture)
        folder = storage().path(f"{video.media_key}/master.m3u8").parent
        video.early_key, video.media_key, video.made_at = video.media_key, None, None
        (folder / MANIFEST).unlink()
    lists = {file: file.read_text("utf-8") for file in folder.glob("*/index.m3u8")}
    for file, whole in lists.items():
        head, *pieces = whole.replace("#EXT-X-ENDLIST\n", "").split("#EXTINF")
        event = head.replace("PLAYLIST-TYPE:VOD", "PLAYLIST-TYPE:EVENT")
        file.write_text("#EXTINF".join([event, *pieces[:2]]), "utf-8")
    desk.goto(address)
    desk.keyboard.press("k")
    played(desk, "() => document.querySelector('video').currentTime > 0.5")
    assert desk.evaluate("document.querySelector('video').currentTime") < 5, "from its beginning"
    expect(desk.locator(".rail__unmade")).to_be_visible()
    expect(desk.locator("[data-part=length]")).to_have_text("00:12")
    desk.keyboard.press("9")
    expect(desk.locator(".player__message")).to_contain_text("还在制作")
    assert desk.evaluate("document.querySelector('video').currentTime") < 8.1
    for file, whole in lists.items():
        file.write_text(whole, "utf-8")
    expect(desk.locator(".rail__unmade")).to_be_hidden()
    played(desk, "() => document.querySelector('video').currentTime > 8.5")
    assert desk.evaluate("document.querySelector('video').error") is None


def an_ended_address_is_found_out_and_reported(app: Flask, desk: Page, address: str) -> None:
    desk.route(re.compile(r"master\.m3u8"), lambda route: route.fulfill(status=403, body=""))
    desk.goto(address)
    expect(desk.get_by_text("视频地址已失效")).to_be_visible()
    desk.get_by_role("button", name="查原因").click()
    panel = desk.get_by_role("region", name="播放检查")
    expect(panel).to_contain_text("播放地址：有问题")
    expect(panel).to_contain_text("播放地址已过期")
    expect(panel.get_by_role("button", name="刷新页面")).to_be_visible()
    expect(panel.get_by_role("button", name="只听声音")).to_be_hidden()
    code = panel.locator(".trouble__code strong").text_content()
    assert code
    with app.app_context():
        db.session.rollback()
        trouble = db.session.query(Trouble).one()
        assert (trouble.cause, trouble.code) == ("ended", code.replace("-", ""))
        assert "403" in trouble.detail
        assert "Chrom" in trouble.user_agent
    desk.unroute_all()
    panel.get_by_role("button", name="刷新页面").click()
    expect(desk.get_by_role("region", name="播放检查")).to_be_hidden()
    desk.get_by_role("button", name="播放不了？").click()
    expect(panel).to_contain_text("检查都正常")
    panel.get_by_role("button", name="用普通文件播放").click()
    played(desk)
    assert desk.evaluate("document.querySelector('video').currentSrc").endswith("plain.mp4")
    expect(desk.get_by_role("switch", name="省流")).to_be_disabled()


def figures_arrive_when_the_page_goes(app: Flask, phone: Page, address: str) -> None:
    phone.goto(address)
    phone.locator(".player__big").click()
    played(phone, "() => document.querySelector('video').currentTime > 2")
    phone.goto("about:blank")

    def counted() -> PlayDay | None:
        with app.app_context():
            db.session.rollback()
            return db.session.query(PlayDay).one_or_none()

    wait_until(lambda: counted() is not None, 60)
    day = counted()
    assert day is not None
    assert (day.plays, day.failures) == (1, 0)
    assert day.seconds >= 1
    with app.app_context():
        rows = db.session.execute(db.text("SELECT within_ms, plays FROM video_first_frames"))
        assert [plays for _, plays in rows] == [1]


def every_menu_is_open_to_all_and_fits(phone: Page, address: str, *, elder: bool) -> None:
    """axe finds nothing in any menu, the text or the check; fingers find each target."""
    if elder:
        phone.goto("/")
        phone.locator(".edition-switch button").click()
    phone.goto(address)
    phone.evaluate(AXE)
    least = 60 if elder else 44
    phone.locator(".player-under [data-act=pane]").click()
    phone.get_by_role("button", name="播放不了？").click()
    expect(phone.locator(".trouble__code strong")).to_be_visible()
    assert phone.evaluate(VIOLATIONS) == []
    assert phone.evaluate(SMALL, least) == []
    for menu in ("captions", "speed", "quality", "more", "chapters"):
        phone.locator(f"[data-opens={menu}]:visible").click()
        expect(phone.locator(f"[data-panel={menu}]")).to_be_visible()
        assert phone.evaluate(VIOLATIONS) == [], menu
        assert phone.evaluate(SMALL, least) == [], menu
        phone.mouse.click(195, 80)  # the dark beside the sheet
        expect(phone.locator(f"[data-panel={menu}]")).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_help_on_a_desk(
    app: Flask, chromium: Browser, live_url: str, lecture: int, address: str
) -> None:
    """A server of its own for each of these would cost more than all of them together."""
    with watched_page(chromium, live_url, **DESK) as page:
        chapters_and_little_pictures(page, address)
    with watched_page(chromium, live_url, **DESK) as page:
        with_the_keyboard_alone(page, address)
    with watched_page(chromium, live_url, **DESK) as page:
        an_ended_address_is_found_out_and_reported(app, page, address)
    with watched_page(chromium, live_url, **DESK) as page:
        what_is_not_made_yet_is_grey_and_no_error(app, page, lecture, address)


def test_help_on_a_phone(app: Flask, chromium: Browser, live_url: str, address: str) -> None:
    with watched_page(chromium, live_url, **PHONE) as page:
        figures_arrive_when_the_page_goes(app, page, address)
    for elder in (False, True):
        with watched_page(chromium, live_url, **PHONE) as page:
            every_menu_is_open_to_all_and_fits(page, address, elder=elder)

"""In a real browser: a closed lecture plays for who signed in, and for nobody else."""

import json

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD
from tests.people import Cast
from tests.video.embed.test_browser import another_site
from tests.video.making import show_in_course
from tests.video.test_closed import close

THIEF = """<!doctype html><video id="v" src={url} preload="auto"></video><script>
  window.end = new Promise((done) => {{
    v.addEventListener("error", () => done("refused"));
    v.addEventListener("loadeddata", () => done("plays"));
  }});
</script>"""


@pytest.fixture
def lecture(app: Flask, ready_video: int, live_url: str) -> str:
    """Path of a closed lecture whose viewers see their name; `live_url` serves it."""
    show_in_course(app, ready_video, published=True)
    close(app, ready_video, shows_viewer=True)
    assert live_url
    return "/courses/dianti/yiyuan"


def test_who_signs_in_watches_under_their_name(
    people: Cast, phone: Page, chromium: Browser, live_url: str, lecture: str
) -> None:
    number = people.id("cadre")
    phone.goto(f"{lecture}?t=3")
    expect(phone.locator("video")).to_have_count(0)
    phone.get_by_role("link", name="登录或注册").click()
    phone.get_by_label("账号").fill("cadre")
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.locator("main").get_by_role("button", name="登录").click()
    phone.wait_for_url(f"**{lecture}?t=3")
    expect(phone.locator(".player__viewer")).to_have_text(f"王*明 {number:04d}")
    expect(phone.locator(".player__viewer")).to_be_visible()
    phone.locator("[data-act=toggle]").first.click()
    phone.wait_for_function("() => document.querySelector('video').currentTime > 3.5")
    film = str(phone.locator("video").get_attribute("data-plain"))
    stranger = chromium.new_context(storage_state=None)
    assert stranger.request.get(live_url + film).status == 403
    friend = chromium.new_context(storage_state=phone.context.storage_state())
    assert friend.request.get(live_url + film).status == 200
    with another_site(THIEF.format(url=json.dumps(live_url + film))) as site:
        page = friend.new_page()
        page.goto(site)
        assert page.evaluate("end") == "refused", "the person's own browser on a strange page"
    stranger.close()
    friend.close()

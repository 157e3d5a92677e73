"""A cadre's story: found by searching, watched, answered, proved to a stranger."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opened
from tests.journeys.lectures import LIFT
from tests.journeys.walking import (
    SLOW_MS,
    answer_rightly,
    fill_sign_in,
    play,
    position,
    register,
    reported,
    sign_in,
    video,
    wait_played,
)
from tests.people import Cast
from tests.services import wait_until

pytestmark = pytest.mark.journey


def test_from_a_search_to_a_certificate_that_a_stranger_verifies(
    phone: Page, another_phone: Opened
) -> None:
    # A visitor finds a sentence of the lecture and opens it at its second.
    phone.goto("/")
    phone.get_by_role("main").get_by_role("searchbox").first.fill("加装电梯")
    phone.get_by_role("main").get_by_role("button", name="搜索").first.click()
    phone.get_by_role("link", name=re.compile("加装电梯，先要一户一户问意愿")).click()
    expect(phone).to_have_url(re.compile(r"[?&]t=4"))
    expect(phone.locator("[data-part=now]")).to_have_text("00:04")
    play(phone)
    wait_played(phone, 5)
    assert position(phone) >= 4

    # On the way they register, and are back at the lecture.
    phone.get_by_role("status").get_by_role("link", name="登录或注册").click()
    phone.get_by_role("link", name="免费注册").click()
    register(phone, "王小明", "wangxm")
    expect(phone.get_by_role("heading", level=1)).to_have_text("一户一户问意愿")

    # They watch all of it, twice as fast.
    phone.goto(f"{LIFT}/wishes")
    play(phone, "2")
    expect(phone.locator("[data-watch-done]")).to_be_visible(timeout=SLOW_MS)
    assert video(phone).evaluate("v => v.playbackRate") == 2

    # Next is the quiz.
    phone.get_by_role("link", name=re.compile("下一课")).click()
    phone.get_by_role("button", name="开始测验").click()
    answer_rightly(phone)

    # The certificate is there at once.
    phone.get_by_role("link", name=re.compile("证书")).first.click()
    sheet = phone.get_by_role("img", name=re.compile("王小明"))
    expect(sheet).to_be_visible()
    picture = phone.request.get(str(sheet.get_attribute("src")))
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.body())))
    assert [code.format for code in codes] == [zxingcpp.BarcodeFormat.QRCode]
    with phone.expect_download() as started:
        phone.get_by_role("link", name=re.compile("下载 PDF")).click()
    assert started.value.path().read_bytes().startswith(b"%PDF-")

    # A stranger scans it.
    with another_phone() as stranger:
        stranger.goto(codes[0].text)
        expect(stranger.get_by_role("heading", name="证书真实有效")).to_be_visible()
        expect(stranger.get_by_role("main")).to_contain_text("王*明")
        assert "王小明" not in stranger.content()
        number = codes[0].text.rpartition("/v/")[2].partition("?")[0]
        other = number[:-1] + ("2" if number[-1] != "2" else "3")
        stranger.goto(f"/v/{other}")
        expect(stranger.get_by_role("heading", name="编号不对")).to_be_visible()


def test_another_device_goes_on_where_the_first_stopped(
    phone: Page, another_desk: Opened, people: Cast
) -> None:
    sign_in(phone, people, "cadre", f"{LIFT}/wishes")
    play(phone)
    wait_played(phone, 6)
    with phone.expect_response(reported):
        phone.locator(".player__bar").get_by_role("button", name="暂停").click()
    stopped = position(phone)
    with another_desk() as desk:
        desk.goto(f"/account/sign-in?next={LIFT}/wishes")
        fill_sign_in(desk, "cadre", people.password)
        assert abs(float(video(desk).get_attribute("data-start") or 0) - stopped) <= 5
        play(desk)
        wait_played(desk, 0.1)
        assert position(desk) >= stopped - 5


def test_watching_without_a_line_is_not_lost(phone: Page, people: Cast) -> None:
    sign_in(phone, people, "cadre", f"{LIFT}/wishes")
    play(phone)
    # All of this short lecture is on the device before the line drops.
    loaded = "v => v.buffered.length && v.buffered.end(v.buffered.length - 1) > 11"
    wait_until(lambda: bool(video(phone).evaluate(loaded)), 60.0)
    phone.context.set_offline(True)
    wait_played(phone, 12)
    expect(phone.locator("[data-watch-line]")).to_contain_text("网络不通")
    expect(phone.locator("[data-watch-done]")).to_be_hidden()
    phone.context.set_offline(False)
    expect(phone.locator("[data-watch-done]")).to_be_visible(timeout=SLOW_MS)
    phone.reload()
    expect(phone.locator("[data-watch-done]")).to_be_visible()


def test_what_waited_on_a_closed_page_arrives_with_the_next(phone: Page, people: Cast) -> None:
    sign_in(phone, people, "cadre", f"{LIFT}/wishes")
    phone.context.route("**/api/v1/learning/reports", lambda route: route.abort())
    play(phone, "2")
    wait_played(phone, 12)
    expect(phone.locator("[data-watch-line]")).to_contain_text("网络不通")
    context = phone.context
    phone.close()
    context.unroute("**/api/v1/learning/reports")
    again = context.new_page()
    with again.expect_response(reported) as answer:
        again.goto(f"{LIFT}/wishes")
    assert answer.value.ok
    again.reload()
    expect(again.locator("[data-watch-done]")).to_be_visible()

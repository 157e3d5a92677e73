"""A line is cut, a page is closed, another device goes on: nothing is lost, nothing appears."""

import time

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.learning.models import WatchRecord
from tests.journeys.conftest import Opened
from tests.journeys.lectures import LIFT, LONG
from tests.journeys.walking import (
    SLOW_MS,
    fill_sign_in,
    play,
    position,
    reported,
    sign_in,
    video,
    wait_played,
)
from tests.people import Cast
from tests.services import wait_until

pytestmark = pytest.mark.journey
LESSON = f"{LIFT}/wishes"
CUT_SECONDS = 60  # of the wall clock and of the lecture; this runs beside the other stories


def seen(app: Flask) -> float:
    """Return the seconds of the lecture that count, of the one person who watches."""
    with app.app_context():
        found = db.session.scalar(select(WatchRecord.seen_ms)) or 0
        db.session.remove()
    return found / 1000


def pause(page: Page) -> None:
    page.locator(".player__bar").get_by_role("button", name="暂停").click()


def resumed(page: Page, lesson: str, people: Cast) -> float:
    """Sign in on a fresh device; return where the lecture would go on."""
    page.goto(f"/account/sign-in?next={lesson}")
    fill_sign_in(page, "cadre", people.password)
    return float(video(page).get_attribute("data-start") or 0)


def killed(page: Page) -> float:
    """End an app in the foreground, so that it says nothing more; return where it was."""
    page.context.set_offline(True)
    place = position(page)
    page.context.close()
    return place


def test_a_minute_without_a_line_then_an_app_that_is_killed(
    app: Flask, phone: Page, another_desk: Opened, another_phone: Opened, people: Cast
) -> None:
    sign_in(phone, people, "cadre", LONG)
    play(phone)
    loaded = "v => v.buffered.length && v.buffered.end(v.buffered.length - 1) > v.duration - 10"
    wait_until(lambda: bool(video(phone).evaluate(loaded)), 60.0)
    cut_at = position(phone)
    began = time.monotonic()
    phone.context.set_offline(True)
    # A busy machine plays a little behind the clock.
    wait_played(phone, cut_at + CUT_SECONDS, within=2 * CUT_SECONDS)
    assert time.monotonic() - began > CUT_SECONDS - 1, "played at its plain speed"
    expect(phone.locator("[data-watch-line]")).to_contain_text("网络不通")
    assert seen(app) <= cut_at + 0.1, "nothing appears that the server was not told"

    # The line is back and it goes on playing: the minute arrives by itself. Then it is closed.
    phone.context.set_offline(False)
    expect(phone.locator("[data-watch-line]")).to_contain_text("进度已保存", timeout=SLOW_MS)
    pause(phone)
    wait_until(lambda: seen(app) >= position(phone) - 0.5, 20.0)
    stopped = position(phone)
    assert stopped - 0.5 <= seen(app) <= stopped + 0.1
    phone.close()

    with another_desk() as desk:
        assert abs(resumed(desk, LONG, people) - stopped) <= 5
        # Somebody looks at an earlier part again, for long enough to be past the first report.
        video(desk).evaluate("v => { v.currentTime = 20 }")
        play(desk)
        wait_played(desk, 29)
        place = killed(desk)
    with another_phone() as elsewhere:
        assert abs(resumed(elsewhere, LONG, people) - place) <= 5
    assert stopped - 0.5 <= seen(app) <= stopped + 0.1, "seen again earns nothing, loses nothing"


def test_a_cut_line_a_closed_page_and_two_devices(
    app: Flask, phone: Page, another_desk: Opened, people: Cast
) -> None:
    sign_in(phone, people, "cadre", LESSON)
    older = phone.context.new_page()
    older.goto(LESSON)
    phone.bring_to_front()
    play(phone)
    loaded = "v => v.buffered.length && v.buffered.end(v.buffered.length - 1) > 11"
    wait_until(lambda: bool(video(phone).evaluate(loaded)), 60.0)
    before = position(phone)
    assert before < 5, "there is some of it left to watch without a line"

    # Without a line it plays on, and says so; only what came before counts so far.
    phone.context.set_offline(True)
    wait_played(phone, before + 1)
    pause(phone)
    expect(phone.locator("[data-watch-line]")).to_contain_text("网络不通")
    stopped = position(phone)
    assert seen(app) <= before + 0.1

    # The line is back: what waited arrives by itself; then the page is closed.
    with phone.expect_response(reported):
        phone.context.set_offline(False)
    expect(phone.locator("[data-watch-line]")).to_contain_text("进度已保存")
    assert stopped - 0.5 <= seen(app) <= stopped + 0.1
    phone.close()

    # Elsewhere it goes on where it stopped.
    with another_desk() as desk:
        desk.goto(f"/account/sign-in?next={LESSON}")
        fill_sign_in(desk, "cadre", people.password)
        resumed = float(video(desk).get_attribute("data-start") or 0)
        assert abs(resumed - stopped) <= 5
        play(desk)
        wait_played(desk, resumed + 1)
        with desk.expect_response(reported):
            pause(desk)
        counted = seen(app)
        assert counted <= max(stopped, position(desk)) + 0.1

        # The page that was opened first is told kindly, and takes it back by one tap.
        older.bring_to_front()
        play(older)
        wait_played(older, 4)
        pause(older)  # on a slow machine it was told before, and says nothing more
        back = older.get_by_role("button", name="在这里接着学")
        expect(back).to_be_visible()
        expect(older.locator("[data-watch-line]")).to_contain_text("同一时间只有一处计时")
        assert seen(app) == counted
        back.click()
        expect(older.locator("[data-watch-line]")).to_contain_text("现在在这里计时")
        older.locator(".player__bar").get_by_role("button", name="播放", exact=True).click()
        wait_played(older, 12)
        expect(older.locator("[data-watch-line]")).to_contain_text("进度已保存")
        assert seen(app) > counted

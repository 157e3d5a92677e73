"""A test under the server's clock in a real browser: nothing lost, nothing gained."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.papers.actions import set_conditions
from sanshi_lms.quizzes.queries import full_paper, rule_of
from tests.browser import PHONE, running_web, watched_page
from tests.people import Cast
from tests.quizzes.papers import WHEN, make_paper, show_in_course
from tests.quizzes.test_browser import LESSON, choose, saved
from tests.services import free_port
from tools.serve import Address

pytestmark = pytest.mark.journey
ANSWERS = (("谁来表决", ("业主",)), ("要看哪些", ("面积", "人数")), ("一楼不用问", ("错误",)))


def open_sheet(app: Flask, people: Cast, phone: Page) -> Page:
    """Start a test of ten minutes on a cadre's phone."""
    paper_id = make_paper(app)
    show_in_course(app, paper_id)
    with app.app_context(), transaction():
        paper = full_paper(paper_id)
        assert paper
        set_conditions(paper, replace(rule_of(paper), limit_minutes=10), WHEN)
    people.id("cadre")
    phone.goto(f"/account/sign-in?next={LESSON}")
    phone.get_by_label("账号或手机号").fill("cadre")
    phone.get_by_label("密码", exact=True).fill(people.password)
    phone.get_by_role("main").get_by_role("button", name="登录").click()
    phone.get_by_role("button", name="开始测验").click()
    phone.wait_for_url(re.compile(r"/quizzes/attempts/\d+$"))
    return phone


@pytest.fixture
def sheet(app: Flask, people: Cast, phone: Page) -> Page:
    """A cadre's phone with a sheet of ten minutes."""
    return open_sheet(app, people, phone)


def kept(app: Flask) -> Attempt:
    with app.app_context():
        found = db.session.query(Attempt).one()
        db.session.expunge_all()
        db.session.remove()
        return found


def change(app: Flask, act: Callable[[Attempt], None]) -> None:
    with app.app_context(), transaction():
        act(db.session.query(Attempt).one())


def began_earlier(attempt: Attempt) -> None:
    attempt.started_at -= timedelta(minutes=6)


def seconds_shown(page: Page) -> int:
    minutes, _, seconds = page.locator("[data-left]").inner_text().partition(":")
    return int(minutes) * 60 + int(seconds)


def test_a_whole_test_with_the_line_cut_after_each_answer_and_a_clock_an_hour_off(
    app: Flask, sheet: Page
) -> None:
    deadline = kept(app).deadline_at
    # Somebody sets the phone's clock back by an hour: neither the page nor the server cares.
    sheet.clock.install()
    sheet.clock.set_system_time(WHEN - timedelta(hours=1))
    sheet.reload()
    expect(sheet.locator("[data-left]")).to_be_visible()
    assert 500 < seconds_shown(sheet) <= 600
    for stem, texts in ANSWERS:
        sheet.context.set_offline(True)
        choose(sheet, stem, *texts)
        expect(sheet.get_by_text("网络断了")).to_be_visible()
        sheet.context.set_offline(False)
        sheet.evaluate("() => window.dispatchEvent(new Event('online'))")
        saved(sheet, stem)
    assert kept(app).deadline_at == deadline
    sheet.get_by_role("button", name="交卷").click()
    expect(sheet.get_by_text("恭喜，及格了")).to_be_visible()
    assert kept(app).percent == 100
    assert sheet.evaluate("() => Object.keys(localStorage).join()") == ""


def test_two_tabs_agree_and_the_older_one_overwrites_nothing(app: Flask, sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    choose(sheet, "谁来表决", "业主")
    saved(sheet, "谁来表决")
    expect(other.get_by_role("radio", name="业主")).to_be_checked()
    choose(other, "谁来表决", "租客")
    saved(other, "谁来表决")
    expect(sheet.get_by_role("radio", name="租客")).to_be_checked()
    expect(sheet.get_by_role("radio", name="业主")).not_to_be_checked()
    choose(other, "要看哪些", "面积", "人数")
    choose(other, "一楼不用问", "错误")
    saved(other, "一楼不用问")
    expect(sheet.locator("[data-answered]")).to_have_text("3")
    sheet.get_by_role("button", name="交卷").click()
    expect(sheet.get_by_role("heading", name="测验成绩")).to_be_visible()
    other.get_by_role("button", name="交卷").click()
    expect(other.get_by_text("已经交过卷了")).to_be_visible()
    assert kept(app).percent == 66, "marked once, with what both had chosen last"


def test_at_the_deadline_the_page_hands_in_by_itself(app: Flask, sheet: Page) -> None:
    choose(sheet, "谁来表决", "业主")
    saved(sheet, "谁来表决")

    def nearly_over(attempt: Attempt) -> None:
        assert attempt.deadline_at
        attempt.deadline_at -= timedelta(minutes=9, seconds=50)

    change(app, nearly_over)
    sheet.reload()
    expect(sheet.locator(".quiz__clock--soon")).to_be_visible()
    expect(sheet.get_by_role("heading", name="测验成绩")).to_be_visible()
    done = kept(app)
    assert (done.percent, done.passed) == (33, False)


def test_the_server_is_away_in_the_middle_and_the_time_is_given_back(
    app: Flask, people: Cast, chromium: Browser
) -> None:
    address = Address("127.0.0.1", free_port())
    chosen = app.extensions["settings"]
    with watched_page(chromium, address.url, **PHONE) as page:
        with running_web(chosen, address):
            open_sheet(app, people, page)
            choose(page, "谁来表决", "业主")
            saved(page, "谁来表决")
        change(app, began_earlier)
        before = kept(app).deadline_at
        choose(page, "要看哪些", "面积", "人数")
        expect(page.get_by_text("网络断了")).to_be_visible()
        beat = chosen.data_dir / "web.alive"
        long_ago = beat.stat().st_mtime - 300
        os.utime(beat, (long_ago, long_ago))  # as if it had been away for five minutes
        with running_web(chosen, address):
            page.evaluate("() => window.dispatchEvent(new Event('online'))")
            saved(page, "要看哪些")
            page.reload()
            expect(page.get_by_text(re.compile("中断过，这段时间已经还给您"))).to_be_visible()
            after = kept(app).deadline_at
            assert before
            assert after
            assert timedelta(seconds=300) <= after - before < timedelta(seconds=400)
            expect(page.get_by_role("radio", name="业主")).to_be_checked()
            choose(page, "一楼不用问", "错误")
            saved(page, "一楼不用问")
            page.get_by_role("button", name="交卷").click()
            expect(page.get_by_text("恭喜，及格了")).to_be_visible()
    assert kept(app).percent == 100

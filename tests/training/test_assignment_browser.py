"""The whole story in a browser: assigned after a preview, seen, completed, reminders stop."""

from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import transaction
from sanshi_lms.training.assignments.queries import local_today
from sanshi_lms.training.assignments.reminders import remind
from tests.journeys.walking import sign_in
from tests.people import Cast
from tests.training.duty_world import settle

pytestmark = pytest.mark.journey


def tick(app: Flask, days: int) -> int:
    """Let the morning's tick of a later day run."""
    moment = datetime.combine(local_today() + timedelta(days=days), time(9), LOCAL_ZONE)
    with app.app_context(), transaction():
        return remind(moment)


def test_from_assigning_to_the_last_reminder(
    app: Flask, people: Cast, desk: Page, phone: Page
) -> None:
    street = settle(app, people)

    # The administrator sees whom it hits before anybody is told.
    sign_in(desk, people, "admin", "/admin/training/assignments/")
    desk.get_by_role("main").get_by_role("link", name="布置必修").first.click()
    desk.get_by_label("任务名称").fill("消防必修")
    desk.get_by_text("消防", exact=True).click()
    due, field = local_today() + timedelta(days=20), desk.get_by_label("截止日期")
    expect(desk.locator(".date-said")).to_have_text("年-月-日，例如 2026-11-30")
    field.fill(due.isoformat())
    said = f"{due.year}年{due.month}月{due.day}日（周{'一二三四五六日'[due.weekday()]}）"
    expect(desk.locator(".date-said")).to_have_text(said)
    desk.get_by_text("按单位（含下级）选").click()
    desk.get_by_text("石油路街道", exact=True).click()
    desk.get_by_role("button", name="下一步").click()
    expect(desk.get_by_role("heading", name="会布置给 2 人")).to_be_visible()
    expect(desk.get_by_role("rowheader", name="王小明")).to_be_visible()
    assert street.titles("cadre") == []
    desk.get_by_role("button", name="确认布置").click()
    expect(desk.get_by_text("已布置给 2 人")).to_be_visible()

    # A week before the deadline both are reminded, once.
    assert tick(app, 13) == 2
    assert tick(app, 13) == 0

    # The cadre sees it, goes there and completes it.
    sign_in(phone, people, "cadre", "/")
    phone.get_by_label("王小明的菜单，有 2 条未读消息").click()
    phone.get_by_role("link", name="消息").click()
    expect(phone.get_by_role("heading", name="还有 7 天：消防必修")).to_be_visible()
    phone.get_by_role("button", name="查看：还有 7 天：消防必修").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("必修任务")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_role("link", name="开始学").click()
    phone.get_by_role("link", name="消防怎么做").first.click()
    phone.get_by_role("button", name="我读完了").click()
    phone.goto("/training/duties")
    expect(phone.get_by_text("已完成")).to_be_visible()

    # Whoever has not done it goes on hearing of it; the cadre does not.
    assert tick(app, 19) == 1
    assert len(street.titles("cadre")) == 2
    assert len(street.titles("other_cadre")) == 3
    desk.goto("/admin/training/duties/?state=done")
    expect(desk.get_by_role("rowheader", name="王小明")).to_be_visible()

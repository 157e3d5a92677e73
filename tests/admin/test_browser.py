"""The jobs page in a real browser: it follows a running job without being loaded anew."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core import jobs as core_jobs
from sanshi_lms.core.db import transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import JobFailed, JobRun, enqueue
from tests.courses.test_browser import sign_in
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]


@pytest.mark.usefixtures("worker_lives")
def test_a_job_is_followed_from_waiting_to_its_end(
    app: Flask, desk: Page, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(core_jobs.kinds, "t.followed", raising=False)
    seen: list[str] = []

    @core_jobs.job("t.followed", attempts=1)
    def followed(run: JobRun) -> None:
        run._told_at -= timedelta(minutes=1)  # let the first report pass at once
        run.progress(0.42)
        expect(row.get_by_text("进行中")).to_be_visible()
        expect(row.get_by_text("42%")).to_be_visible()
        expect(desk.get_by_text("正在做 1 个")).to_be_visible()
        seen.append("running")
        raise JobFailed("文件打不开。", "moov atom not found")

    with app.app_context(), transaction():
        number = enqueue("t.followed", "1").id
    sign_in(desk, people, "admin")
    desk.goto("/admin/jobs")
    row = desk.locator(f"[data-job='{number}']")
    expect(row.get_by_text("等待中")).to_be_visible()
    desk.evaluate("() => { window.stays = true; }")
    with app.app_context():
        assert run_next("fast")
    assert seen == ["running"]
    expect(row.get_by_text("没有成功")).to_be_visible()
    expect(row.get_by_text("文件打不开。")).to_be_visible()
    expect(desk.get_by_text("现在没有任务在做")).to_be_visible()
    assert desk.evaluate("() => window.stays"), "the page was not loaded anew"
    with app.app_context(), transaction():
        enqueue("t.followed", "2")
    expect(desk.get_by_text("有新的任务")).to_be_visible(timeout=15_000)

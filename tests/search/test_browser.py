"""A person with a phone: a slip of the finger, what was meant, the course."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.courses import Course
from sanshi_lms.search import jobs
from sanshi_lms.search.sources import engine

pytestmark = pytest.mark.journey
TITLES = (
    "既有住宅加装电梯：从居民意愿到竣工",
    "老旧小区改造里的雨污分流、外墙保温与既有住宅加装电梯怎样一次做完而不返工",
)
TARGETS = """() => [...document.querySelectorAll("main a, main button")]
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && box.height < 44).map(([text]) => text)"""


@pytest.fixture
def courses(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as session:
            for number, title in enumerate(TITLES):
                moment = now()
                session.add(
                    Course(
                        slug=f"c{number}",
                        title=title,
                        topic="城市更新",
                        kind="技能培训",
                        summary="怎样摸意愿、分费用、走手续。" * 6,
                        status="published",
                        published_at=moment,
                        created_at=moment,
                        updated_at=moment,
                    )
                )
        jobs.rebuild()
        yield
        engine().close()  # type: ignore[attr-defined]  # a Whoosh engine keeps files open


@pytest.mark.usefixtures("courses")
def test_from_a_slip_of_the_finger_to_the_course(phone: Page) -> None:
    phone.goto("/search/")
    box = phone.get_by_role("main").get_by_role("combobox")
    box.fill("加装电剃")
    box.press("Enter")
    phone.get_by_role("link", name="加装电梯", exact=True).first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("搜索“加装电梯”")
    phone.get_by_role("link", name="课程 2").click()
    expect(phone.locator(".result")).to_have_count(2)
    expect(phone.locator(".result mark").first).to_have_text("加装电梯")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate(TARGETS) == []
    phone.locator(".result a").first.click()
    phone.wait_for_url("**/courses/c*")

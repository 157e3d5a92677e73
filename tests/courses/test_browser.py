"""The pages as people use them: a phone, a keyboard, a script that previews."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.courses.packs import READING, write_pack
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]
COURSE = """\
title: 加装电梯
summary: 从居民意愿到竣工。
audience: [居民]
topic: 城市更新
kind: 技能培训
status: published
"""


@pytest.fixture(autouse=True)
def lifted(load: Callable[[Path], None], tmp_path: Path) -> None:
    """A published course of two readings."""
    second = READING.replace("先问意愿", "依法表决")
    files = {"course.yaml": COURSE, "01-wishes.md": READING, "02-vote.md": second}
    load(write_pack(tmp_path, files))


def sign_in(page: Page, people: Cast, part: str) -> None:
    """Sign in as one of the cast."""
    people.id(part)
    page.goto("/account/sign-in")
    page.get_by_label("账号").fill(part)
    page.get_by_label("密码", exact=True).fill(people.password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/")


def test_a_visitor_finds_a_course_and_reads_on(phone: Page) -> None:
    phone.goto("/courses/")
    phone.get_by_role("link", name="居民", exact=True).click()
    phone.get_by_role("link", name="加装电梯").click()
    phone.get_by_role("link", name="开始学习").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("先问意愿")
    phone.get_by_role("link", name="下一课：依法表决").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("依法表决")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_editor_sees_what_readers_will_get(desk: Page, people: Cast) -> None:
    sign_in(desk, people, "author")
    desk.goto("/admin/courses/lessons/1")
    body = desk.get_by_role("textbox", name="正文")
    preview = desk.get_by_role("region", name="正文预览")
    expect(preview).to_contain_text("第一步不是谈钱")
    body.fill("## 新的小标题\n\n<img src=x onerror=alert(1)>\n\n- 一\n- 二")
    expect(preview.get_by_role("heading", name="新的小标题")).to_be_visible()
    expect(preview.get_by_role("listitem")).to_have_count(2)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("status").filter(has_text="已保存")).to_be_visible()


def test_lessons_are_put_in_order_by_keyboard(desk: Page, people: Cast) -> None:
    sign_in(desk, people, "author")
    desk.goto("/admin/courses/1")
    desk.get_by_role("button", name="把“依法表决”往前移").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**#lesson-2")
    rows = desk.get_by_role("listitem").filter(has=desk.get_by_role("button", name="往前移"))
    expect(rows.first).to_contain_text("依法表决")

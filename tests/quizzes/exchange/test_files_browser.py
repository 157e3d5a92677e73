"""A file from a phone into a quiz, and the quiz out again, as a person does it."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.sheets_write import template_xlsx
from tests.people import Cast
from tests.quizzes.papers import make_paper

pytestmark = pytest.mark.journey


def test_the_template_goes_in_and_the_quiz_comes_out(
    app: Flask, people: Cast, phone: Page, tmp_path: Path
) -> None:
    paper = make_paper(app)
    people.id("author")
    phone.goto(f"/account/sign-in?next=/admin/quizzes/{paper}")
    phone.get_by_label("账号或手机号").fill("author")
    phone.get_by_label("密码", exact=True).fill(people.password)
    phone.get_by_role("main").get_by_role("button", name="登录").click()
    phone.get_by_role("link", name="导入题目").click()
    file = tmp_path / "题目.xlsx"
    file.write_bytes(template_xlsx())
    phone.get_by_label("选文件").set_input_files(file)
    phone.get_by_role("button", name="先看一遍").click()
    expect(phone.get_by_role("heading", name="文件“题目.xlsx”里的题目")).to_be_visible()
    phone.get_by_role("button", name="导入").dblclick()
    expect(phone.get_by_text("加装电梯要由谁来表决？")).to_have_count(1)
    phone.get_by_role("link", name="导出题目").click()
    with phone.expect_download() as taken:
        phone.get_by_role("button", name="下载 Moodle XML").click()
    stems = [one.stem_md for one in read_file(taken.value.path().read_bytes())]
    assert stems.count("加装电梯要由谁来表决？") == 1

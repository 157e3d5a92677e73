"""Cases with sub-questions and places in a picture: editor, answers, marking, result."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.models import Attempt, Item
from sanshi_lms.quizzes.question_file import ItemDraft
from tests.people import Cast
from tests.quizzes.papers import make_paper, show_in_course
from tests.quizzes.test_reviewing import ORDERING, SHORT
from tests.quizzes.test_wording import picture
from tests.video.test_player import sign_in

PARTS = """1. 【单选题】谁来表决？
A. 业主
B. 租客
答案：A
解析：见法条。

2. 【填空题】要 ____ 的业主参与。
答案：三分之二/2/3

3. 【判断题】一楼不用问。
答案：错"""
CASE = ItemDraft("case", "某小区想装电梯，一楼反对。", (), answers=PARTS)


def hotspot(author: FlaskClient, paper: int) -> dict[str, str]:
    """Fill in a hotspot as its author does; return what the form holds then."""
    sent: dict[str, Any] = {
        "kind": "hotspot", "stem": "消防通道在哪里？", "answers": "", "then": "picture",
        "alt": "小区平面图", "picture": (io.BytesIO(picture()), "x.png"),
    }  # fmt: skip
    page = author.post(f"/admin/quizzes/{paper}/items/new", data=sent).text
    found = re.search(r"图片 [0-9a-f]{24}\.jpg 小区平面图", page)
    assert found
    assert "data-areas" in page
    answers = f"{found[0]}\n10 20 35 50"
    return {"kind": "hotspot", "stem": "消防通道在哪里？", "answers": answers}


@pytest.fixture
def paper(app: Flask, people: Cast) -> int:
    """A case and a hotspot."""
    paper_id = make_paper(app, (CASE,), shuffle=False)
    show_in_course(app, paper_id)
    author = people.client("author")
    filled = hotspot(author, paper_id)
    assert author.post(f"/admin/quizzes/{paper_id}/items/new", data=filled).status_code == 302
    return paper_id


def test_the_author_sees_again_what_was_written(app: Flask, people: Cast, paper: int) -> None:
    author = people.client("author")
    with app.app_context():
        case, spot = (item.id for item in db.session.query(Item).order_by(Item.id))
    page = author.get(f"/admin/quizzes/{paper}/items/{case}").text
    for line in ("1. 【单选题】谁来表决？", "A. 业主", "答案：错", "三分之二"):
        assert line in page
    assert "10 20 35 50" in author.get(f"/admin/quizzes/{paper}/items/{spot}").text
    url = f"/admin/quizzes/{paper}/items/new"
    for answers, said in (
        ("", "小题"),
        ("1. 甲？\nA. 一\nB. 二\n答案：D", "小题"),
    ):
        wrong = author.post(url, data={"kind": "case", "stem": "材料", "answers": answers})
        assert wrong.status_code == 422
        assert said in wrong.text
    spots = ("", "10 20 35 50", "图片 a.jpg 图\n60 20 35 50", "图片 a.jpg 图\n1 2 3")
    for answers in spots:
        wrong = author.post(url, data={"kind": "hotspot", "stem": "哪里？", "answers": answers})
        assert wrong.status_code == 422, answers


def test_answers_are_kept_part_by_part_and_marked(app: Flask, people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    page = cadre.get(attempt).text
    case, spot = re.findall(r'name="shown" value="(\d+)"', page)
    api, number = f"/api/v1{attempt}/answers", 0

    def save(item: str, chosen: Any) -> tuple[int, Any]:
        nonlocal number
        number += 1
        body = {"item": int(item), "chosen": chosen, "page": "a", "number": number}
        told = cadre.post(api, json=body)
        return told.status_code, told.get_json().get("chosen")

    assert save(case, [[0], [], []]) == (200, [[0], [], []])
    assert save(case, [[0], ["三分之二"], [1]]) == (200, [[0], ["三分之二"], [1]])
    misfits: list[Any] = [[[9], [], []], [[0]] * 4, [0], [[0], [[1]], []], [["x"], [], []]]
    for wrong in misfits:
        assert save(case, wrong)[0] == 422, wrong
    assert save(spot, ["20.0", "30.0"]) == (200, ["20.0", "30.0"])
    for outside in (["120", "30"], ["x", "1"], ["nan", "1"], ["1"], [[1], [2]]):
        assert save(spot, outside)[0] == 422, outside
    assert save(spot, ["20", ""]) == (200, [])
    assert save(spot, ["20", "30"])[0] == 200
    done = cadre.post(f"{attempt}/hand-in", data={"then": "anyway"}, follow_redirects=True).text
    assert "见法条" in done
    assert "圆点是您点的位置" in done
    with app.app_context():
        assert db.session.query(Attempt).one().percent == 100


def test_without_a_script_the_form_carries_the_parts(app: Flask, people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    case, spot = re.findall(r'name="shown" value="(\d+)"', cadre.get(attempt).text)
    sent = {
        "shown": [case, spot], "then": "anyway", f"parts-{case}": "3", f"item-{case}-p0": "0",
        f"item-{case}-p1": "三分之一", f"item-{case}-p2": "1", f"item-{spot}": ["90", "90"],
    }  # fmt: skip
    page = cadre.post(f"{attempt}/hand-in", data=sent, follow_redirects=True).text
    assert "框出来的是正确的位置" in page
    with app.app_context():
        assert db.session.query(Attempt).one().percent == 50, "two of three parts, no place"


@pytest.mark.journey
def test_a_finger_answers_all_of_it_and_the_line_is_cut_each_time(
    app: Flask, people: Cast, paper: int, phone: Page
) -> None:
    author = people.client("author")
    for draft in (ORDERING, SHORT):
        added = {"kind": draft.kind, "stem": draft.stem_md, "answers": draft.answers}
        assert author.post(f"/admin/quizzes/{paper}/items/new", data=added).status_code == 302
    sign_in(phone, people, "cadre")
    phone.goto("/courses/dianti/ceyan")
    phone.get_by_role("button", name="开始测验").click()
    phone.wait_for_load_state("load")  # with its scripts: without them it is the plain form

    def first_step() -> str:
        return phone.locator(".quiz-step").all_inner_texts()[0].split("\n")[0]

    def sort() -> None:
        if first_step() == "征求意愿":
            phone.get_by_role("button", name="就按现在的顺序").click()
        while first_step() != "征求意愿":
            phone.get_by_role("button", name="上移：征求意愿").click()

    acts: list[Callable[[], object]] = [
        lambda: phone.get_by_role("radio", name="业主").check(),
        lambda: phone.get_by_label("第 1 空").fill("三分之二"),
        lambda: phone.get_by_role("radio", name="错误").check(),
        lambda: phone.locator("[data-hotspot-picture]").click(position={"x": 12, "y": 14}),
        sort,
        lambda: phone.get_by_label("您的回答").fill("大家有知情的权利"),
    ]
    for act in acts:
        phone.context.set_offline(True)
        act()
        phone.locator("h1").click()  # a text is kept when its field is left
        expect(phone.get_by_text("等待联网后保存").first).to_be_visible()
        phone.context.set_offline(False)
        expect(phone.get_by_text("等待联网后保存")).to_have_count(0)
    expect(phone.locator("[data-saved]").filter(has_text="已保存")).to_have_count(4)
    phone.reload()
    expect(phone.get_by_role("radio", name="业主")).to_be_checked()
    expect(phone.get_by_label("第 1 空")).to_have_value("三分之二")
    expect(phone.locator(".hotspot__point")).to_have_count(1)
    expect(phone.get_by_label("您的回答")).to_have_value("大家有知情的权利")
    assert first_step() == "征求意愿"
    phone.get_by_role("button", name="交卷").click()
    expect(phone.get_by_text("已交卷，等老师批阅")).to_be_visible()
    with app.app_context():
        attempt = db.session.query(Attempt).one()
        assert (attempt.right or 0) >= 2
        assert attempt.to_mark

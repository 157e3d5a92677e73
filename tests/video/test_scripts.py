"""Lectures written in the page: checked, made once per form, changed without losing words."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import Job
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import TRANSCODE
from sanshi_lms.video.scripts.rules import EXAMPLE, check, clean
from tests.people import Cast

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "开头缺少文件头"),
        ("---\ntitle: 课\n---\n", "还没有幻灯片"),
        ("---\ntitle: 课\n---\n## 一页\n- 一点\n", "没有讲解词"),
        (f"---\n{BOMB}title: *i\n---\n## 页\n说。\n", "缺少标题"),
        (f"---\ntitle: {'[' * 5000}\n---\n## 页\n说。\n", "读不懂"),
        ("字" * 20_001, "超过 20000 字"),
    ],
)
def test_what_is_wrong_is_said(text: str, word: str) -> None:
    checked = check(clean(text))
    assert checked.lecture is None
    assert any(word in fault for fault in checked.faults)


def test_a_title_may_look_like_a_date_and_the_example_is_right() -> None:
    odd = check(clean("---\r\ntitle: 2024-99-99\r\n---\r\n## 页\r\n说\x00。"))
    assert odd.lecture is not None
    assert odd.lecture.title == "2024-99-99"
    assert odd.lecture.slides[0].sentences == ("说。",)
    assert (check(EXAMPLE).faults, check(EXAMPLE).length_zh) == ((), "约 55 秒")


def test_written_made_once_changed_and_never_over_somebody_else(app: Flask, people: Cast) -> None:
    author = people.client("admin")
    page = author.get("/admin/video/script").text
    assert "十五分钟生活圈怎么看" in page
    form = _hidden(page) | {"script": EXAMPLE}
    shown = author.post("/admin/video/script", data=form | {"preview": "1"})
    assert (shown.status_code, form["token"] in shown.text) == (200, True)
    first = author.post("/admin/video/script", data=form)
    again = author.post("/admin/video/script", data=form)
    assert first.status_code == 302
    assert first.location == again.location, "a double click makes one video"
    wrong = author.post("/admin/video/script", data=form | {"script": "没有文件头"})
    assert (wrong.status_code, "没有文件头" in wrong.text) == (422, True)

    address = f"{first.location}/script"
    mine = _hidden(author.get(address).text)
    theirs = _hidden(author.get(address).text)
    changed = EXAMPLE.replace("十五分钟", "15分钟")
    assert author.post(address, data=mine | {"script": changed}).status_code == 302
    other = author.post(address, data=theirs | {"script": EXAMPLE + "\n我写的。"})
    assert other.status_code == 409
    assert "我写的。" in other.text, "what was typed is not lost"
    assert author.get(f"{address}.md").text == clean(changed)
    with app.app_context():
        video = db.session.scalars(select(Video)).one()
        assert video.title == "15分钟生活圈怎么看"
        assert len(db.session.scalars(select(Job).where(Job.kind == TRANSCODE)).all()) == 1


def test_strangers_cannot(people: Cast) -> None:
    assert people.client("cadre").get("/admin/video/script").status_code == 403


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))

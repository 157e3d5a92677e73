"""Series by kind and season, sheets to print, and audiences that need no account."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.courses import rules
from sanshi_lms.courses.models import Course, CourseAudience, Lesson
from sanshi_lms.courses.series import seasons_of
from sanshi_lms.courses.sheets import USUAL_NOTE, sheet_of
from tests.courses.test_admin import ABOUT
from tests.people import Cast

PRACTICE = """## 学什么

看地图。

## 实践单

- [ ] 走一圈
### 记下来
- [ ] 画三个标记

## 家长须知

陪孩子一起走。
"""
TASKS = """先看。

## 量宽度

- [ ] 量三处
- [x] 记下来

```
# 不是标题
```

## 划线

- [ ] 贴胶带
"""


@pytest.mark.parametrize(
    ("text", "label", "has", "lacks"),
    [
        (PRACTICE, "实践单", ["走一圈", "### 记下来", "画三个标记"], ["陪孩子", "看地图"]),
        (TASKS, "清单", ["## 量宽度", "- [ ] 量三处", "## 划线", "贴胶带"], ["先看", "不是标题"]),
        ("## 检查清单\n\n先关电。\n\n- [ ] 关电\n\n## 别的\n\n- [ ] 不在单上", "清单",
         ["先关电", "关电"], ["不在单上"]),
    ],
)  # fmt: skip
def test_a_sheet_is_what_the_lesson_holds(
    text: str, label: str, has: list[str], lacks: list[str]
) -> None:
    sheet = sheet_of(text)
    assert sheet is not None
    assert sheet.label == label
    assert [word for word in has if word not in sheet.text] == []
    assert [word for word in lacks if word in sheet.text] == []


def test_guardians_are_told_where_children_take_part() -> None:
    sheet = sheet_of(PRACTICE)
    assert sheet is not None
    assert sheet.note == "陪孩子一起走。"
    plain = PRACTICE.partition("## 家长须知")[0]
    for audience, note in ((frozenset({"青少年"}), USUAL_NOTE), (frozenset({"老年人"}), "")):
        found = sheet_of(plain, audience)
        assert found is not None
        assert found.note == note
    for nothing in ("", "## 清单\n\n没有可勾的", "正文 [ ] 里的框", "- [ ]没有空格"):
        assert sheet_of(nothing) is None


def test_a_task_is_a_box_and_nothing_else_is() -> None:
    html = str(render_markdown("- [ ] 量\n- [x] 好\n- 平常\n\n正文 [ ] 不算"))
    assert html.count('<li class="task">') == 2
    assert "<li>平常</li>" in html
    assert '<li class="task">' not in str(render_markdown('<li class="x">[ ]</li>'))


@pytest.mark.parametrize(
    ("season", "issue", "right"),
    [(0, 0, 1), (99, 999, 1), (100, 0, 0), (0, -1, 0)],
)
def test_seasons_and_issues_have_bounds(season: int, issue: int, right: int) -> None:
    assert (rules.season_problem(season, issue) is None) == bool(right)
    assert rules.slug_problem("series")


def test_a_series_is_in_order_and_its_sheets_need_no_account(
    app: Flask, people: Cast, client: FlaskClient
) -> None:
    admin = people.client("admin")
    for place, (season, issue) in enumerate(((1, 2), (2, 1), (1, 1), (0, 0)), 1):
        more = {"slug": f"kec-{place}", "title": f"第{place}门课", "season": season, "issue": issue}
        assert admin.post("/admin/courses/new", data={**ABOUT, **more}).status_code == 302
    with app.app_context(), transaction():
        db.session.execute(
            update(Course).values(status="published", published_at=Course.created_at)
        )
        first = db.session.query(Course).filter_by(slug="kec-1").one()
        db.session.add(CourseAudience(course_id=first.id, name="青少年"))
        for slug, body in (("map", PRACTICE.partition("## 家长须知")[0]), ("plain", "没有单子")):
            db.session.add(
                Lesson(
                    course_id=first.id, position=len(slug), slug=slug, title="画地图",
                    kind="reading", minutes=5, body_md=body, updated_at=first.created_at,
                )
            )  # fmt: skip
    with app.app_context():
        found = [(s.number, [c.course.slug for c in s.cards]) for s in seasons_of("技能培训")]
    assert found == [(2, ["kec-2"]), (1, ["kec-3", "kec-1"]), (0, ["kec-4"])]
    page = client.get("/courses/series/skills").text
    assert page.index("第2门课") < page.index("第3门课") < page.index("第1门课")
    assert "10 分钟学一招" in page
    assert client.get("/courses/series/none").status_code == 404
    assert "第 1 季第 2 期" in client.get("/courses/kec-1").text
    assert "打印实践单" in client.get("/courses/kec-1/map").text
    sheet = client.get("/courses/kec-1/map/sheet").text
    assert USUAL_NOTE[:12] in sheet
    assert '<li class="task">' in sheet
    assert client.get("/courses/kec-1/plain/sheet").status_code == 404
    assert "第1门课" in client.get("/courses/?audience=青少年").text
    answer = admin.post("/admin/courses/new", data={"title": "x", "season": "1000"})
    assert answer.status_code == 422
    assert "第几季要在" in answer.text

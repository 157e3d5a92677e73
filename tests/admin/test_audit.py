"""The audit trail in plain Chinese: who did what to what, and what changed."""

import re
from dataclasses import fields
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.audit_chain import seal_new
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course
from sanshi_lms.courses.actions import CourseValues
from sanshi_lms.courses.desk import WORDS
from sanshi_lms.courses.lesson_actions import LessonValues
from tests.people import Cast

COURSE = {
    "title": "小区停车怎么议",
    "slug": "tingche",
    "summary": "一步一步商量。",
    "topic": "完整社区",
    "kind": "技能培训",
    "credit_hours": "1",
    "audience": "社区干部",
    "description_md": "",
}


@pytest.fixture
def admin(people: Cast) -> FlaskClient:
    return people.client("admin")


@pytest.fixture
def course_id(app: Flask, admin: FlaskClient) -> int:
    """A course that the administrator made on the website."""
    assert admin.post("/admin/courses/new", data=COURSE).status_code == 302
    with app.app_context():
        return db.session.scalars(select(Course.id)).one()


def acts_of(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page.split('<ol class="acts">')[1].split("</ol>")[0])


def test_an_act_is_told_in_words_with_a_link_and_its_changes(
    admin: FlaskClient, course_id: int
) -> None:
    values = {**COURSE, "title": "小区停车怎么商量", "version": "1"}
    assert admin.post(f"/admin/courses/{course_id}/about", data=values).status_code == 302
    page = admin.get("/admin/audit").text
    assert f'href="/admin/courses/{course_id}">小区停车怎么商量</a>' in page
    told = acts_of(page)
    assert "管理员周敏 修改课程介绍：小区停车怎么商量" in told
    assert "改前：小区停车怎么议改后：小区停车怎么商量" in told
    assert "管理员周敏 新建课程" in told
    for raw in ("courses.edit", "course:", "{", "credit_hours", "summary", "draft"):
        assert raw not in told, raw


def test_a_change_of_role_is_told_with_the_names_of_roles(people: Cast, admin: FlaskClient) -> None:
    person = people.id("cadre")
    answer = admin.post(f"/admin/account/people/{person}", data={"role": "author", "active": "y"})
    assert answer.status_code == 302
    told = acts_of(admin.get("/admin/audit?verb=account.change_standing").text)
    assert "调整角色或登录：王小明" in told
    assert "改前：社区、街道干部或物业人员改后：课程作者" in told
    assert "能否登录" not in told, "what stayed the same is not told"


def test_what_is_deleted_is_named_by_what_was_noted(admin: FlaskClient, course_id: int) -> None:
    assert admin.post(f"/admin/courses/{course_id}/delete").status_code == 302
    page = admin.get("/admin/audit").text
    assert "删除课程：小区停车怎么议（已删除）" in acts_of(page)
    assert f'href="/admin/courses/{course_id}"' not in page


def test_every_field_of_courses_and_lessons_has_a_name() -> None:
    for values in (CourseValues, LessonValues):
        assert {one.name for one in fields(values)} <= set(WORDS.fields)


@pytest.mark.usefixtures("course_id")
def test_the_trail_is_narrowed_by_person_and_verb(people: Cast, admin: FlaskClient) -> None:
    author = people.client("author")
    author.post("/admin/quizzes/new", data={"title": "停车小测", "pass_percent": "60",
                                            "attempts_allowed": "0"})  # fmt: skip
    both = acts_of(admin.get("/admin/audit").text)
    assert "停车小测" in both
    assert "小区停车怎么议" in both
    hers = acts_of(admin.get(f"/admin/audit?person={people.id('author')}").text)
    assert "新建测验：停车小测" in hers
    assert "小区停车怎么议" not in hers
    made = acts_of(admin.get("/admin/audit?verb=courses.create").text)
    assert "停车小测" not in made
    nobody = admin.get(f"/admin/audit?person={people.id('pro')}&verb=courses.create").text
    assert "没有找到记录" in nobody
    assert "刘建国" in nobody, "the chosen person stands in the list, with a desk or without"


def test_what_no_account_did_is_told_apart(app: Flask, admin: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.add(AuditEntry(at=now(), verb="video.captions", subject="video:77"))
    told = acts_of(admin.get("/admin/audit?person=0").text)
    assert "系统 更新字幕：视频 77（已删除）" in told


@pytest.mark.usefixtures("course_id")
def test_the_trail_is_narrowed_by_days_of_our_zone(app: Flask, admin: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        # 2026-03-01 00:30 in Chongqing is still February in UTC.
        moment = now().replace(year=2026, month=2, day=28, hour=16, minute=30)
        session.execute(update(AuditEntry).values(at=moment))
    for asked, found in (
        ("since=2026-03-01", True),
        ("until=2026-03-01", True),
        ("since=2026-03-01&until=2026-03-01", True),
        ("until=2026-02-28", False),
        ("since=2026-03-02", False),
        ("since=2026-03-05&until=2026-02-01", True),
    ):
        page = admin.get(f"/admin/audit?{asked}").text
        assert ("acts__row" in page) is found, asked
        assert ("没有找到记录" in page) is not found, asked


@pytest.mark.parametrize(
    "asked",
    [
        "since=gestern", "until=2026-13-40", "since=0001-01-01", "person=x", "person=-1",
        "person=99999999999999999999", "verb='--", "page=0", "page=99999999",
        "since=%E4%B8%80", "person=%C2%B2",
    ],
)  # fmt: skip
def test_odd_filters_are_answered_in_words(admin: FlaskClient, asked: str) -> None:
    answer = admin.get(f"/admin/audit?{asked}")
    assert answer.status_code == 200
    if asked.startswith(("since=", "until=")):
        assert "日期没有看懂" in answer.text


def test_what_people_typed_is_only_text(app: Flask, admin: FlaskClient) -> None:
    evil = "<img src=x onerror=alert(1)>"
    with app.app_context(), transaction() as session:
        session.add(
            AuditEntry(
                at=now() + timedelta(seconds=1),
                verb="nobody.knows",
                subject="mystery:1",
                after=f'{{"title": "{evil}", "unknown": {{"a": 1}}}}',
            )
        )
    page = admin.get("/admin/audit").text
    assert evil not in page
    assert "&lt;img" in page


@pytest.mark.parametrize("part", ["cadre", "pro", "resident", "author"])
def test_a_stranger_does_not_read_the_trail(people: Cast, part: str) -> None:
    assert people.client(part).get("/admin/audit").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/admin/audit")
    assert answer.status_code == 302
    assert "/account/sign-in" in answer.location


def test_the_trail_is_checked_and_taken_away_as_a_table(
    app: Flask, admin: FlaskClient, people: Cast
) -> None:
    sent = {**COURSE, "title": "=cmd|'/c calc'!A1", "slug": "gongshi"}
    assert admin.post("/admin/courses/new", data=sent).status_code == 302
    assert "刚写的" in admin.post("/admin/audit/check", follow_redirects=True).text
    with app.app_context():
        seal_new()
    assert "都和写下时一样" in admin.post("/admin/audit/check", follow_redirects=True).text
    sheet = admin.get("/admin/audit.csv")
    assert sheet.mimetype == "text/csv"
    rows = sheet.data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("时间,谁,账号")
    assert "管理员周敏" in rows[1]
    assert "'=cmd" in sheet.text
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.split(","))
    assert people.client("author").get("/admin/audit.csv").status_code == 403
    with app.app_context(), transaction():
        db.session.execute(update(AuditEntry).where(AuditEntry.seal == 1).values(address="1.1.1.1"))
    assert "不完整" in admin.post("/admin/audit/check", follow_redirects=True).text

"""Pages of required training: assign with a preview, the sheet, my duties, the leader's list."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from sanshi_lms.account import User
from sanshi_lms.core.db import db, transaction
from sanshi_lms.training.assignments.queries import local_today
from tests.people import Cast
from tests.training.duty_world import Street, settle

NEW = "/admin/training/assignments/new"
PREVIEW = "/admin/training/assignments/preview"
LIST = "/admin/training/assignments/"
SHEET = "/admin/training/duties/"


@pytest.fixture
def street(app: Flask, people: Cast) -> Street:
    return settle(app, people)


@pytest.fixture
def admin(street: Street) -> FlaskClient:
    return street.people.client("admin")


def form(street: Street, **changes: object) -> dict[str, object]:
    return {
        "title": "消防必修",
        "courses": [str(street.courses[0])],
        "due_on": str(local_today() + timedelta(days=30)),
        "units": [str(street.street)],
        "follows": "y",
        **changes,
    }


def test_preview_then_assign(street: Street, admin: FlaskClient) -> None:
    street.complete("other_cadre")
    assert "石油路街道 / 石油路社区" in admin.get(NEW).text
    page = admin.post(PREVIEW, data=form(street))
    assert page.status_code == 200
    assert "会布置给 2 人，其中 1 人已经学完" in page.text
    assert "王小明" in page.text
    assert street.titles("cadre") == [], "nobody is told by a preview"
    values = form(street, form_key="a" * 32)
    made = admin.post(LIST, data=values)
    assert made.status_code == 302
    assert admin.post(LIST, data=values).location == made.location, "a double click"
    assert "李秀英" in admin.get(made.location).text
    assert "消防必修" in admin.get(LIST).text
    assert street.titles("cadre") == ["新的必修任务：消防必修"]
    back = admin.post(PREVIEW, data=form(street, back="1"))
    assert back.status_code == 200
    assert 'value="消防必修"' in back.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "请填写任务名称"),
        ({"courses": []}, "至少选一门课程"),
        ({"courses": ["999"]}, "从列出的选项里选"),
        ({"due_on": "2020-01-01"}, "不能早于今天"),
        ({"due_on": "明天"}, "请选择日期"),
        ({"due_on": "9999-01-01"}, "太远"),
        ({"units": []}, "还没有选布置给谁"),
        ({"people": "nobody-here"}, "没有这些账号"),
        ({"posts": ["网格员"], "roles": ["pro"]}, "没有人符合"),
    ],
)
def test_what_is_wrong_is_said(
    street: Street, admin: FlaskClient, changes: dict[str, object], said: str
) -> None:
    for address in (PREVIEW, LIST):
        answer = admin.post(address, data=form(street, **changes))
        assert answer.status_code == 422
        assert said in answer.text
    assert street.titles("cadre") == []


def test_named_people_are_found(street: Street, admin: FlaskClient) -> None:
    page = admin.post(PREVIEW, data=form(street, units=[], people="Cadre\n\n pro "))
    assert "会布置给 2 人" in page.text
    assert "点名的 2 人" in page.text


def test_one_person_gets_more_time_or_is_let_off(street: Street, admin: FlaskClient) -> None:
    number, cadre = street.assign(), street.people.id("cadre")
    address = f"{LIST}{number}/people/{cadre}"
    assert "王小明" in admin.get(address).text
    assert 'for="extend-reason"' in admin.get(address).text, "two reasons, two labels"
    early = {"due_on": "2026-01-01", "reason": "产假"}
    answer = admin.post(f"{address}/extend", data=early)
    assert answer.status_code == 422
    assert "要晚于" in answer.text
    late = {"due_on": "2999-01-01", "reason": "产假"}
    assert admin.post(f"{address}/extend", data=late).status_code == 302
    assert "延期：产假" in admin.get(address).text
    assert admin.post(f"{address}/exempt", data={"reason": ""}).status_code == 422
    assert admin.post(f"{address}/exempt", data={"reason": "市里学过"}).status_code == 302
    assert "已免修，原因：市里学过" in admin.get(address).text
    assert admin.post(f"{address}/exempt/end").status_code == 302
    assert "免修，原因" not in admin.get(address).text
    assert admin.get(f"{LIST}{number}/people/{street.people.id('pro')}").status_code == 404
    assert admin.post(f"{LIST}{number}/withdraw", data={"reason": ""}).status_code == 422
    assert admin.post(f"{LIST}{number}/withdraw", data={"reason": "错了"}).status_code == 302
    assert "已在" in admin.get(f"{LIST}{number}").text


def test_the_sheet_on_the_page_and_as_a_file(street: Street, admin: FlaskClient) -> None:
    with street.app.app_context(), transaction():
        person = db.session.get_one(User, street.people.id("cadre"))
        person.display_name = "=1+1 王小明"
    street.complete("other_cadre")
    street.assign(course_ids=street.courses)
    assert "共 4 项" in admin.get(SHEET).text
    assert "共 1 项" in admin.get(f"{SHEET}?state=done&unit={street.street}").text
    assert "共 2 项" in admin.get(f"{SHEET}?q=小明&assignment=1").text
    assert "没有符合的记录" in admin.get(f"{SHEET}?course=999&unit=x&page=-5&state=x").text
    answer = admin.get(f"{SHEET}sheet.xlsx?q=小明")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert rows[1][0] == "姓名"
    assert [row[0] for row in rows[2:]] == ["=1+1 王小明"] * 2
    cell = load_workbook(io.BytesIO(answer.data)).worksheets[0]["A3"]
    assert cell.data_type == "s", "a name is no formula"


def test_a_person_sees_their_duties(street: Street) -> None:
    cadre = street.people.client("cadre")
    assert "没有必修任务" in cadre.get("/training/duties").text
    street.assign()
    assert "消防" in cadre.get("/training/duties").text
    assert "消防必修" in cadre.get("/learning/").text
    assert "没有必修任务" in street.people.client("pro").get("/training/duties").text


def test_a_leader_sees_their_people_only(street: Street) -> None:
    street.assign()
    leader = street.people.client("author")
    assert "王小明" in leader.get("/training/duties/unit?state=all").text
    assert "没有这样的人" in leader.get("/training/duties/unit?state=exempt").text
    assert street.people.client("cadre").get("/training/duties/unit").status_code == 404


def test_the_ladder_is_data(admin: FlaskClient) -> None:
    policy = "/admin/training/assignments/policy"
    good = {
        "days_before": "30、3",
        "overdue_every": "5",
        "most_overdue": "0",
        "digest_weekday": "4",
        "join_days": "20",
    }
    assert 'value="14,7,1"' in admin.get(policy).text
    assert admin.post(policy, data=good).status_code == 302
    assert 'value="30,3"' in admin.get(policy).text
    for wrong in ({"days_before": "x"}, {"overdue_every": "0"}, {"digest_weekday": "9"}):
        assert admin.post(policy, data={**good, **wrong}).status_code == 422


def test_strangers_assign_nothing(street: Street, client: FlaskClient) -> None:
    assert client.get("/training/duties").status_code == 302
    cadre = street.people.client("cadre")
    for address in (NEW, LIST, SHEET, f"{SHEET}sheet.xlsx", f"{LIST}policy"):
        assert cadre.get(address).status_code == 403
    assert cadre.post(LIST, data=form(street)).status_code == 403

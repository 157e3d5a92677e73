"""People and units from tables: read in many shapes, judged first, taken in by their keys."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from sanshi_lms.account.models import Unit, User
from sanshi_lms.account.rosters.reading import PEOPLE, in_order, read_people, read_units
from sanshi_lms.core.db import db, transaction
from tests.people import Cast

UNITS = """编号,名称,类别,上级编号
SYL-01,石油路社区,社区,SYL
SYL,石油路街道,街镇,YZ
YZ,渝中区,区县,
"""
PEOPLE_CSV = """名单,,,,
账号*,姓名,身份（可不填）,单位编号,职务
１３８００００００１１,王小明,社区干部,SYL-01,专干
liu.jg,刘建国,工程师,SYL,
"""
ONE_ROSTER = """sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName
u1,active,true,"SYL,YZ",teacher,zhao.l,丽,赵
u2,tobedeleted,false,SYL,student,qian.f,芳,钱
"""


def rows_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def test_headings_and_values_in_many_shapes() -> None:
    table = read_people(rows_of(PEOPLE_CSV))
    assert not isinstance(table, str)
    assert [(r.username, r.role, r.unit, r.post) for r in table.rows] == [
        ("13800000011", "cadre", "SYL-01", "专干"), ("liu.jg", "pro", "SYL", ""),
    ]  # fmt: skip
    table = read_people([re.findall(r'"[^"]*"|[^,]+', line) for line in ONE_ROSTER.splitlines()])
    assert not isinstance(table, str)
    assert [(r.name, r.role, r.active) for r in table.rows] == [
        ("赵丽", "pro", True), ("钱芳", "cadre", False),
    ]  # fmt: skip
    assert "没有找到表头" in str(read_people([["甲", "乙"], ["1", "2"]]))
    assert "没有找到表头" in str(read_units([]))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["", "王小明"], "账号是空的"),
        (["王", "王小明"], "3 到 30 个英文字母"),
        (["wang1", ""], "姓名是空的"),
        (["wang1", "1"], "2 到 30"),
        (["wang1", "王小明", "管理员"], "不能用表格导入"),
        (["wang1", "王小明", "厨师"], "“厨师”不认识"),
        (["wang1", "王小明", "干部", "", "岗" * 30], "岗位最多"),
    ],
)
def test_each_fault_says_what_to_do(row: list[str], said: str) -> None:
    table = read_people([list(PEOPLE), row])
    assert not isinstance(table, str)
    assert said in table.faults[2]


def test_a_key_stands_once() -> None:
    table = read_people([list(PEOPLE), ["wang1", "王小明"], ["WANG1", "王大明"]])
    assert not isinstance(table, str)
    assert "和第 2 行重复" in table.faults[3]


@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=8), st.integers(0, 6))
def test_any_table_is_answered(rows: list[list[str]], place: int) -> None:
    rows.insert(min(place, len(rows)), list(PEOPLE))
    for read in (read_people, read_units):
        read(rows)


def test_parents_come_first_and_rings_are_left_out() -> None:
    table = read_units(
        [*rows_of(UNITS), ["甲", "甲社区", "社区", "乙"], ["乙", "乙社区", "社区", "甲"]]
    )
    assert not isinstance(table, str)
    assert [row.code for row in in_order(table.rows)] == ["YZ", "SYL", "SYL-01"]


def send(client: object, kind: str, text: str, **more: str) -> object:
    sent = {"file": (io.BytesIO(text.encode("gb18030")), "名单.csv"), "then": "look", **more}
    return client.post(f"/admin/account/rosters/{kind}", data=sent)  # type: ignore[attr-defined]


def carried(page: str) -> dict[str, str]:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    assert found
    return {"rows": found[1]}


def test_from_the_table_to_the_first_sign_in(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    page = send(admin, "units", UNITS).text  # type: ignore[attr-defined]
    assert "<dt>新增</dt><dd>3</dd>" in page
    assert (
        admin.post(
            "/admin/account/rosters/units", data={**carried(page), "then": "take"}
        ).status_code
        == 302
    )
    page = send(admin, "people", PEOPLE_CSV).text  # type: ignore[attr-defined]
    assert "<dt>新增</dt><dd>2</dd>" in page
    with app.app_context():
        assert db.session.scalar(select(User).where(User.username == "liu.jg")) is None, "not yet"
    taken = admin.post("/admin/account/rosters/people", data={**carried(page), "then": "take"})
    sheet = load_workbook(io.BytesIO(taken.data)).worksheets[0]
    codes = {str(row[0]): str(row[3]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert set(codes) == {"13800000011", "liu.jg"}
    assert "<dt>没有变化</dt><dd>2</dd>" in send(admin, "people", PEOPLE_CSV).text  # type: ignore[attr-defined]

    newcomer = app.test_client()
    form = {"username": "liu.jg", "password": "linjiang-8x", "again": "linjiang-8x", "consent": "y"}
    wrong = newcomer.post("/account/activate", data={**form, "code": codes["13800000011"]})
    assert wrong.status_code == 422
    assert "激活码不对" in wrong.text
    typed = codes["liu.jg"].lower().replace("-", " ")
    assert newcomer.post("/account/activate", data={**form, "code": typed}).status_code == 302
    assert "刘建国" in newcomer.get("/account/profile").text
    again = app.test_client().post("/account/activate", data={**form, "code": typed})
    assert again.status_code == 422, "a code serves once"
    nobody = {"username": "13800000011", "password": "!"}
    assert app.test_client().post("/account/sign-in", data=nobody).status_code == 422

    moved = PEOPLE_CSV.replace("SYL-01,专干", "SYL,书记")
    page = send(admin, "people", moved).text  # type: ignore[attr-defined]
    assert "<dt>更改</dt><dd>1</dd>" in page
    admin.post("/admin/account/rosters/people", data={**carried(page), "then": "take"})
    with app.app_context(), transaction():
        person = db.session.scalars(select(User).where(User.username == "13800000011")).one()
        unit = db.session.get(Unit, person.unit_id)
        assert unit
        assert (unit.name, person.post) == ("石油路街道", "书记")


def test_with_a_fault_nothing_is_taken_unless_asked_and_the_rows_come_back(
    app: Flask, people: Cast
) -> None:
    admin = people.client("admin")
    table = "账号,姓名,单位编号\nwang1,王小明,\nadmin,周敏,\nli.si,李四,没有\n"
    page = send(admin, "people", table).text  # type: ignore[attr-defined]
    assert "没有编号是“没有”的单位" in page
    assert "请在网页上改" in page, "an administrator is never changed by a table"
    rows = carried(page)
    kept = admin.post("/admin/account/rosters/people", data={**rows, "then": "take"})
    assert "还没有导入" in kept.text
    sent = admin.post("/admin/account/rosters/people", data={**rows, "then": "faults"})
    sheet = load_workbook(io.BytesIO(sent.data)).worksheets[0]
    found = list(sheet.iter_rows(values_only=True))
    assert found[0] == ("账号", "姓名", "单位编号", "问题")
    assert [row[0] for row in found[1:]] == ["admin", "li.si"]
    admin.post("/admin/account/rosters/people", data={**rows, "then": "take", "good": "y"})
    with app.app_context():
        names = set(db.session.scalars(select(User.username)))
        assert "wang1" in names
        assert "li.si" not in names


def test_hostile_and_broken_tables_are_refused_in_words(people: Cast) -> None:
    admin, url = people.client("admin"), "/admin/account/rosters/people"
    for data in (
        b"",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0" + b"x" * 99,
        b"\x00" * 50,
        b"<html>",
    ):
        answer = admin.post(url, data={"file": (io.BytesIO(data), "a.xlsx"), "then": "look"})
        assert answer.status_code == 422, data
        assert "alert" in answer.text
    for rows in ("", "x", "eJwDAAAAAAE="):
        assert admin.post(url, data={"rows": rows, "then": "take"}).status_code == 422
    assert people.client("author").get(url).status_code == 403


def test_excel_numbers_are_phones_and_the_template_reads_itself(people: Cast) -> None:
    admin = people.client("admin")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["手机号", "姓名"])
    sheet.append([13800000012, "王小明"])
    written = io.BytesIO()
    book.save(written)
    sent = {"file": (io.BytesIO(written.getvalue()), "a.xlsx"), "then": "look"}
    assert "<dt>新增</dt><dd>1</dd>" in admin.post("/admin/account/rosters/people", data=sent).text
    for kind, new in (("units", 3), ("people", 0)):
        template = admin.get(f"/admin/account/rosters/{kind}/template.xlsx").data
        sent = {"file": (io.BytesIO(template), "a.xlsx"), "then": "look"}
        page = admin.post(f"/admin/account/rosters/{kind}", data=sent).text
        assert f"<dt>新增</dt><dd>{new}</dd>" in page, "its units are not there yet"


def test_the_command_takes_any_length(app: Flask, tmp_path: Path) -> None:
    units, table = tmp_path / "units.csv", tmp_path / "people.csv"
    codes = tmp_path / "codes.xlsx"
    units.write_text(UNITS, encoding="utf-8")
    table.write_text(PEOPLE_CSV, encoding="utf-8")
    run = app.test_cli_runner()
    assert run.invoke(args=["account", "import", "people", str(table)]).exit_code == 1
    asked = ["account", "import", "people", str(table), "--codes", str(codes)]
    assert "一行也没有导入" in run.invoke(args=asked).output, "its units are missing"
    assert "new 3" in run.invoke(args=["account", "import", "units", str(units)]).output
    assert "new 2" in run.invoke(args=asked).output
    assert "same 2" in run.invoke(args=asked).output


def test_an_administrator_sends_a_code_to_one_person(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    admin = people.client("admin")
    page = admin.post(f"/admin/account/people/{me}/invite", follow_redirects=True).text
    code = re.search(r"激活码：([0-9A-Z]{5}-[0-9A-Z]{5})", page)
    assert code
    form = {"username": "cadre", "password": "xin-mima-9", "again": "xin-mima-9", "consent": "y"}
    done = app.test_client().post("/account/activate", data={**form, "code": code[1]})
    assert done.status_code == 302

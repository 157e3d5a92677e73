"""The desk of 学时: rules in sentences and whom they are for, the check, who meets the target."""

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook

from sanshi_lms.account import User, add_leader, add_unit, place_person
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.credentials import award_hours
from sanshi_lms.credentials.ledger.models import RuleApplication, RuleVersion
from tests.credentials.ledger.test_ledger import Tamper
from tests.people import Cast

TEXT = (REPOSITORY / "content" / "credit-rules" / "sample-90-hours.toml").read_text("utf-8")
DESK = "/admin/credentials"


def test_an_administrator_tries_keeps_and_applies_a_rule(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    assert "还没有给任何人指定规则" in admin.get(f"{DESK}/rules").text
    tried = admin.post(f"{DESK}/rules/try", data={"text": TEXT})
    assert "每年要学满 90 学时，其中专业科目不少于 60 学时（2/3）。" in tried.text
    assert "过去的不变" in tried.text
    with app.app_context():
        assert db.session.query(RuleVersion).count() == 0, "a dry run keeps nothing"
    kept = admin.post(f"{DESK}/rules", data={"text": TEXT})
    assert kept.status_code == 302
    assert "样例" in admin.get(kept.location).text
    today = local(now()).date()
    past = {"scope": "role", "role": "pro", "starts_on": str(today - timedelta(days=1))}
    refused = admin.post(f"{kept.location}/apply", data=past)
    assert refused.status_code == 422
    assert "不能早于今天" in refused.text
    fine = {**past, "starts_on": str(today)}
    assert admin.post(f"{kept.location}/apply", data=fine).status_code == 302
    page = admin.get(f"{DESK}/rules").text
    assert "三师（规划师、建筑师、工程师等）" in page
    assert "每年要学满 90 学时" in people.client("pro").get("/credentials/hours").text
    assert "每年要学满" not in people.client("cadre").get("/credentials/hours").text
    assert admin.post(f"{DESK}/rules/end", data={"whom": "role:pro"}).status_code == 302
    assert "每年要学满" not in people.client("pro").get("/credentials/hours").text


def test_a_new_version_is_shown_beside_the_old(people: Cast) -> None:
    admin = people.client("admin")
    admin.post(f"{DESK}/rules", data={"text": TEXT})
    changed = TEXT.replace("day = 8 ", "day = 6 ")
    tried = admin.post(
        f"{DESK}/rules/try", data={"file": (io.BytesIO(changed.encode()), "rule.toml")}
    ).text
    assert "所有学习合计：一天最多计 6。" in tried
    assert "所有学习合计：一天最多计 8。" in tried
    assert "保存为第 2 版" in tried
    assert "完全相同" in admin.post(f"{DESK}/rules/try", data={"text": TEXT}).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": ""}, "缺少“code”"),
        ({"text": "hello"}, "不是正确的 TOML"),
        ({"file": (io.BytesIO(b"\xff\xfe\x00"), "x.toml")}, "UTF-8"),
        ({"file": (io.BytesIO(b"a" * 70_000), "x.toml")}, "64 KB"),
    ],
)
def test_a_wrong_text_is_told_and_stays_in_the_form(
    people: Cast, data: dict[str, object], said: str
) -> None:
    answer = people.client("admin").post(f"{DESK}/rules/try", data=data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {"scope": "x", "starts_on": "2999-01-01"},
        {"scope": "role", "role": "king", "starts_on": "2999-01-01"},
        {"scope": "post", "post": "厨师", "starts_on": "2999-01-01"},
        {"scope": "all", "starts_on": "soon"},
    ],
)
def test_odd_applications_are_refused(app: Flask, people: Cast, data: dict[str, str]) -> None:
    admin = people.client("admin")
    path = admin.post(f"{DESK}/rules", data={"text": TEXT}).location
    assert admin.post(f"{path}/apply", data=data).status_code == 422
    with app.app_context():
        assert db.session.query(RuleApplication).count() == 0


@pytest.mark.parametrize("part", ["author", "cadre"])
def test_only_administrators_see_the_desk(people: Cast, part: str) -> None:
    client = people.client(part)
    for path in ("rules", "rules/new", "ledger", "attainment", "attainment.xlsx"):
        assert client.get(f"{DESK}/{path}").status_code == 403
    for path in ("rules", "rules/try", "rules/end", "ledger/check", "rules/1/apply"):
        assert client.post(f"{DESK}/{path}").status_code == 403


def test_the_check_runs_and_tells_whom_and_which(app: Flask, people: Cast, tamper: Tamper) -> None:
    me = people.id("pro")
    admin = people.client("admin")
    assert "还没有核对过" in admin.get(f"{DESK}/ledger").text
    with app.app_context(), transaction():
        award_hours(me, "offline", "入户测量", source_ref="a", at=now(), hours=2)
    for word in ("全部相符", "第 1 笔《入户测量》"):
        admin.post(f"{DESK}/ledger/check")
        assert "正在核对" in admin.get(f"{DESK}/ledger").text
        with app.app_context():
            assert run_next("slow")
        assert word in admin.get(f"{DESK}/ledger").text
        tamper("UPDATE credentials_credit_entries SET hours = 20")


@pytest.fixture
def two_units(app: Flask, people: Cast, ninety: int) -> dict[str, int]:
    """Two institutes: the professional in one with a leader, the other in the next."""
    del ninety
    for part in ("pro", "other_pro", "cadre"):
        people.id(part)
    with app.app_context(), transaction() as session:
        city = add_unit("市", "重庆市")
        first = add_unit("单位", "山城规划设计所", city)
        second = add_unit("单位", "江岸建筑设计院", city)
        place_person(session.get_one(User, people.id("pro")), first, "规划师")
        place_person(session.get_one(User, people.id("other_pro")), second, "建筑师")
        add_leader(first, "cadre")
        for part, hours in (("pro", 30), ("other_pro", 45)):
            for day in range(hours // 6):
                award_hours(
                    people.id(part),
                    "outside",
                    "=研修",
                    source_ref=f"{part}:{day}",
                    at=now() - timedelta(minutes=day),
                    hours=6,
                )
        return {"city": city.id, "first": first.id, "second": second.id}


def test_who_meets_the_target_by_unit_and_as_excel(people: Cast, two_units: dict[str, int]) -> None:
    admin = people.client("admin")
    page = admin.get(f"{DESK}/attainment?unit={two_units['city']}").text
    assert "刘建国" in page
    assert "何静" in page
    assert "还差 82 学时，其中专业科目 52。" in page
    only = admin.get(f"{DESK}/attainment?unit={two_units['first']}").text
    assert "何静" not in only
    assert "没有符合的人" in admin.get(f"{DESK}/attainment?state=met").text
    answer = admin.get(f"{DESK}/attainment.xlsx?unit={two_units['city']}")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("姓名", "账号", "单位")
    by_name = {row[0]: row for row in rows[1:]}
    assert by_name["刘建国"][2] == "重庆市 / 山城规划设计所"
    assert by_name["刘建国"][4:9] == (0, 8, 8, 90, "未达标")


def test_a_leader_sees_their_own_people_only(people: Cast, two_units: dict[str, int]) -> None:
    leader = people.client("cadre")
    for query in ("", f"?unit={two_units['second']}", f"?unit={two_units['city']}"):
        page = leader.get(f"/credentials/people{query}").text
        assert "刘建国" in page
        assert "何静" not in page
    sheet = load_workbook(io.BytesIO(leader.get("/credentials/people.xlsx").data)).active
    assert sheet is not None
    assert json.dumps([c.value for c in sheet["A"]]) == json.dumps(["姓名", "刘建国"])
    assert "本单位学时" in leader.get("/credentials/hours").text
    assert people.client("other_pro").get("/credentials/people").status_code == 403

"""Duties over units: who may do what where, who may give what, what is never reached."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.account import Unit, User, add_unit, place_person, reach_of
from sanshi_lms.account.grants.actions import end, give
from sanshi_lms.account.grants.queries import grants_of
from sanshi_lms.account.grants.rules import grant_problem, handling_problem
from sanshi_lms.account.memberships.actions import join_besides
from sanshi_lms.account.memberships.queries import places_of
from sanshi_lms.account.models import Grant
from sanshi_lms.account.rosters.judging import judge_people
from sanshi_lms.account.rosters.reading import PersonRow
from sanshi_lms.account.rules import DUTIES, Held, duty_permissions, held_in, held_short
from sanshi_lms.core.access import needs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.rosters import Table
from tests.people import Cast


@pytest.fixture
def town(app: Flask, people: Cast) -> dict[str, int]:
    """重庆市 with two districts and a street; the cadre of the street, another of the other."""
    cadre, other = people.id("cadre"), people.id("other_cadre")
    with app.app_context(), transaction():
        city = add_unit("市", "重庆市")
        near = add_unit("区县", "渝中区", city, "YZ")
        street = add_unit("街镇", "石油路街道", near, "YZ-SYL")
        far = add_unit("区县", "江津区", city, "JJ")
        place_person(db.session.get_one(User, cadre), street, "社区专干")
        place_person(db.session.get_one(User, other), far, "")
        return {"city": city.id, "near": near.id, "street": street.id, "far": far.id}


def _give(app: Flask, person_id: int, duty: str, unit_id: int | None) -> int:
    with app.app_context(), transaction():
        unit = db.session.get(Unit, unit_id) if unit_id else None
        return give(db.session.get_one(User, person_id), duty, unit, by=None, at=now()).id


@given(st.sets(st.builds(Held, st.sampled_from(sorted(DUTIES)), st.none() | st.integers(1, 10**9))))
def test_what_a_row_names_is_read_again(held: set[Held]) -> None:
    assert set(held_in(held_short(held))) == held


def test_nobody_gives_what_they_do_not_hold() -> None:
    mine = duty_permissions("unit_admin")
    assert grant_problem("unit_admin", covered=mine, everywhere=False) is None
    assert grant_problem("tutor", covered=mine, everywhere=False) is None
    assert "上级" in (grant_problem("author", covered=mine, everywhere=False) or "")
    assert "哪个单位" in (grant_problem("tutor", covered=(), everywhere=True) or "")
    assert grant_problem("king", covered=mine, everywhere=False) == "请从列表里选择职责。"


def test_an_account_that_may_do_more_is_not_theirs_to_change() -> None:
    assert handling_problem("cadre", "tutor@3", covered={3, 4}) is None
    assert handling_problem("cadre", "tutor@5", covered={3, 4})
    assert handling_problem("cadre", "tutor", covered={3, 4})
    assert handling_problem("admin", "", covered={3, 4})


def test_reach_goes_down_the_tree_and_nowhere_else(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    _give(app, people.id("pro"), "unit_admin", town["near"])
    admin = people.id("admin")
    with app.app_context():
        pro = db.session.get_one(User, people.id("pro"))
        assert reach_of(pro, "people.manage").units == frozenset({town["near"], town["street"]})
        assert reach_of(pro, "courses.publish").units == frozenset()
        assert not pro.may("people.manage")
        assert pro.may_somewhere("people.manage")
        assert reach_of(db.session.get_one(User, admin), "people.manage").everything


def test_a_duty_over_everything_opens_everything(app: Flask, people: Cast) -> None:
    _give(app, people.id("pro"), "auditor", None)
    client = people.client("pro")
    assert client.get("/admin/audit").status_code == 200
    assert client.get("/admin/jobs").status_code == 403


def test_a_duty_is_given_once_and_ends_at_once(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    grant_id = _give(app, people.id("pro"), "tutor", town["near"])
    with pytest.raises(Refusal, match="已经有"):
        _give(app, people.id("pro"), "tutor", town["near"])
    with app.app_context(), transaction():
        for _ in range(2):
            end(db.session.get_one(Grant, grant_id), by=None, at=now())
    with app.app_context():
        pro = db.session.get_one(User, people.id("pro"))
        assert pro.duties == ""
        assert [one.grant.ended_at is not None for one in grants_of(pro.id)] == [True]
    _give(app, people.id("pro"), "tutor", town["near"])


@pytest.fixture
def unit_admin(app: Flask, people: Cast, town: dict[str, int]) -> Cast:
    _give(app, people.id("pro"), "unit_admin", town["near"])
    return people


def test_a_district_administrator_sees_their_people_only(
    unit_admin: Cast, town: dict[str, int]
) -> None:
    client = unit_admin.client("pro")
    text = client.get("/admin/account/people").text
    assert "王小明" in text
    assert "李秀英" not in text
    assert "周敏" not in text
    assert "李秀英" not in client.get(f"/admin/account/people?unit={town['far']}").text
    assert client.get(f"/admin/account/people/{unit_admin.id('cadre')}").status_code == 200
    assert client.get(f"/admin/account/people/{unit_admin.id('other_cadre')}").status_code == 404
    units = client.get("/admin/account/units").text
    assert "石油路街道" in units
    assert "江津区" not in units
    assert client.get(f"/admin/account/units/{town['far']}").status_code == 404
    assert "人员" in client.get("/admin/").text


def test_a_district_administrator_changes_their_people_only(
    app: Flask, unit_admin: Cast, town: dict[str, int]
) -> None:
    client, mine = unit_admin.client("pro"), unit_admin.id("cadre")
    at = f"/admin/account/people/{mine}"
    assert client.post(at, data={"role": "resident", "active": "y"}).status_code == 302
    assert client.post(at, data={"role": "admin", "active": "y"}).status_code == 422
    moved = client.post(f"{at}/place", data={"unit": "江津区", "post": ""})
    assert moved.status_code == 422
    assert "您负责的范围里没有这个单位" in moved.text
    assert client.post(f"{at}/place", data={"unit": "", "post": ""}).status_code == 422
    assert client.post(f"{at}/place", data={"unit": "渝中区", "post": ""}).status_code == 302
    _give(app, mine, "tutor", town["city"])
    taken = client.post(f"{at}/password", data={"password": "linjiang-menhu-8"})
    assert taken.status_code == 422
    assert "请联系上级管理员" in taken.text
    assert "重设密码" not in client.get(at).text


def test_nobody_raises_themselves(unit_admin: Cast) -> None:
    client, mine = unit_admin.client("pro"), unit_admin.id("cadre")
    at = f"/admin/account/people/{mine}/duties"
    assert client.post(at, data={"duty": "tutor", "unit": "石油路街道"}).status_code == 302
    assert "班主任" in client.get(at).text
    assert client.post(at, data={"duty": "author", "unit": "石油路街道"}).status_code == 422
    assert client.post(at, data={"duty": "tutor", "unit": ""}).status_code == 422
    assert client.post(at, data={"duty": "tutor", "unit": "江津区"}).status_code == 422
    assert client.post(at, data={"duty": "tutor", "unit": "重庆市"}).status_code == 422


def test_a_roster_stays_within_reach(app: Flask, unit_admin: Cast) -> None:
    rows = [
        PersonRow(2, "13800000001", "张三", "cadre", "YZ-SYL"),
        PersonRow(3, "13800000002", "李四", "cadre", "JJ"),
        PersonRow(4, "13800000003", "王五", "cadre"),
        PersonRow(5, "other-cadre", "李秀英", "cadre", "YZ-SYL"),
    ]
    with app.app_context():
        reach = reach_of(db.session.get_one(User, unit_admin.id("pro")), "people.manage")
        outcome, good = judge_people(Table(rows=rows), reach)
    assert [row.line for row in good] == [2]
    assert sorted(outcome.faults) == [3, 4, 5]
    client = unit_admin.client("pro")
    assert client.get("/admin/account/rosters/people").status_code == 200
    assert client.get("/admin/account/rosters/units").status_code == 403


def test_transfers_and_units_besides_are_kept(
    app: Flask, people: Cast, town: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        cadre = db.session.get_one(User, people.id("cadre"))
        join_besides(cadre, db.session.get_one(Unit, town["far"]), "调解员", now())
        with pytest.raises(Refusal, match="已经在"):
            join_besides(cadre, db.session.get_one(Unit, town["far"]), "", now())
    with app.app_context(), transaction():  # what was besides becomes their own
        cadre = db.session.get_one(User, people.id("cadre"))
        place_person(cadre, db.session.get_one(Unit, town["far"]), "社区专干")
    with app.app_context():
        found = [
            (one.unit, one.membership.main, one.membership.ended_at is None)
            for one in places_of(people.id("cadre"))
        ]
    assert found[0] == ("江津区", True, True)
    assert sorted(found[1:]) == [("江津区", False, False), ("石油路街道", True, False)]


def test_who_works_besides_is_seen_by_both_and_changed_by_their_own(
    app: Flask, unit_admin: Cast, town: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        other = db.session.get_one(User, unit_admin.id("other_cadre"))
        join_besides(other, db.session.get_one(Unit, town["street"]), "", now())
    client, at = unit_admin.client("pro"), f"/admin/account/people/{unit_admin.id('other_cadre')}"
    assert "李秀英" in client.get("/admin/account/people").text
    assert "兼任" in client.get(at).text
    assert client.post(at, data={"role": "pro", "active": "y"}).status_code == 422


def test_a_view_that_does_not_ask_for_the_reach_stays_closed(app: Flask, unit_admin: Cast) -> None:
    careless = needs("people.manage", within=True)(lambda: "everybody's names")
    app.view_functions["account_admin.people"] = careless
    assert unit_admin.client("pro").get("/admin/account/people").status_code == 403
    assert unit_admin.client("admin").get("/admin/account/people").status_code == 200

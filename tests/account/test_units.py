"""Units: what may stand where, whose people they have, who answers for them."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.account import (
    Unit,
    User,
    add_leader,
    add_unit,
    find_units,
    led_units,
    people_in,
    person_placed,
    place_person,
    unit_leaders,
    unit_path,
    units_above,
    units_below,
)
from sanshi_lms.account.units.actions import add_post, change_unit, remove_leader
from sanshi_lms.account.units.queries import posts, tree
from sanshi_lms.account.units.rules import (
    deepest_shown,
    level_problem,
    name_problem,
    path_of,
    would_be_ring,
)
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from tests.people import Cast


@pytest.mark.parametrize(
    ("kind", "parent", "fits"),
    [
        ("市", None, True),
        ("社区", "街镇", True),
        ("社区", "区县", True),
        ("街镇", "社区", False),
        ("街镇", "街镇", False),
        ("单位", "社区", True),
        ("协会", "单位", True),
        ("社区", "协会", False),
        ("王国", None, False),
    ],
)
def test_what_may_stand_below_what(kind: str, parent: str | None, fits: bool) -> None:
    assert (level_problem(kind, parent) is None) is fits


@pytest.mark.parametrize("name", ["", "字" * 41, "——", "石油路/社区", "石\u200b油路"])
def test_names_that_cannot_be_kept(name: str) -> None:
    assert name_problem(name)


@given(st.dictionaries(st.integers(1, 9), st.none() | st.integers(1, 9)), st.integers(1, 9))
def test_a_damaged_tree_ends_all_the_same(parents: dict[int, int | None], start: int) -> None:
    path_of(start, {number: (parent, "名") for number, parent in parents.items()})
    assert would_be_ring(start, start, parents)


def chongqing() -> tuple[Unit, Unit, Unit, Unit]:
    city = add_unit("市", "重庆市")
    district = add_unit("区县", "渝中区", city)
    street = add_unit("街镇", "石油路街道", district, "SY")
    return city, district, street, add_unit("社区", "石油路社区", street)


def test_a_tree_with_people_and_leaders(app: Flask, people: Cast) -> None:
    ids = {part: people.id(part) for part in ("cadre", "other_cadre", "pro", "admin")}
    with app.app_context(), transaction():
        city, district, street, community = chongqing()
        place_person(db.session.get_one(User, ids["cadre"]), community, "网格员")
        place_person(db.session.get_one(User, ids["other_cadre"]), street, "社区书记")
        place_person(db.session.get_one(User, ids["pro"]), street, "规划师")
        add_leader(district, "admin")
        add_leader(district, "admin")
        assert units_below(district.id) == {district.id, street.id, community.id}
        assert units_below(999) == set()
        assert units_above(community.id) == [community.id, street.id, district.id, city.id]
        assert unit_path(community) == "重庆市 / 渝中区 / 石油路街道 / 石油路社区"
        names = {one.id for one in people_in(units_below(city.id), roles=["cadre"])}
        assert names == {ids["cadre"], ids["other_cadre"]}
        assert [one.id for one in people_in([street.id], posts=["规划师"])] == [ids["pro"]]
        assert people_in([]) == []
        assert [one.id for one in unit_leaders(community.id)] == [ids["admin"]]
        assert unit_leaders(city.id) == []
        assert led_units(ids["admin"]) == units_below(district.id)
        assert [(one.unit.name, one.depth, one.people) for one in tree()][2:] == [
            ("石油路街道", 2, 2),
            ("石油路社区", 3, 1),
        ]
        for words in ("SY", "石油路街道", "重庆市/渝中区 / 石油路街道"):
            assert [one.id for one in find_units(words)] == [street.id]
        assert find_units("渝北") == find_units(" ") == []


def test_leaders_who_left_do_not_answer(app: Flask, people: Cast) -> None:
    admin, cadre = people.id("admin"), people.id("cadre")
    with app.app_context(), transaction():
        _, district, street, _ = chongqing()
        add_leader(district, "admin")
        add_leader(street, "cadre")
        db.session.get_one(User, cadre).active = False
        db.session.flush()
        assert [one.id for one in unit_leaders(street.id)] == [admin]
        remove_leader(district, admin)
        db.session.flush()
        assert unit_leaders(street.id) == []
        with pytest.raises(Refusal, match="没有这个账号"):
            add_leader(street, "nobody")


def test_the_same_unit_twice_and_rings_are_refused(app: Flask) -> None:
    with app.app_context(), transaction():
        city, district, street, _ = chongqing()
        for kind, name, parent in (("市", "重庆市", None), ("单位", "石油路街道", district)):
            with pytest.raises(Refusal, match="同名"):
                add_unit(kind, name, parent)
        with pytest.raises(Refusal, match="编号"):
            add_unit("街镇", "大溪沟街道", district, "SY")
        with pytest.raises(Refusal, match="下级"):
            change_unit(district, "渝中区", None, street, active=True)
        change_unit(street, "大溪沟街道", None, city, active=False)
        db.session.flush()
        assert unit_path(street) == "重庆市 / 大溪沟街道"
        assert find_units("大溪沟街道") == []


def test_news_of_who_comes_to_a_unit(app: Flask, people: Cast) -> None:
    cadre, told = people.id("cadre"), []

    def listen(sender: object, **news: object) -> None:
        del sender
        told.append(news)

    with person_placed.connected_to(listen), app.app_context(), transaction():
        person, unit = db.session.get_one(User, cadre), add_unit("单位", "物业公司")
        place_person(person, unit, "物业经理")
        place_person(person, unit, "物业经理")
        assert told == [{"user_id": cadre, "unit_id": unit.id}]


def test_posts_are_a_list_to_edit(app: Flask) -> None:
    with app.app_context(), transaction():
        assert "网格员" in {post.name for post in posts()}
        add_post("楼栋长")
        with pytest.raises(Refusal):
            add_post("楼栋长 ")


def test_an_administrator_builds_the_tree(people: Cast) -> None:
    admin = people.client("admin")
    assert "还没有单位" in admin.get("/admin/account/units").text
    for kind, name, parent in (("市", "重庆市", ""), ("区县", "渝中区", "重庆市")):
        values = {"kind": kind, "name": name, "parent": parent, "code": ""}
        assert admin.post("/admin/account/units", data=values).status_code == 302
    page = admin.get("/admin/account/units").text
    assert "全部单位（2 个）" in page
    assert 'value="重庆市 / 渝中区"' in page
    assert "重庆市" in admin.get("/admin/account/units?under=2").text
    wrong = {"kind": "街镇", "name": "石油路", "parent": "江北区"}
    answer = admin.post("/admin/account/units", data=wrong)
    assert answer.status_code == 422
    assert "没有找到这个单位" in answer.text
    answer = admin.post("/admin/account/units", data={"kind": "市", "name": "重庆市"})
    assert answer.status_code == 422
    assert "同名" in answer.text


def test_an_administrator_changes_a_unit_and_its_leaders(app: Flask, people: Cast) -> None:
    people.id("cadre")
    with app.app_context(), transaction():
        number, street_id = chongqing()[1].id, 3
    admin, address = people.client("admin"), f"/admin/account/units/{number}"
    assert admin.post(f"{address}/leaders", data={"username": "cadre"}).status_code == 302
    assert "王小明" in admin.get(address).text
    assert admin.post(f"{address}/leaders", data={"username": "no"}).status_code == 422
    cadre = people.id("cadre")
    assert admin.post(f"{address}/leaders/{cadre}/remove").status_code == 302
    assert "还没有负责人" in admin.get(address).text
    values = {"name": "渝中", "parent": "重庆市", "code": "500103", "active": "y"}
    assert admin.post(address, data=values).status_code == 302
    assert "重庆市 / 渝中" in admin.get(address).text
    ring = {**values, "parent": "石油路街道"}
    answer = admin.post(address, data=ring)
    assert answer.status_code == 422
    assert "下级" in answer.text
    assert admin.get(f"/admin/account/units/{street_id}").status_code == 200


def test_what_a_person_says_is_confirmed_by_an_administrator(app: Flask, people: Cast) -> None:
    cadre = people.id("cadre")
    with app.app_context(), transaction():
        chongqing()
    me, admin = people.client("cadre"), people.client("admin")
    assert "还没有确认" in me.get("/account/profile").text
    page = admin.get(f"/admin/account/people/{cadre}").text
    assert "本人填写的单位：石油路街道" in page
    assert "请核对后保存" in page
    assert "王小明" in admin.get("/admin/account/people?unit=none").text
    place = f"/admin/account/people/{cadre}/place"
    values = {"unit": "重庆市 / 渝中区 / 石油路街道", "post": "网格员"}
    assert admin.post(place, data=values).status_code == 302
    assert "重庆市 / 渝中区 / 石油路街道" in me.get("/account/profile").text
    assert "王小明" in admin.get("/admin/account/people?unit=1").text
    assert "王小明" not in admin.get("/admin/account/people?unit=none").text
    answer = admin.post(place, data={"unit": "没有的", "post": "网格员"})
    assert answer.status_code == 422
    assert "没有找到这个单位" in answer.text
    assert admin.post(place, data={"unit": "", "post": "国王"}).status_code == 422


def test_the_list_of_posts_is_edited(people: Cast) -> None:
    admin = people.client("admin")
    assert admin.post("/admin/account/posts", data={"name": "楼栋长"}).status_code == 302
    assert admin.post("/admin/account/posts", data={"name": "楼栋长"}).status_code == 422
    assert admin.post("/admin/account/posts", data={"name": ""}).status_code == 422
    assert "楼栋长" in admin.get("/admin/account/posts").text
    assert admin.post("/admin/account/posts/1/remove").status_code == 302


def test_a_big_tree_shows_its_upper_levels() -> None:
    assert deepest_shown([], 10) == 1
    assert deepest_shown([0, 1, 1, 2, 2, 2], 10) == 2
    assert deepest_shown([0, 1, 1, *[2] * 9, *[3] * 99], 20) == 2
    assert deepest_shown([0, *[1] * 500], 20) == 1


def test_units_are_for_administrators(people: Cast) -> None:
    cadre = people.client("cadre")
    for path in ("units", "units/1", "posts"):
        assert cadre.get(f"/admin/account/{path}").status_code == 403
    assert cadre.post("/admin/account/units", data={}).status_code == 403

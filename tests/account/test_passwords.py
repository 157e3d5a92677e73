"""New passwords: what guessers try first is not taken, wherever a password is set."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.account.models import User
from sanshi_lms.account.passwords import rules
from sanshi_lms.account.passwords.checking import is_common, password_problem
from sanshi_lms.account.rosters import actions as rosters
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.settings import REPOSITORY
from tests.people import Cast

LIST = REPOSITORY / "sanshi_lms/account/passwords/common.txt"


def test_the_list_is_long_sorted_and_each_of_it_is_known() -> None:
    kept = LIST.read_text("ascii").splitlines()
    assert len(kept) > 20_000
    assert kept == sorted(set(kept))
    assert all(map(is_common, kept[::97]))
    assert {"password1", "qwertyuiop", "1qaz2wsx", "iloveyou"} <= set(kept)
    assert not any(map(is_common, ("", "sswor", "ssword1\n", "shiban-po-27", "密码密码密码密码")))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("short1", "至少要 8 位"),
        ("x1" * 70, "不要超过 128 位"),
        ("1234567890123", "只用数字"),
        ("aaaaaaaa", "重复几个字"),
        ("wangmin2026x", "包含账号"),
        ("password1", "泄露过"),
        ("Passw0rd", "泄露过"),
        ("P@ssw0rd!2026", "泄露过"),
        ("ｑｗｅｒｔｙｕｉ", "泄露过"),
        ("Iloveyou520", "泄露过"),
        ("dragon2026!", "泄露过"),
        ("sanshi2026", "常用的词"),
        ("S@nshi-Chongqing#2026", "常用的词"),
        ("weiketang_888", "常用的词"),
        ("xiaoming1990", "姓名的拼音"),
        ("WangXiaoming!", "姓名的拼音"),
        ("xiaomingwang88", "姓名的拼音"),
        ("wxm19900101", "姓名的拼音"),
        ("wxm@chongqing", None),
    ],
)
def test_bad_passwords_are_told_why(bad: str, why: str | None) -> None:
    found = password_problem(bad, "wangmin", "王小明")
    assert (why in (found or "")) if why else found is None
    if why in {"泄露过", "常用的词", "姓名的拼音"}:
        assert rules.ADVICE in (found or ""), "what to do instead"


@pytest.mark.parametrize(
    "good",
    [
        "shiban-po-27",
        "linjiang-menhu-7",
        "tianti Mahua 38 xiaomian",
        "梯坎豆花二两38元",
        "xK9#mm2Lq0wb",
    ],
)
def test_good_passwords(good: str) -> None:
    assert password_problem(good, "wangmin", "王小明") is None


@given(st.text(max_size=140), st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_judged(password: str, username: str, name: str) -> None:
    found = password_problem(password, username, name)
    assert found is None or found.endswith("。")


def test_registering_says_it_at_the_field_and_keeps_the_rest(client: FlaskClient) -> None:
    sent = {
        "username": "liu.fang", "display_name": "刘芳", "organisation": "", "role": "cadre",
        "password": "password1", "consent": "y",
    }  # fmt: skip
    answer = client.post("/account/register", data=sent)
    assert answer.status_code == 422
    assert "泄露过" in answer.text
    assert 'value="刘芳"' in answer.text
    assert (
        "姓名的拼音"
        in client.post("/account/register", data={**sent, "password": "liufang886"}).text
    )


def test_changing_and_setting_by_an_administrator_are_held_to_it(people: Cast) -> None:
    me, admin = people.client("cadre"), people.client("admin")
    for weak, why in (("qwertyuiop", "泄露过"), ("xiaoming99", "姓名的拼音")):
        sent = {"present": people.password, "password": weak, "again": weak}
        mine = me.post("/account/password", data=sent)
        theirs = admin.post(
            f"/admin/account/people/{people.id('cadre')}/password", data={"password": weak}
        )
        for answer in (mine, theirs):
            assert answer.status_code == 422
            assert why in answer.text


def test_activating_is_held_to_it_and_tells_a_stranger_no_name(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        code = rosters.invite(db.session.get_one(User, me), now())
    client = app.test_client()
    weak = {"username": "cadre", "password": "xiaoming99", "again": "xiaoming99", "consent": "y"}
    stranger = client.post("/account/activate", data={**weak, "code": "FALSCH"})
    assert "激活码不对" in stranger.text
    assert "姓名的拼音" not in stranger.text
    owner = client.post("/account/activate", data={**weak, "code": code})
    assert owner.status_code == 422
    assert "姓名的拼音" in owner.text
    good = {**weak, "password": "jiefang-bei-8", "again": "jiefang-bei-8", "code": code}
    assert client.post("/account/activate", data=good).status_code == 302, "the code is not used up"

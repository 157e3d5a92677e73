"""Registering, signing in, one's own particulars, the list of people."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.account import find_person
from sanshi_lms.core.db import db
from tests.people import Cast

NEW = {
    "username": "Liu.Fang",
    "display_name": "刘芳",
    "organisation": "石板坡社区",
    "role": "cadre",
    "password": "shiban-po-27",
    "consent": "y",
}


def role_of(app: Flask, username: str) -> str | None:
    with app.app_context():
        person = find_person(username)
        return person.role if person else None


def test_register_signs_in(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/account/register", data=NEW)
    assert answer.status_code == 302
    assert role_of(app, "liu.fang") == "cadre"
    assert client.get("/account/profile").status_code == 200


def test_register_goes_on_to_where_the_person_was(client: FlaskClient) -> None:
    answer = client.post("/account/register", data={**NEW, "next": "/courses/?topic=1"})
    assert answer.location == "/courses/?topic=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_way_back_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    answer = client.post("/account/register", data={**NEW, "next": elsewhere})
    assert answer.location == "/"


def test_a_taken_account_name_is_said_at_its_field(client: FlaskClient, people: Cast) -> None:
    people.id("cadre")
    answer = client.post("/account/register", data={**NEW, "username": "CADRE"})
    assert answer.status_code == 422
    assert "已经有人用了" in answer.text
    assert "刘芳" in answer.text, "what was typed is not lost"


@pytest.mark.parametrize("role", ["admin", "author", "king", ""])
def test_nobody_makes_themselves_administrator(app: Flask, client: FlaskClient, role: str) -> None:
    assert client.post("/account/register", data={**NEW, "role": role}).status_code == 422
    assert role_of(app, "liu.fang") is None


def test_consent_is_asked_for(client: FlaskClient) -> None:
    without = {k: v for k, v in NEW.items() if k != "consent"}
    answer = client.post("/account/register", data=without)
    assert answer.status_code == 422
    assert "个人信息说明" in answer.text


def test_a_wrong_password_and_an_unknown_account_read_the_same(
    client: FlaskClient, people: Cast
) -> None:
    people.id("cadre")
    texts = [
        client.post("/account/sign-in", data={"username": name, "password": "wrong-one-1"})
        for name in ("cadre", "nobody")
    ]
    assert [t.status_code for t in texts] == [422, 422]
    assert all("账号或密码不对" in t.text for t in texts)


@pytest.mark.usefixtures("limits")
def test_too_many_wrong_passwords_are_slowed_down(client: FlaskClient, people: Cast) -> None:
    people.id("cadre")
    wrong = {"username": "cadre", "password": "wrong-one-1"}
    answers = [client.post("/account/sign-in", data=wrong).status_code for _ in range(12)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_form_without_its_token_is_refused_with_a_sentence(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/account/register", data=NEW)
    assert answer.status_code == 400
    assert "刷新页面" in answer.text


def test_a_changed_password_signs_out_other_devices(people: Cast) -> None:
    phone, desk = people.client("cadre"), people.client("cadre")
    new = {"present": people.password, "password": "jiefang-bei-8", "again": "jiefang-bei-8"}
    assert desk.post("/account/password", data=new).status_code == 302
    assert desk.get("/account/profile").status_code == 200
    assert phone.get("/account/profile").status_code == 302


def test_a_stranger_sees_no_list_of_people(client: FlaskClient, people: Cast) -> None:
    assert client.get("/admin/account/people").status_code == 302
    for part in ("cadre", "author"):
        assert people.client(part).get("/admin/account/people").status_code == 403


def test_an_administrator_finds_and_promotes_somebody(app: Flask, people: Cast) -> None:
    number = people.id("cadre")
    admin = people.client("admin")
    assert "王小明" in admin.get("/admin/account/people?q=小明").text
    assert "王小明" not in admin.get("/admin/account/people?q=100%").text
    answer = admin.post(f"/admin/account/people/{number}", data={"role": "author", "active": "y"})
    assert answer.status_code == 302
    assert role_of(app, "cadre") == "author"


def test_an_administrator_cannot_lock_themselves_out(people: Cast) -> None:
    admin = people.client("admin")
    answer = admin.post(f"/admin/account/people/{people.id('admin')}", data={"role": "cadre"})
    assert answer.status_code == 422
    assert admin.get("/admin/account/people").status_code == 200


def test_a_deactivated_person_is_out_at_once(people: Cast) -> None:
    cadre, admin = people.client("cadre"), people.client("admin")
    admin.post(f"/admin/account/people/{people.id('cadre')}", data={"role": "cadre"})
    assert cadre.get("/account/profile").status_code == 302
    again = {"username": "cadre", "password": people.password}
    assert cadre.post("/account/sign-in", data=again).status_code == 403


def test_a_refused_form_changes_nothing(app: Flask, people: Cast) -> None:
    cadre = people.client("cadre")
    assert cadre.post("/account/profile", data={"display_name": "x"}).status_code == 422
    with app.app_context():
        person = find_person("cadre")
        assert person is not None
        assert person.display_name == "王小明"
        db.session.rollback()

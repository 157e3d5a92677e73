"""Certificate pages: they work, a stranger cannot, the edges."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from sanshi_lms.core.db import db, transaction
from sanshi_lms.credentials import award_certificate, certificate_for, credit_hours_earned
from sanshi_lms.credentials.actions import revoke_certificate
from sanshi_lms.credentials.rules import ALPHABET, check_characters
from tests.people import Cast

Award = Callable[..., str]
WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def award(app: Flask, people: Cast) -> Award:
    """Award a certificate and return its number."""

    def make(part: str = "cadre", name: str = "王小明", title: str = "加装电梯") -> str:
        user_id = people.id(part)
        with app.app_context(), transaction():
            return award_certificate(user_id, name, title, "0.5", f"c:1:u:{part}", WHEN).number

    return make


def test_the_holder_sees_the_certificate(award: Award, people: Cast) -> None:
    number = award()
    mine = people.client("cadre")
    listed = mine.get("/credentials/").text
    assert "加装电梯" in listed
    assert "累计 <strong>0.5</strong> 学时" in listed
    page = mine.get(f"/credentials/{number}").text
    assert f"/credentials/{number}/certificate.png" in page
    assert f"http://localhost/v/{number}" in page
    assert "长按图片" in page


@pytest.mark.parametrize("part", ["other_cadre", "pro", "author"])
@pytest.mark.parametrize("ending", ["", "/certificate.pdf", "/certificate.png"])
def test_a_stranger_does_not_learn_that_it_exists(
    award: Award, people: Cast, part: str, ending: str
) -> None:
    number = award()
    assert people.client(part).get(f"/credentials/{number}{ending}").status_code == 404


@pytest.mark.parametrize("ending", ["", "/certificate.pdf", "/certificate.png"])
def test_a_visitor_is_asked_to_sign_in(award: Award, client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/credentials/{award()}{ending}")
    assert answer.status_code == 302
    assert answer.location.startswith("/account/sign-in?next=/credentials/SS2026")


def test_an_administrator_may_see_every_certificate(award: Award, people: Cast) -> None:
    number = award()
    admin = people.client("admin")
    assert admin.get(f"/credentials/{number}/certificate.pdf").status_code == 200
    assert number in admin.get("/admin/credentials/?q=王小明").text
    assert number in admin.get(f"/admin/credentials/?q={number.lower()}").text
    assert number not in admin.get("/admin/credentials/?q=%25").text


def test_anyone_can_verify_and_learns_no_full_name(award: Award, client: FlaskClient) -> None:
    number = award(name="王小明")
    answer = client.get(f"/v/{number}")
    assert answer.status_code == 200
    assert "证书真实有效" in answer.text
    assert "王*明" in answer.text
    assert "王小明" not in answer.text
    assert "加装电梯" in answer.text
    assert "0.5" in answer.text
    assert "2026年3月5日" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_number_typed_by_hand_leads_to_its_page(award: Award, client: FlaskClient) -> None:
    number = award()
    assert "证书编号" in client.get("/v/").text
    answer = client.get("/v/", query_string={"number": f" {number.lower().replace('-', ' ')} "})
    assert answer.location == f"/v/{number}"
    assert "证书真实有效" in client.get(f"/v/{number.lower()}").text


def test_a_changed_character_is_told(award: Award, client: FlaskClient) -> None:
    number = award()
    wrong = number[:-1] + next(c for c in ALPHABET if c != number[-1])
    for answer in (client.get(f"/v/{wrong}"), client.get("/v/", query_string={"number": wrong})):
        assert answer.status_code == 404
        assert "编号不对" in answer.text
        assert "抄错" in answer.text


@pytest.mark.parametrize("typed", ["x", "<script>alert(1)</script>", "王" * 400, "%00", "../../v"])
def test_nonsense_is_answered_kindly(client: FlaskClient, typed: str) -> None:
    answer = client.get("/v/", query_string={"number": typed})
    assert answer.status_code == 404
    assert "编号不对" in answer.text
    assert "<script>alert" not in answer.text


def test_an_invented_number_with_right_check_characters_is_unknown(client: FlaskClient) -> None:
    invented = "SS2026-7K3M-9QWX-" + check_characters(2026, "7K3M9QWX")
    answer = client.get(f"/v/{invented}")
    assert answer.status_code == 404
    assert "没有签发过" in answer.text


def test_a_row_changed_behind_our_back_does_not_verify(
    award: Award, app: Flask, client: FlaskClient, people: Cast
) -> None:
    number = award()
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE credentials_certificates SET holder_name = '李四'"))
    answer = client.get(f"/v/{number}")
    assert answer.status_code == 404
    assert "不能作为凭证" in answer.text
    assert "李" not in answer.text
    assert people.client("cadre").get(f"/credentials/{number}/certificate.pdf").status_code == 409


def test_an_administrator_revokes_with_a_reason(
    award: Award, app: Flask, client: FlaskClient, people: Cast
) -> None:
    number = award()
    admin = people.client("admin")
    assert (
        admin.post(f"/admin/credentials/{number}/revoke", data={"reason": " "}).status_code == 422
    )
    answer = admin.post(f"/admin/credentials/{number}/revoke", data={"reason": "由他人代学"})
    assert answer.status_code == 302
    shown = client.get(f"/v/{number}")
    assert shown.status_code == 200
    assert "证书已撤销" in shown.text
    assert "由他人代学" in shown.text
    assert people.client("cadre").get(f"/credentials/{number}/certificate.pdf").status_code == 410
    with app.app_context():
        assert credit_hours_earned(people.id("cadre")) == 0
    again = admin.post(f"/admin/credentials/{number}/revoke", data={"reason": "再来一次"})
    assert again.status_code == 409


@pytest.mark.parametrize("part", ["cadre", "author"])
def test_only_administrators_revoke(award: Award, people: Cast, app: Flask, part: str) -> None:
    number = award()
    answer = people.client(part).post(
        f"/admin/credentials/{number}/revoke", data={"reason": "我不喜欢"}
    )
    assert answer.status_code == 403
    assert people.client(part).get("/admin/credentials/").status_code == 403
    with app.app_context():
        kept = certificate_for("c:1:u:cadre")
        assert kept is not None
        assert kept.revoked_at is None


def test_a_revoked_certificate_is_not_awarded_again(
    award: Award, app: Flask, client: FlaskClient
) -> None:
    number = award()
    with app.app_context(), transaction():
        subject = certificate_for("c:1:u:cadre")
        assert subject is not None
        revoke_certificate(subject, "由他人代学", WHEN)
    assert award() == number
    assert "证书已撤销" in client.get(f"/v/{number}").text


@pytest.mark.usefixtures("limits")
def test_guessing_is_slowed_down_but_checking_is_not(client: FlaskClient, award: Award) -> None:
    number = award()
    assert {client.get(f"/v/{number}").status_code for _ in range(40)} == {200}
    # On a slow machine a minute may end between two of them: more than one minute allows.
    codes = [client.get("/v/SS2026-AAAA").status_code for _ in range(120)]
    assert codes[0] == 404
    assert 429 in codes

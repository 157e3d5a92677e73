"""Phones stand masked; each look at a whole one is noted and seen by whose it is."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from sanshi_lms.account.actions import ensure_person
from sanshi_lms.account.looks.actions import note_look
from sanshi_lms.account.looks.models import Look
from sanshi_lms.account.looks.rules import KEPT, masked_phone, shown_username
from sanshi_lms.account.sign_in_events import jobs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from tests.people import Cast

PHONE, MASKED = "13812345678", "138****5678"


@pytest.fixture
def owner(app: Flask, people: Cast) -> int:
    """Somebody whose account is their phone."""
    with app.app_context(), transaction():
        return ensure_person(PHONE, "王小明", "石油路社区", "cadre", people.password)[0].id


def test_a_look_is_noted_and_whose_it_is_sees_it(app: Flask, people: Cast, owner: int) -> None:
    admin, person = people.client("admin"), f"/admin/account/people/{owner}"
    for page in ("/admin/account/people", f"/admin/account/people?q={PHONE}", person):
        shown = admin.get(page).text.replace(f'value="{PHONE}"', "")
        assert MASKED in shown
        assert PHONE not in shown.replace(f"q={PHONE}", "")
    assert people.client("author").post(f"{person}/look").status_code == 403
    admin.post(f"{person}/look")
    assert f"完整账号是 {PHONE}" in admin.get(person).text
    assert PHONE not in admin.get(person).text, "once"
    mine = app.test_client()
    mine.post("/account/sign-in", data={"username": PHONE, "password": people.password})
    assert "管理员周敏看了您的完整账号" in mine.get("/account/data").text
    assert PHONE in mine.get("/account/profile").text, "one's own"
    assert "还没有人看过" in people.client("other_cadre").get("/account/data").text
    page = "/admin/account/looks"
    found = admin.get(f"{page}?by=周敏&whose=王小明&since=2026-01-01&until=2100-01-01").text
    assert "管理员周敏" in found
    assert "没有找到记录" in admin.get(f"{page}?whose=nobody").text
    assert "没有找到记录" in admin.get(f"{page}?since=2099-01-01").text
    assert people.client("author").get(page).status_code == 403


def test_ones_own_is_no_look_an_unknown_field_none_and_old_ones_go(
    app: Flask, people: Cast, owner: int
) -> None:
    by = people.id("admin")
    with app.app_context(), transaction() as session:
        note_look(owner, owner, "phone", "need:1", now())
        with pytest.raises(ValueError, match="not a sensitive field"):
            note_look(by, owner, "shoe size", "need:1", now())
        note_look(by, None, "phone", "need:1", now())
        session.execute(update(Look).values(at=now() - KEPT - timedelta(hours=1)))
    with app.app_context():
        assert jobs.is_due()
        jobs.tidy()
        assert db.session.scalar(select(Look.id)) is None


@given(st.text(max_size=15) | st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_only_phones_are_masked_and_their_owner_knows_them(text: str) -> None:
    shown = masked_phone(text)
    assert shown == text or (shown[:3], shown[-4:], len(shown)) == (text[:3], text[-4:], 11)
    assert shown_username(text, own=True) == text
    assert shown_username(text, own=False) == shown

"""A copy of all that is known of somebody, and leaving: nothing is left but what is said."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.account import find_person
from sanshi_lms.account.models import User
from sanshi_lms.account.own_data import jobs, rules
from sanshi_lms.account.own_data.models import Copy, Leaving
from sanshi_lms.account.own_data.rows import left_over, own_rows
from sanshi_lms.core import job_lane
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.personal import personal
from sanshi_lms.core.storage import storage
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.queries import signed, verify
from sanshi_lms.practicals.models import HandIn, HandInFile
from tests.house.world import OTHER_MARK, World, build
from tests.people import Cast

PAGE = "/account/data"


@pytest.fixture
def town(app: Flask, people: Cast, tmp_path: Path) -> World:
    return build(app, people, tmp_path)


def work(app: Flask) -> None:
    with app.app_context():
        for lane in ("copy", "fast"):
            while job_lane.run_next(lane):
                pass


def fetch(people: Cast, part: str) -> zipfile.ZipFile:
    client = people.client(part)
    page = client.get(PAGE).text
    path = page.split('href="/account/data/copies/')[1].split('"')[0]
    answer = client.get(f"/account/data/copies/{path}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.data
    answer.close()
    return zipfile.ZipFile(io.BytesIO(data))


def table(packed: zipfile.ZipFile, name: str) -> Any:
    return json.loads(packed.read(f"数据/{name}.json"))


def put_file(app: Flask, user_id: int) -> str:
    """Give somebody's hand-in a file with bytes."""
    with app.app_context(), transaction():
        hand_in = db.session.scalars(select(HandIn).where(HandIn.user_id == user_id)).first()
        assert hand_in is not None
        folder = storage().private_dir()
        (folder / "a").write_bytes(b"%PDF-my work")
        storage().commit_file(folder / "a", f"practicals/{hand_in.id}/mine.pdf")
        db.session.add(HandInFile(
            hand_in_id=hand_in.id, is_photo=False, filename="作业.pdf", size=12,
            content_type="application/pdf", key=f"practicals/{hand_in.id}/mine.pdf",
        ))  # fmt: skip
        return f"practicals/{hand_in.id}/mine.pdf"


@pytest.mark.usefixtures("town")
def test_a_copy_holds_all_of_mine_and_nothing_of_others(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    key = put_file(app, me)
    client = people.client("cadre")
    client.post(f"{PAGE}/copy")
    client.post(f"{PAGE}/copy")
    work(app)
    packed = fetch(people, "cadre")
    with app.app_context():
        known = {
            entry.table: len(own_rows(entry, me))
            for entry in personal()
            if entry.own
            and entry.table not in {"account_sign_ins", "account_sign_in_events", "account_copies"}
        }
        named = {entry.table for entry in personal() if entry.own}
    assert {name for name in named if f"数据/{name}.json" not in packed.namelist()} == set()
    audit = known.pop("core_audit_entries")
    assert {name: len(table(packed, name)) for name in known} == known
    assert len(table(packed, "core_audit_entries")) == audit >= 1
    assert sum(count > 0 for count in known.values()) > 10, "the town gave them something"
    assert table(packed, "account_users")[0]["display_name"] == "王小明"
    assert len(table(packed, "quizzes_answers")) >= 0
    assert packed.read(f"文件/{key}") == b"%PDF-my work"
    whole = b"".join(packed.read(name) for name in packed.namelist()).decode("utf-8", "replace")
    assert OTHER_MARK not in whole
    assert "$argon2" not in whole
    assert "笔记，" in packed.read("说明.txt").decode("utf-8-sig")


@pytest.mark.usefixtures("town")
def test_a_copy_is_mine_alone_and_ends_after_a_week(app: Flask, people: Cast) -> None:
    client = people.client("pro")
    client.post(f"{PAGE}/copy")
    work(app)
    with app.app_context():
        found = db.session.scalars(
            select(Copy).where(Copy.user_id == people.id("pro")).order_by(Copy.id.desc())
        ).first()
        assert found is not None
        assert found.key
        number, key, path = found.id, found.key, storage().path(found.key)
    assert path.is_file()
    for part in ("cadre", "admin"):
        assert people.client(part).get(f"{PAGE}/copies/{number}").status_code == 404
    with app.app_context(), transaction():
        db.session.get_one(Copy, number).ready_at = now() - rules.KEPT - timedelta(seconds=1)
    assert client.get(f"{PAGE}/copies/{number}").status_code == 410
    with app.app_context():
        assert jobs.is_due()
        jobs.tidy()
        assert not jobs.is_due()
        assert not storage().exists(key)
    assert client.get(f"{PAGE}/copies/{number}").status_code == 404


def test_leaving_is_asked_by_password_and_can_be_taken_back(app: Flask, people: Cast) -> None:
    client, admin = people.client("cadre"), people.client("admin")
    assert client.post(f"{PAGE}/leave", data={"password": "falsch"}).status_code == 422
    assert "王小明" not in admin.get("/admin/account/leavings").text
    assert client.post(f"{PAGE}/leave", data={"password": people.password}).location == PAGE
    assert "随时可以反悔" in client.get(PAGE).text
    assert "王小明" in admin.get("/admin/account/leavings").text
    assert people.client("author").get("/admin/account/leavings").status_code == 403
    with app.app_context():
        jobs.tidy()
    work(app)
    assert client.get(PAGE).status_code == 200, "it is not time yet"
    client.post(f"{PAGE}/stay")
    assert client.post(f"{PAGE}/stay").status_code == 409
    with app.app_context():
        assert db.session.get(Leaving, people.id("cadre")) is None


def test_an_administrator_cannot_leave_just_so(people: Cast) -> None:
    answer = people.client("admin").post(f"{PAGE}/leave", data={"password": people.password})
    assert answer.status_code == 422
    assert "另一位管理员" in answer.text


def time_has_come(app: Flask, user_id: int) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Leaving, user_id).due_at = now() - timedelta(seconds=1)
    with app.app_context():
        jobs.tidy()
    work(app)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("part", ["cadre", "pro", "other_cadre", "author"])
def test_who_left_is_nowhere_but_where_it_is_said(app: Flask, people: Cast, part: str) -> None:
    me, client = people.id(part), people.client(part)
    with app.app_context():
        name = db.session.get_one(User, me).display_name
        certificates = {
            one.number: signed(one).mark
            for one in db.session.scalars(select(Certificate).where(Certificate.user_id == me))
        }
    assert client.post(f"{PAGE}/leave", data={"password": people.password}).status_code == 302
    time_has_come(app, me)
    assert client.get(PAGE).status_code == 302, "signed out"
    with app.app_context():
        assert list(left_over(me)) == []
        person = db.session.get_one(User, me)
        assert (person.username, person.display_name) == (f"~{me}", rules.GONE_NAME)
        assert not person.active
        assert find_person(part.replace("_", "-")) is None
        assert db.session.get_one(Leaving, me).done_at is not None
        for number, mark in certificates.items():
            found = verify(number, now().date(), mark)
            assert found.verdict == "valid", "the sheet of paper still proves it"
            assert found.certificate
            assert name not in found.certificate.holder_name
            assert "*" in found.certificate.holder_name
        verbs = set(db.session.scalars(
            select(AuditEntry.verb).where(AuditEntry.subject == f"user:{me}")
        ))  # fmt: skip
        assert {"account.ask_to_leave", "account.leave"} <= verbs
    again = {"username": part.replace("_", "-"), "password": people.password}
    assert app.test_client().post("/account/sign-in", data=again).status_code == 422
    admin = people.client("admin")
    assert "已注销" in admin.get("/admin/account/leavings").text
    assert "没有找到这样的人" in admin.get(f"/admin/account/people?q={name}").text


@pytest.mark.usefixtures("town")
def test_a_professional_who_left_is_in_no_directory(app: Flask, people: Cast) -> None:
    pro, seeker = people.client("pro"), people.client("cadre")
    assert "刘建国" in seeker.get("/community/pros/?q=刘建国").text.split("</form>")[-1]
    pro.post(f"{PAGE}/leave", data={"password": people.password})
    time_has_come(app, people.id("pro"))
    for path in ("/community/pros/?q=刘建国", "/community/pros/"):
        shown = seeker.get(path).text.split("</form>")[-1]
        assert "刘建国" not in shown
        assert rules.GONE_NAME not in shown


def test_consent_is_asked_again_when_the_explanation_changes(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {
        "username": "liu.fang", "display_name": "刘芳", "organisation": "", "role": "cadre",
        "password": "shiban-po-27", "consent": "y",
    }  # fmt: skip
    app.test_client().post("/account/register", data=sent)
    way = {"username": "liu.fang", "password": "shiban-po-27", "next": "/courses/"}
    assert app.test_client().post("/account/sign-in", data=way).location == "/courses/"
    monkeypatch.setattr("sanshi_lms.account.consent.privacy_version", lambda: "2027-01-01")
    monkeypatch.setattr("sanshi_lms.account.actions.privacy_version", lambda: "2027-01-01")
    client = app.test_client()
    asked = client.post("/account/sign-in", data=way).location
    assert asked == "/account/consent?next=/courses/"
    assert "有改动" in client.get(asked).text
    refused = app.test_client()
    refused.post("/account/sign-in", data=way)
    refused.post("/account/consent", data={"answer": "no"})
    assert refused.get(PAGE).status_code == 302, "signed out, and nothing is noted"
    answer = client.post("/account/consent", data={"answer": "yes", "next": "/courses/"})
    assert answer.location == "/courses/"
    assert app.test_client().post("/account/sign-in", data=way).location == "/courses/"
    with app.app_context():
        person = find_person("liu.fang")
        assert person is not None
        assert person.consent_version == "2027-01-01"
    old = {"username": "cadre", "password": people.password, "next": "/courses/"}
    people.id("cadre")
    never = app.test_client().post("/account/sign-in", data=old)
    assert never.location == "/courses/", "an administrator opened it: nobody agreed to anything"

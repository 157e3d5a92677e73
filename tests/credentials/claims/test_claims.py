"""Claims: proof, duplicates, who decides, and the line that follows; hostile files."""

import io
import re
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from sanshi_lms.account import User, add_leader, add_unit, place_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import storage
from sanshi_lms.credentials import credit_hours_earned, entry_for
from sanshi_lms.credentials.claims import rules
from sanshi_lms.credentials.claims.actions import approve_claim
from sanshi_lms.credentials.claims.models import Claim, ClaimProof
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.credentials.queries import old_line_holds
from sanshi_lms.notices import Notice
from tests.people import Cast

CLAIMS = "/credentials/claims"
FILLED = {
    "title": "建筑学会年会",
    "organiser": "重庆市建筑师协会",
    "happened_on": "2026-07-23",
    "hours": "8",
    "category": "专业",
    "note": "",
}


def photo(colour: str = "red", *, exif: bool = False) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (60, 40), colour)
    tags = picture.getexif()
    if exif:
        tags[0x010F] = "PHONE-OF-A-STRANGER"
    picture.save(out, "JPEG", exif=tags)
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def claim(
    client: FlaskClient, *files: bytes, nonce: str = "a" * 32, **changes: str
) -> TestResponse:
    proofs = [(io.BytesIO(data), f"{place}.jpg") for place, data in enumerate(files)]
    data: dict[str, Any] = {**FILLED, "nonce": nonce, **changes, "proofs": proofs}
    return client.post(f"{CLAIMS}/", data=data)


@pytest.fixture
def institute(app: Flask, people: Cast) -> None:
    """The professional belongs to an institute that the cadre leads; the other one does not."""
    for part in ("pro", "other_pro", "cadre", "other_cadre", "admin"):
        people.id(part)
    with app.app_context(), transaction() as session:
        city = add_unit("市", "重庆市")
        here, there = (add_unit("单位", name, city) for name in ("山城所", "江岸院"))
        place_person(session.get_one(User, people.id("pro")), here, "规划师")
        place_person(session.get_one(User, people.id("cadre")), here, "负责人")
        place_person(session.get_one(User, people.id("other_pro")), there, "建筑师")
        add_leader(here, "cadre")
        add_leader(there, "other-cadre")


def told(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Notice.title).where(Notice.user_id == user_id)))


@pytest.mark.usefixtures("institute")
def test_a_claim_is_decided_by_the_unit_and_becomes_a_line(app: Flask, people: Cast) -> None:
    pro, leader = people.client("pro"), people.client("cadre")
    assert "申报多少学时" in pro.get(f"{CLAIMS}/new").text
    answer = claim(pro, photo(exif=True), PDF)
    assert answer.status_code == 302, answer.text
    path = answer.location
    assert claim(pro, photo(exif=True), PDF).location == path, "a double click is one claim"
    assert told(app, people.id("cadre")) == ["刘建国申报了学时，请审核"]
    assert told(app, people.id("admin")) == []
    assert "建筑学会年会" in leader.get(f"{CLAIMS}/waiting").text
    page = leader.get(path).text
    for url in re.findall(r'href="(/credentials/claims/\d+/proofs/\d+)"', page):
        sent = leader.get(url)
        assert sent.status_code == 200
        assert b"PHONE-OF-A-STRANGER" not in sent.data
        if sent.mimetype == "application/pdf":
            assert sent.headers["Content-Disposition"].startswith("attachment")
            assert sent.headers["X-Content-Type-Options"] == "nosniff"
        sent.close()
    assert leader.post(f"{path}/approve").status_code == 302
    assert leader.post(f"{path}/approve").status_code == 409
    assert pro.post(f"{path}/withdraw").status_code == 409
    with app.app_context():
        line = entry_for(f"claim:{path.rsplit('/', 1)[1]}")
        assert line is not None
        assert (line.activity, line.hours, line.day) == ("outside", Decimal(8), date(2026, 7, 23))
        assert verify_ledger(old_line_holds).differences == []
    assert "您申报的学时通过了" in told(app, people.id("pro"))
    shown = pro.get("/credentials/hours?year=2026").text
    assert "建筑学会年会" in shown
    assert f'href="{path}"' in shown


@pytest.mark.usefixtures("institute")
def test_a_refusal_tells_why_and_the_claim_may_come_again(app: Flask, people: Cast) -> None:
    pro, leader = people.client("pro"), people.client("cadre")
    path = claim(pro, photo()).location
    silent = leader.post(f"{path}/refuse", data={"reason": " "})
    assert silent.status_code == 422
    assert "请写明不通过的原因" in silent.text
    leader.post(f"{path}/refuse", data={"reason": "看不清公章，请重拍"})
    assert "看不清公章，请重拍" in pro.get(path).text
    assert claim(pro, photo(), nonce="b" * 32).status_code == 302
    with app.app_context():
        assert credit_hours_earned(people.id("pro")) == 0


@pytest.mark.usefixtures("institute")
def test_the_same_learning_or_proof_is_not_claimed_twice(people: Cast) -> None:
    pro = people.client("pro")
    path = claim(pro, photo()).location
    again = claim(pro, photo("blue"), nonce="b" * 32)
    assert again.status_code == 422
    assert "名称、日期和学时都一样" in again.text
    same_file = claim(pro, photo(), nonce="c" * 32, title="另一场会")
    assert same_file.status_code == 422
    assert "同一份证明不能用两次" in same_file.text
    pro.post(f"{path}/withdraw")
    assert claim(pro, photo(), nonce="d" * 32).status_code == 302
    twin = claim(people.client("other_pro"), photo(), nonce="e" * 32).location
    page = people.client("other_cadre").get(twin).text
    assert "同一份材料别人也用过" in page
    assert "另一位学员" in page, "who it is, is not for another unit's leader"
    assert "刘建国" in people.client("admin").get(twin).text


@pytest.mark.usefixtures("institute")
def test_nobody_decides_their_own_or_anothers_people(app: Flask, people: Cast) -> None:
    own = claim(people.client("cadre"), photo()).location
    assert people.client("cadre").post(f"{own}/approve").status_code == 403
    assert told(app, people.id("admin")) == ["王小明申报了学时，请审核"]
    theirs = claim(people.client("other_pro"), photo("blue"), nonce="b" * 32).location
    for part in ("cadre", "pro"):
        client = people.client(part)
        assert client.get(theirs).status_code == 404
        assert client.post(f"{theirs}/approve").status_code == 404
        assert client.post(f"{theirs}/refuse", data={"reason": "不行不行"}).status_code == 404
    assert people.client("pro").get(f"{CLAIMS}/waiting").status_code == 403
    assert "建筑学会年会" not in people.client("cadre").get(f"{CLAIMS}/waiting").text
    assert people.client("admin").post(f"{own}/approve").status_code == 302
    own_decision = update(Claim).values(decided_by_id=Claim.user_id, state="approved")
    with app.app_context(), pytest.raises(IntegrityError, match="not_own"), transaction() as s:
        s.execute(own_decision)


@pytest.mark.usefixtures("institute")
def test_two_deciders_at_once_enter_one_line(app: Flask, people: Cast) -> None:
    number = int(claim(people.client("pro"), photo()).location.rsplit("/", 1)[1])
    together = threading.Barrier(2)
    ends: list[str] = []

    def run(part: str) -> None:
        together.wait(20)
        try:
            with app.app_context(), transaction() as session:
                by = session.get_one(User, people.id(part))
                approve_claim(session.get_one(Claim, number), by, now())
            ends.append("done")
        except Refusal as refusal:
            ends.append(refusal.message[:8])

    threads = [threading.Thread(target=run, args=(part,)) for part in ("cadre", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ends) == sorted(["done", "这项申报已经有结"])
    with app.app_context():
        assert credit_hours_earned(people.id("pro")) == 8


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "请上传证明材料"),
        ([b"MZ\x90\x00"], "不是照片也不是 PDF"),
        ([b"<svg onload=alert(1)>"], "不是照片也不是 PDF"),
        ([b"\xff\xd8\xff" + b"x" * 50], "打不开"),
        ([b"%PDF-1.4 without an end"], "PDF 不完整"),
        ([PDF.replace(b"/Type", b"/JavaScript")], "脚本或附件"),
        ([photo(), photo()], "选了两次"),
        ([photo(c) for c in ("red", "blue", "green", "white", "black")], "最多 4 份"),
    ],
)
def test_hostile_files_are_told_and_leave_nothing(
    app: Flask, people: Cast, files: list[bytes], said: str
) -> None:
    answer = claim(people.client("pro"), *files)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="建筑学会年会"' in answer.text, "what was typed stays"
    with app.app_context():
        assert db.session.scalars(select(ClaimProof)).all() == []
        assert storage().names("credentials") == []


def test_a_pdf_is_bounded() -> None:
    assert rules.pdf_problem(PDF) is None
    large = rules.pdf_problem(PDF[:20] + b"0" * (10 * 1024**2) + b"%%EOF")
    assert "最大 10 MB" in (large or "")


def test_a_stranger_learns_nothing_of_a_claim(client: FlaskClient, people: Cast) -> None:
    path = claim(people.client("pro"), photo()).location
    assert client.get(path).status_code == 302
    for part in ("cadre", "other_pro", "author", "resident"):
        found = people.client(part)
        assert found.get(path).status_code == 404
        assert found.get(f"{path}/proofs/1").status_code == 404
        assert found.post(f"{path}/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("title", "", "学了什么"),
        ("title", "长" * 101, "最多 100 个字"),
        ("organiser", " ", "谁办的"),
        ("happened_on", "昨天", "请填写学完的日期"),
        ("happened_on", "1066-10-14", "请填写学完的日期"),
        ("happened_on", "2999-01-01", "还没有到"),
        ("hours", "很多", "0.25 到 200"),
        ("hours", "NaN", "0.25 到 200"),
        ("hours", "1e9", "0.25 到 200"),
        ("hours", "0.125", "两位小数"),
        ("hours", "-8", "0.25 到 200"),
        ("category", "其他", "专业科目还是公需科目"),
    ],
)
def test_what_is_wrong_in_a_form_is_told_by_field(name: str, value: str, said: str) -> None:
    found = rules.read_claim({**FILLED, name: value}, date(2026, 11, 26))
    assert isinstance(found, rules.ClaimFaults)
    assert list(found.by_field) == [name]
    assert said in found.by_field[name]


def test_a_form_with_faults_answers_422(people: Cast) -> None:
    answer = claim(people.client("pro"), photo(), hours="8 个")
    assert answer.status_code == 422
    assert "照片要重新选一次" in answer.text

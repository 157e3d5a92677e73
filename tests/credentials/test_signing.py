"""Signatures: any change is told, on the server, on the command line and in a browser offline."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from sanshi_lms.core.db import transaction
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.pdf import Look, printer
from sanshi_lms.credentials.queries import certificate_by_number
from sanshi_lms.credentials.rules import new_number
from sanshi_lms.credentials.sheets import sheet_of
from sanshi_lms.credentials.signing.checking import check, check_text
from sanshi_lms.credentials.signing.keys import (
    KeyRing,
    KeysUnreadableError,
    PublicKey,
    key_file,
    key_ring,
    rotate,
)
from sanshi_lms.credentials.signing.payload import Content, from_base64, read_address, to_base64
from tests.people import Cast

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
BASE = "https://weiketang.example.cn/v/"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RING = KeyRing([PublicKey("a1b2c3d4", KEY.public_key().public_bytes_raw(), "")], KEY)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CONTENTS = st.builds(Content, *[WORDS] * 7)


def address(content: Content) -> str:
    number = new_number(2026)
    return RING.sign(number, content).address(BASE + number)


@given(CONTENTS)
def test_an_address_says_what_was_signed(content: Content) -> None:
    signed = read_address(address(content))
    assert signed is not None
    assert signed.content == content
    assert RING.holds(signed)


@given(CONTENTS, st.data())
def test_one_changed_character_is_told(content: Content, data: st.DataObject) -> None:
    text = address(content)
    place = data.draw(st.integers(len(BASE), len(text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(text[place].__ne__))
    changed = text[:place] + other + text[place + 1 :]
    signed = read_address(changed)
    same_number = read_address(text)
    assert signed is None or signed == same_number or not RING.holds(signed)
    # Only what people may write differently (a small letter of the number) may still be the same.
    if signed == same_number:
        assert changed.upper() == text.upper() or other in "-_./"


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert check_text(text, RING).signed is None


@given(st.binary(max_size=80))
def test_there_is_one_way_to_write_bytes(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data


@pytest.fixture
def number(app: Flask, people: Cast) -> Iterator[str]:
    """A certificate of the cadre; the application stays open."""
    user_id = people.id("cadre")
    with app.app_context():
        with transaction():
            made = award_certificate(user_id, "买买提·艾力", "加装电梯", 2, "c:1:u:1", WHEN).number
        yield made


def signed_address(number: str) -> str:
    found = certificate_by_number(number)
    assert found is not None
    return sheet_of(found).qr_url


def test_keys_lie_in_one_file_of_ours_alone(app: Flask) -> None:
    with app.app_context():
        first = key_ring().current
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
        assert key_ring().current == first
        assert rotate().current != first
        assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
        assert key_ring().keys[0].key_id == first.key_id
        kept = json.loads(key_file().read_text())["keys"]
        assert ["private" in row for row in kept] == [False, True]
        key_file().write_text("{")
        with pytest.raises(KeysUnreadableError):
            key_ring()


def test_what_an_older_key_signed_is_still_valid(
    app: Flask, number: str, client: FlaskClient
) -> None:
    with app.test_request_context():
        text = signed_address(number)
    rotate()
    assert "证书真实有效" in client.get(text.partition("#")[0]).text
    assert check_text(text, key_ring()).signed is not None
    known = {key["kid"] for key in client.get("/credentials/keys.json").get_json()["keys"]}
    signed = read_address(text)
    assert signed is not None
    assert signed.key_id in known
    assert len(known) == 2


def test_a_changed_signature_is_not_valid(app: Flask, number: str, client: FlaskClient) -> None:
    with app.test_request_context():
        text = signed_address(number).partition("#")[0]
    flipped = text[:-1] + ("A" if text[-1] != "A" else "B")
    answer = client.get(flipped)
    assert answer.status_code == 404
    assert "不能作为凭证" in answer.text
    told = client.get(f"/api/v1/credentials/{number}").get_json()
    assert told["state"] == "valid"
    assert told["holder"] == "买****力"
    assert "买买提" not in json.dumps(told, ensure_ascii=False)
    assert client.get("/api/v1/credentials/SS2026-7K3M-9QWX-4T").status_code == 404


def test_a_paper_is_checked_without_the_database(app: Flask, number: str, tmp_path: Path) -> None:
    with app.test_request_context():
        found = certificate_by_number(number)
        assert found is not None
        sheet = sheet_of(found)
    paper = printer().pdf(sheet)
    assert paper == printer().pdf(sheet), "the same bytes for the same certificate"
    assert b"pdfaid" in paper, "it says that it is PDF/A"
    assert check(paper, key_ring()).signed is not None
    forged = printer().pdf(replace(sheet, holder_name="王小明"))
    assert "王小明" not in check(forged, key_ring()).words
    assert "买买提·艾力" in check(forged, key_ring()).words
    assert check(forged, key_ring()).signed is None
    own = Look(body="兹证明 {姓名} 学完“{课程}”。")
    assert check(printer().pdf(replace(sheet, look=own)), key_ring()).signed is not None
    more = Look(body="兹证明 {姓名} 学完“{课程}”，计 20 学时。")
    assert "2 学时" in check(printer().pdf(replace(sheet, look=more)), key_ring()).words
    cut = check(paper[: len(paper) // 3], key_ring())
    assert cut.signed is None
    file = tmp_path / "证书.pdf"
    file.write_bytes(paper)
    run = app.test_cli_runner()
    told = run.invoke(args=["credentials", "verify", str(file)])
    assert told.exit_code == 0, told.output
    assert "签名真实" in told.output
    assert "本机记录：有效" in told.output
    assert run.invoke(args=["credentials", "verify", number]).exit_code == 0
    assert run.invoke(args=["credentials", "verify", sheet.qr_url[:-1]]).exit_code == 1
    assert run.invoke(args=["credentials", "verify", "别的文字"]).exit_code == 1
    assert run.invoke(args=["credentials", "rotate-key"]).exit_code == 0


@pytest.mark.journey
@pytest.mark.parametrize("knows_the_curve", [True, False])
def test_a_page_in_one_file_checks_offline(
    app: Flask, number: str, client: FlaskClient, desk: Page, tmp_path: Path, knows_the_curve: bool
) -> None:
    with app.test_request_context():
        text = signed_address(number)
    file = tmp_path / "heyan.html"
    file.write_bytes(client.get("/v/offline").data)
    desk.context.set_offline(True)
    if not knows_the_curve:
        desk.add_init_script("crypto.subtle.importKey = () => Promise.reject(new Error('no'))")
    desk.goto(file.as_uri())
    for sent, said in (
        (text, "签名真实"),
        (text.replace("#W", "#X"), "看不懂"),
        (text[:-2] + "AA", "看不懂"),
        (text.replace("?s=", "?s=0"), "看不懂"),
        (text.replace(number, new_number(2026)), "签名不符"),
    ):
        desk.get_by_label("二维码里的网址").fill(sent)
        desk.get_by_role("button", name="核验").click()
        expect(desk.locator("output")).to_contain_text(said)
        seen = desk.locator("output").get_by_text("买买提·艾力")
        expect(seen).to_have_count(1 if said == "签名真实" else 0)

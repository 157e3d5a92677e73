"""Designs: wording and pictures, versions that certificates keep, numbers of an issuer's own."""

import io
import re

import pypdfium2
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from sanshi_lms.core.db import db, transaction
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.designs.models import Design
from sanshi_lms.credentials.designs.pictures import ink_of
from sanshi_lms.credentials.designs.rules import FIELDS, DesignDraft, paragraphs, problem
from sanshi_lms.credentials.rules import ALPHABET, new_number, normalise_number, prefix_of
from tests.people import Cast
from tests.video.test_player import sign_in

LIST = "/admin/credentials/designs/"
FILLED = {
    "name": "渝中区样式",
    "heading": "培训合格证",
    "body": "{姓名}参加“{课程}”培训，成绩合格，计 {学时} 学时。\n有效期至 {有效期}，特发此证。",
    "issuer": "渝中区住房和城乡建设委员会",
    "prefix": "YZ",
    "look": "red",
    "sign1": "张建国",
    "post1": "主任",
}


def seal_photo(ground: int = 244) -> bytes:
    """A red ring on paper that is not quite white, as a phone sees it."""
    photo = Image.new("RGB", (800, 600), (ground, ground - 2, ground - 6))
    ImageDraw.Draw(photo).ellipse((250, 150, 550, 450), outline=(196, 30, 34), width=26)
    written = io.BytesIO()
    photo.save(written, "JPEG")
    return written.getvalue()


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return "".join(document[0].get_textpage().get_text_bounded().split())
    finally:
        document.close()


def award(app: Flask, user_id: int, ref: str) -> str:
    with app.app_context(), transaction():
        return award_certificate(user_id, "王小明", "加装电梯", 2, ref).number


def test_a_certificate_keeps_the_version_it_was_issued_with(app: Flask, people: Cast) -> None:
    admin, me = people.client("admin"), people.id("cadre")
    sent = {**FILLED, "seal": (io.BytesIO(seal_photo()), "印章.jpg")}
    made = admin.post(f"{LIST}new", data=sent)
    assert made.status_code == 302, made.text
    line = made.location.rpartition("/")[2]
    plain = award(app, me, "course:1:user:1")
    assert (
        admin.post(f"{LIST}choose", data={"subject": "course:1", "line": line}).status_code == 302
    )
    first = award(app, me, "course:1:user:2")
    assert first.startswith("YZ")
    with app.app_context():
        kept = db.session.query(Design).one()
        again = {**FILLED, "heading": "结业证", "seal_id": str(kept.seal_id)}
    assert admin.post(f"{LIST}{line}", data=again).status_code == 302
    assert admin.post(f"{LIST}{line}", data=again).status_code == 302, "the same again: no version"
    second = award(app, me, "course:1:user:3")
    cadre = people.client("cadre")

    def paper(number: str) -> str:
        return words(cadre.get(f"/credentials/{number}/certificate.pdf").data)

    assert "结业证书" in paper(plain)
    assert "培训合格证" in paper(first)
    assert "王小明参加“加装电梯”培训，成绩合格，计2学时。" in paper(first)
    assert "有效期" not in paper(first), "it has no end: the clause goes"
    assert "渝中区住房和城乡建设委员会" in paper(first)
    assert "张建国" in paper(first)
    assert "培训合格证" not in paper(second)
    with app.app_context():
        assert db.session.query(Design).count() == 2
    page = app.test_client().get(f"/v/{first}")
    assert "证书真实有效" in page.text
    assert "渝中区住房和城乡建设委员会" in page.text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "", "起个名字"),
        ("heading", "", "标题要有"),
        ("body", "特发此证。", "{课程}"),
        ("body", "{课程}{身份证}", "不认识"),
        ("body", "{课程}{", "成对"),
        ("prefix", "SIL", "不能用 I、L、O"),
        ("look", "gold", "纸样"),
        ("issuer", " ", "发证单位"),
        ("body", "{课程}" + "特此证明其学习认真、成绩合格。\n" * 24, "字会小到看不清"),
    ],
)
def test_unsound_designs_are_told_in_words(people: Cast, name: str, value: str, said: str) -> None:
    answer = people.client("admin").post(f"{LIST}new", data={**FILLED, name: value})
    assert answer.status_code == 422
    assert said in answer.text


def test_hostile_pictures_and_strangers_are_refused(people: Cast) -> None:
    admin = people.client("admin")
    sent = {**FILLED, "seal": (io.BytesIO(b"<svg onload=alert(1)>"), "x.png")}
    answer = admin.post(f"{LIST}new", data=sent)
    assert answer.status_code == 422
    assert "不是照片" in answer.text
    assert people.client("author").get(LIST).status_code == 403
    assert (
        admin.get(f"{LIST}preview.png", query_string={**FILLED, "seal_id": "999"}).status_code
        == 200
    )
    assert admin.get(f"{LIST}preview.png", query_string={**FILLED, "body": "x"}).status_code == 422
    assert admin.get(f"{LIST}0000").status_code == 404
    for nothing in ("paper:1", "course:" + "9" * 40, "course: 1"):
        answer = admin.post(f"{LIST}choose", data={"subject": nothing, "line": ""})
        assert answer.status_code == 404


def test_paper_becomes_transparent_and_ink_stays() -> None:
    with Image.open(io.BytesIO(seal_photo())) as photo:
        made = ink_of(photo)
    assert len(made) < 40_000
    with Image.open(io.BytesIO(made)) as seal:
        assert seal.mode == "RGBA"
        assert abs(seal.width - seal.height) < 6, "cut to its edges"
        alpha = seal.getchannel("A")
        assert alpha.getpixel((seal.width // 2, seal.height // 2)) == 0
        red = seal.getpixel((seal.width // 2, 8))
        assert isinstance(red, tuple)
        assert red[3] > 200
        assert red[0] > red[1] + 80


@given(st.text(max_size=200), st.lists(st.sampled_from(FIELDS), max_size=4))
def test_any_body_that_is_sound_can_be_printed(text: str, fields: list[str]) -> None:
    body = text.replace("{", "").replace("}", "") + "".join(f"，{{{one}}}" for one in fields)
    draft = DesignDraft("x", body=body + "{课程}")
    if problem(draft):
        return
    runs = [run for line in paragraphs(draft.body, {"课程": "加装电梯"}) for run in line]
    assert any(run.text == "加装电梯" and run.strong for run in runs)
    assert not any(re.search(r"\{(姓名|课程)\}", run.text) for run in runs)


@given(st.text(alphabet=[c for c in ALPHABET if c.isalpha()], min_size=2, max_size=4), st.data())
def test_an_issuers_numbers_have_check_characters_too(prefix: str, data: st.DataObject) -> None:
    number = new_number(2026, prefix=prefix)
    assert normalise_number(number.lower()) == number
    assert prefix_of(number) == prefix
    place = data.draw(st.integers(0, len(prefix) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c.isalpha() and c != prefix[place]]))
    assert normalise_number(number[:place] + other + number[place + 1 :]) is None


@pytest.mark.journey
def test_the_preview_follows_what_is_written(people: Cast, desk: Page) -> None:
    sign_in(desk, people, "admin")
    desk.goto(f"{LIST}new")
    expect(desk.get_by_alt_text("证书预览")).to_be_visible()
    before = desk.get_by_alt_text("证书预览").get_attribute("src")
    desk.get_by_label("标题").fill("培训合格证")
    expect(desk.get_by_alt_text("证书预览")).not_to_have_attribute("src", before or "")
    desk.get_by_label("正文").fill("没有课程")
    expect(desk.get_by_text("正文里要有 {课程}")).to_be_visible()
    desk.get_by_label("正文").fill("{姓名}学完“{课程}”。")
    expect(desk.get_by_text("正文里要有 {课程}")).to_be_hidden()
    desk.get_by_label("样式名称").fill("新样式")
    desk.get_by_label("印章图片").set_input_files(
        {"name": "seal.jpg", "mimeType": "image/jpeg", "buffer": seal_photo()}
    )
    expect(desk.get_by_label("去掉印章")).to_be_visible()
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("已保存为第 1 版")).to_be_visible()

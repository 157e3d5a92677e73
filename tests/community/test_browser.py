"""A need from the QR code to the last word, on phones: resident, cadre, 三师, and a stranger."""

import io
import re

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from sanshi_lms.community.needs.models import Need, NeedPhoto
from sanshi_lms.core.db import db
from tests.browser import PHONE, watched_page
from tests.community.conftest import Place
from tests.journeys.test_every_page import look_at
from tests.journeys.walking import sign_in
from tests.people import Cast

pytestmark = pytest.mark.journey


def photo() -> bytes:
    """Return a photo larger than what is kept, as a phone takes it."""
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def take(page: Page, label: str, **fields: str) -> None:
    """Open the step `label` if it is folded, fill it and take it."""
    form = page.locator("form").filter(has=page.get_by_role("button", name=label, exact=True))
    if not form.is_visible():
        page.locator("summary").get_by_text(label, exact=True).click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text("已办好这一步。")).to_be_visible()


def test_from_the_qr_code_to_the_last_word(
    app: Flask, chromium: Browser, live_url: str, people: Cast, phone: Page, place: Place
) -> None:
    # The line drops while a resident sends: what was written stays, also over a reload.
    phone.goto(f"/c/{place.code}")
    phone.get_by_label("请说说是什么事").fill("三单元想装电梯，一楼怕挡光")
    phone.get_by_label("加装电梯").check()
    phone.get_by_label("老人").check()
    phone.get_by_label("联系电话").fill("13812345678")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("[data-trouble]")).to_contain_text("没有发出去")
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.get_by_label("请说说是什么事")).to_have_value("三单元想装电梯，一楼怕挡光")
    expect(phone.get_by_label("加装电梯")).to_be_checked()
    expect(phone.get_by_label("联系电话")).to_have_value("")
    phone.get_by_label("联系电话").fill("13812345678")
    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": photo()} for n in range(2)]
    phone.locator("#photos").set_input_files(files)  # type: ignore[arg-type]  # as documented
    expect(phone.locator("[data-photos-shown] img")).to_have_count(2)
    phone.get_by_role("button", name="去掉第 2 张照片").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="已经收到您的需求")).to_be_visible()
    code = phone.locator(".code").inner_text().replace(" ", "")
    expect(phone.get_by_alt_text("您的第 1 张照片")).to_have_js_property("complete", True)
    phone.goto(f"/c/{place.code}")
    expect(phone.get_by_label("请说说是什么事")).to_have_value("")
    with app.app_context():
        kept = db.session.scalars(select(NeedPhoto)).one()
        assert max(kept.width, kept.height) == 1600

    with watched_page(chromium, live_url, **PHONE) as desk:
        sign_in(desk, people, "cadre", "/community/needs/")
        desk.get_by_role("link", name=re.compile("三单元想装电梯")).click()
        desk.get_by_role("button", name="签收").click()
        expect(desk.get_by_text("已办好这一步。")).to_be_visible()
        desk.locator("summary").get_by_text("派给三师", exact=True).click()
        expect(desk.get_by_text("擅长加装电梯，服务渝中区，手上没有在办的需求")).to_be_visible()
        desk.get_by_label(re.compile("刘建国")).check()
        desk.get_by_role("button", name="派给三师").click()
        expect(desk.get_by_text("已办好这一步。")).to_be_visible()
        desk.get_by_role("button", name="查看联系电话").click()
        expect(desk.get_by_role("link", name="13812345678")).to_be_visible()
        desk_url = desk.url.removesuffix("/phone")

        with watched_page(chromium, live_url, **PHONE) as pro:
            sign_in(pro, people, "pro", "/community/needs/")
            pro.get_by_role("link", name=re.compile("三单元想装电梯")).click()
            take(pro, "回应", words="周六上午来量尺寸，井道放在外侧不挡一楼的光。")

        desk.goto(desk_url)
        take(desk, "办结", words="方案公示了，大家都签了字。")

    phone.goto(f"/n/?code={code}")
    expect(phone.get_by_text("井道放在外侧不挡一楼的光")).to_be_visible()
    phone.get_by_label("想对帮忙的人说的话").fill("谢谢")
    phone.get_by_role("button", name="已经解决", exact=True).click()
    expect(phone.get_by_text("已确认解决")).to_be_visible()
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert (need.state, need.phone) == ("confirmed", None)

    with watched_page(chromium, live_url, **PHONE) as stranger:
        _, other = place.file("别人家的事")
        stranger.goto(f"/n/{other}")
        expect(stranger.get_by_text("别人家的事")).to_be_visible()
        assert "三单元" not in stranger.content()
        answer = stranger.goto(desk_url)
        assert answer is not None
        expect(stranger).to_have_url(re.compile("/account/sign-in"))


def test_pages_fit_and_are_accessible(app: Flask, people: Cast, phone: Page, place: Place) -> None:
    (need_id, code), (taken, _) = place.file(), place.file("路灯坏了")
    found = look_at(phone, f"/c/{place.code}", f"/n/{code}")
    sign_in(phone, people, "cadre")
    desk = "/community/needs/"
    found += look_at(
        phone, desk, f"{desk}{need_id}", f"{desk}new", f"/community/{place.community_id}/poster"
    )
    printed = pypdfium2.PdfDocument(phone.pdf(prefer_css_page_size=True))
    assert len(printed) == 1, "the poster is one sheet"
    words = printed[0].get_textpage().get_text_range()
    assert f"/c/{place.code}" in words, "who cannot scan can type"
    printed.close()
    phone.goto(f"{desk}{taken}")
    phone.get_by_role("button", name="签收").click()
    found += look_at(phone, f"{desk}{taken}")
    phone.context.clear_cookies()
    sign_in(phone, people, "pro")
    found += look_at(phone, "/community/profile")
    phone.context.clear_cookies()
    sign_in(phone, people, "admin")
    admin = "/admin/community/"
    found += look_at(phone, admin, f"{admin}{place.community_id}")
    found += look_at(phone, f"{admin}professionals", f"{admin}needs/")
    assert found == []
    del app

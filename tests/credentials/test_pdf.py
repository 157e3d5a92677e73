"""The printed certificate: what it says, whom it survives, where its QR code leads."""

import io
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from sanshi_lms.core.db import transaction
from sanshi_lms.core.fonts import font_paths
from sanshi_lms.credentials import award_certificate, pdf
from sanshi_lms.credentials.pdf import Sheet, printer
from tests.people import Cast

URL = "https://weiketang.example.cn/v/SS2026-7K3M-9QWX-4T"


def sheet(name: str = "王小明", title: str = "加装电梯：从居民意愿到竣工") -> Sheet:
    return Sheet("SS2026-7K3M-9QWX-4T", name, title, Decimal("0.5"), date(2026, 3, 5), URL, URL)


def words(data: bytes) -> str:
    reader = PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1
    return "".join(reader.pages[0].extract_text().split())


def scanned(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def rendered(data: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        picture: Image.Image = document[0].render(scale=2).to_pil()
        return picture.convert("L")
    finally:
        document.close()


def test_it_says_who_what_when_and_how_much() -> None:
    text = words(printer().pdf(sheet()))
    for part in ("结业证书", "王小明", "加装电梯：从居民意愿到竣工", "计0.5学时", "三师微课堂"):
        assert part in text
    assert "二〇二六年三月五日" in text
    assert "SS2026-7K3M-9QWX-4T" in text


def test_it_is_one_a4_landscape_page_with_embedded_fonts() -> None:
    page: Any = PdfReader(io.BytesIO(printer().pdf(sheet()))).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "Noto" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_its_qr_code_leads_to_the_verification() -> None:
    assert scanned(rendered(printer().pdf(sheet()))) == [URL]
    picture = Image.open(io.BytesIO(printer().png(sheet())))
    assert picture.size == (1286, 909)
    assert scanned(picture.convert("L")) == [URL]


@pytest.mark.parametrize(
    "name",
    [
        "买买提·艾力",
        "阿卜杜热西提·买买提艾力·努尔麦麦提江",
        "𠮷䶮㛃",
        "Ångström Nguyễn",
        "长" * 60,
        "😀",
        '#panic("x") $ \\ * _ ` @ < > [ ] // "',
        "}#sys.inputs#{",
    ],
)
def test_any_name_is_printed_as_it_is(name: str) -> None:
    text = words(printer().pdf(sheet(name=name)))
    assert "结业证书" in text
    if name.isascii() or "·" in name:
        assert "".join(name.split()) in text


def test_a_very_long_title_still_fits_on_its_page() -> None:
    data = printer().pdf(sheet(title="街道社区治理与城市更新实务" * 15))
    assert "特发此证" in words(data)
    assert scanned(rendered(data)) == [URL]


def test_a_name_is_never_code() -> None:
    assert words(printer().pdf(sheet(name="#(1+1)"))).count("#(1+1)") == 1


def test_threads_share_one_compiler() -> None:
    made: dict[int, bytes] = {}

    def run(k: int) -> None:
        made[k] = printer().pdf(sheet(name=f"学员{k}"))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [f"学员{k}" in words(made[k]) for k in range(8)] == [True] * 8


def test_the_page_sends_what_was_awarded_and_scans(app: Flask, people: Cast) -> None:
    user_id = people.id("cadre")
    with app.app_context(), transaction():
        number = award_certificate(user_id, "王小明", "加装电梯", "0.5", "course:1:user:1").number
    mine = people.client("cadre")
    answer = mine.get(f"/credentials/{number}/certificate.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert f"{number}.pdf" in answer.headers["Content-Disposition"]
    assert "private" in answer.headers["Cache-Control"]
    assert "王小明" in words(answer.data)
    (url,) = scanned(rendered(answer.data))
    assert url.partition("?")[0] == f"http://localhost/v/{number}"
    stranger = app.test_client()
    assert "证书真实有效" in stranger.get(url.removeprefix("http://localhost")).text
    mark = answer.headers["ETag"]
    again = mine.get(f"/credentials/{number}/certificate.pdf", headers={"If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")


def test_without_a_chinese_font_nothing_wrong_is_printed(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = people.id("cadre")
    with app.app_context(), transaction():
        number = award_certificate(user_id, "王小明", "加装电梯", "0.5", "course:1:user:1").number
    assert font_paths()
    monkeypatch.setattr(pdf, "font_paths", list)
    pdf.printer.cache_clear()
    try:
        answer = people.client("cadre").get(f"/credentials/{number}/certificate.png")
    finally:
        monkeypatch.undo()
        pdf.printer.cache_clear()
    assert answer.status_code == 503
    assert "没有中文字体" in answer.text

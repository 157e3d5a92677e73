"""The record of learning: page and PDF say the same, an independent reader opens it."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning import RecordSection, add_record_section
from sanshi_lms.learning.archive import pdf
from sanshi_lms.learning.archive.rules import Event, events_section, hours_section
from sanshi_lms.learning.models import Enrolment
from tests.learning.conftest import Lift
from tests.learning.test_completion import complete
from tests.people import Cast

HOURS = st.decimals(0, 200, places=2)
YEARS = st.dictionaries(
    st.integers(2020, 2030), st.fixed_dictionaries({"公需": HOURS, "专业": HOURS}), max_size=5
)


@given(YEARS)
def test_hours_add_up_by_year_and_category(years: dict[int, dict[str, Decimal]]) -> None:
    section = hours_section(years, ("公需", "专业"))
    assert [row[0] for row in section.rows] == [f"{y} 年" for y in sorted(years, reverse=True)]
    for row in section.rows:
        assert Decimal(row[1]) + Decimal(row[2]) == Decimal(row[3])
    total = sum((sum(own.values()) for own in years.values()), Decimal(0))
    said = re.match(r"合计 ([\d.]+) 学时", section.sum_words)
    assert said
    assert Decimal(said[1]) == total


def test_events_of_a_year_the_latest_first() -> None:
    events = [Event(date(2025, 3, 1), "旧"), Event(date(2026, 1, 1), "新")]
    assert [r[1] for r in events_section("课", ("日期", "课"), events, "门", None).rows] == [
        "新",
        "旧",
    ]
    one = events_section("课", ("日期", "课"), events, "门", 2025)
    assert (one.rows, one.sum_words) == ((("2025-03-01", "旧"),), "共 1 门。")


@pytest.fixture
def learned(app: Flask, people: Cast, lift: Lift) -> Lift:
    """The cadre has completed the course; another room adds a section."""
    me = people.id("cadre")
    for lesson, reason in ((lift.lecture, "watched"), (lift.text, "read"), (lift.quiz, "passed")):
        complete(app, me, lesson, reason)
    rows = (("2026-05-06", "消防宣讲", "石油路社区"),)
    extra = RecordSection("服务过的需求", ("日期", "事情", "社区"), rows, "共 1 件。")
    add_record_section(app, lambda user_id, _: extra if user_id == me else None)
    return lift


def squeezed(text: str) -> str:
    return "".join(text.split())


def read_pdf(data: bytes) -> str:
    """Return the text as one independent reader finds it; another draws it without a fault."""
    document = pypdfium2.PdfDocument(data)
    try:
        assert document[0].render(scale=1).to_pil().convert("L").getextrema()[0] < 60
    finally:
        document.close()
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def cells(page: str) -> list[str]:
    """Return what stands in the tables and sums of the page."""
    found = re.findall(r"<(?:th|td)[^>]*>([^<]+)</(?:th|td)>", page)
    return [squeezed(c) for c in found + re.findall(r"(?:合计|共) [^<]+。", page)]


@pytest.mark.usefixtures("learned")
def test_page_and_pdf_say_the_same(people: Cast) -> None:
    client = people.client("cadre")
    page = client.get("/learning/record").text
    for words in ("加装电梯", "合计 0.5 学时", "服务过的需求", "消防宣讲", "王小明"):
        assert words in page
    answer = client.get("/learning/record.pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = read_pdf(answer.data)
    assert [cell for cell in cells(page) if cell not in text] == []
    assert len(cells(page)) > 15
    first: Any = PdfReader(io.BytesIO(answer.data)).pages[0]
    assert [round(float(side)) for side in first.mediabox[2:]] == [595, 842]
    fonts = [font.get_object() for font in first["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.usefixtures("learned")
def test_a_year_shows_only_itself(app: Flask, people: Cast) -> None:
    with app.app_context(), transaction():
        row = db.session.scalars(select(Enrolment)).one()
        row.completed_at = datetime(2024, 12, 31, 16, 30, tzinfo=UTC)  # 2025 in Chongqing
    client, this_year = people.client("cadre"), now().year
    of_2025 = client.get("/learning/record?year=2025").text
    assert "2025-01-01" in of_2025
    assert "共 0 张" in of_2025
    assert "2025-01-01" not in client.get(f"/learning/record?year={this_year}").text
    assert "2025 年" in client.get("/learning/record").text
    assert client.get("/learning/record?year=²²²²").status_code == 200


def test_a_course_taken_back_keeps_the_name_of_its_certificate(
    app: Flask, people: Cast, learned: Lift
) -> None:
    with app.app_context(), transaction():
        lesson = get_lesson(learned.lecture)
        assert lesson is not None
        lesson.course.title, lesson.course.status = "改成草稿的名字", "draft"
    page = people.client("cadre").get("/learning/record").text
    assert "加装电梯" in page
    assert "改成草稿的名字" not in page


@pytest.mark.usefixtures("learned")
def test_nobody_else_sees_it(people: Cast, client: FlaskClient) -> None:
    other = people.client("other_cadre")
    assert "消防宣讲" not in other.get("/learning/record").text
    assert "加装电梯" not in read_pdf(other.get("/learning/record.pdf").data)
    assert client.get("/learning/record").status_code == 302
    assert client.get("/learning/record.pdf").status_code == 302


def test_any_name_is_printed_as_it_is(app: Flask, people: Cast, lift: Lift) -> None:
    client, me = people.client("cadre"), people.id("cadre")
    title = '#panic("x") $ \\ * _ ` @ < > [ ] // ' + "很长" * 60
    rows = tuple(("2026-05-06", title, "处") for _ in range(60))
    section = RecordSection("考勤", ("日期", "场次", "地点"), rows, "共 60 场。")
    add_record_section(app, lambda user_id, _: section if user_id == me else None)
    del lift
    data = client.get("/learning/record.pdf").data
    assert len(PdfReader(io.BytesIO(data)).pages) > 3
    assert '#panic("x")' in read_pdf(data)


def test_without_a_chinese_font_it_says_so(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = people.client("cadre")
    monkeypatch.setattr(pdf, "font_paths", list)
    pdf._press.cache_clear()
    try:
        answer = client.get("/learning/record.pdf")
    finally:
        monkeypatch.undo()
        pdf._press.cache_clear()
    assert answer.status_code == 503
    assert "没有中文字体" in answer.text

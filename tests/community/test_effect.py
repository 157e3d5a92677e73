"""The effect sheet: each figure against a hand count, and against the rows that it leads to."""

import io
import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select

from sanshi_lms.account import User, add_unit
from sanshi_lms.community import demo_district
from sanshi_lms.community.demo import load_demo
from sanshi_lms.community.demo_programme import load_programme
from sanshi_lms.community.effect import rules
from sanshi_lms.community.models import Community, Professional
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.stories.models import Story
from sanshi_lms.core.charts import Bar, bars_svg
from sanshi_lms.core.clock import LOCAL_ZONE, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.feedback.models import Feedback
from sanshi_lms.learning.models import Completion, Enrolment
from tests.community.conftest import Place
from tests.community.test_lessons import course_with_lesson
from tests.people import Cast

TODAY = datetime(2026, 3, 5, 9, 30, tzinfo=LOCAL_ZONE)
SHEET = "/admin/community/effect/"


@pytest.mark.parametrize(
    ("key", "since", "until", "before"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1), "2025"),
        ("2026Q1", (2026, 1, 1), (2026, 4, 1), "2025Q4"),
        ("2025Q4", (2025, 10, 1), (2026, 1, 1), "2025Q3"),
        ("2026-01", (2026, 1, 1), (2026, 2, 1), "2025-12"),
        ("2025-12", (2025, 12, 1), (2026, 1, 1), "2025-11"),
    ],
)
def test_periods_begin_and_end_at_midnight(
    key: str, since: tuple[int, int, int], until: tuple[int, int, int], before: str
) -> None:
    found = rules.read_period(key, TODAY)
    assert found is not None
    assert (found.since, found.until) == (
        datetime(*since, tzinfo=LOCAL_ZONE), datetime(*until, tzinfo=LOCAL_ZONE),
    )  # fmt: skip
    earlier = rules.before(found, TODAY)
    assert (earlier.key, earlier.until) == (before, found.since)


@given(st.text(max_size=8) | st.from_regex(r"20\d\d([Q-]\d{1,3})?", fullmatch=True))
def test_whatever_an_address_says_is_a_period_or_none(key: str) -> None:
    found = rules.read_period(key, TODAY)
    assert found is None or found.since < found.until
    assert found is None or rules.before(found, TODAY).until == found.since


def test_the_choices_and_the_months() -> None:
    keys = [one.key for one in rules.choices(TODAY)]
    assert keys == [
        "30d", "90d", "365d", "2026-03", "2026-02", "2026Q1", "2025Q4", "2026", "2025",
    ]  # fmt: skip
    assert rules.months(datetime(2026, 3, 1, tzinfo=LOCAL_ZONE), 3) == [
        "2025-12", "2026-01", "2026-02",
    ]  # fmt: skip


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_occurred(values: list[float], percent: int) -> None:
    found = rules.percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values)
    assert sum(value < found for value in values) < percent / 100 * len(values)


def test_charts_are_whole_and_harmless() -> None:
    bars = [Bar("<b>甲", 3, "3 件", "/x?a=1&b=2"), Bar("乙", 0, "0 件")]
    page, file = bars_svg("图", bars), bars_svg("图", bars, file=True)
    for drawn in (page, file):
        assert "&lt;b&gt;甲" in "".join(ET.tostring(ET.fromstring(drawn), encoding="unicode"))  # noqa: S314 - ours
        assert 'width="0.0"' in drawn
    assert page.count("<a ") == 1
    assert file.count("<a ") == 0
    assert rules.percentile([], 50) is None


def settle_needs(place: Place) -> None:
    """Six needs of two districts, known to the hour."""
    ids = [place.file(f"第 {n} 件", ago=timedelta(days=20))[0] for n in range(4)]
    ids += [place.file(f"江北 {n}", elsewhere=True, ago=timedelta(days=20))[0] for n in range(2)]
    place.file("半年前的", ago=timedelta(days=180))
    hours = [
        (2, 100, "confirmed"),
        (4, 400, "confirmed"),
        (6, 50, "done"),
        (8, None, "not_feasible"),
    ]
    with place.app.app_context(), transaction():
        for number, (answer, end, state) in zip(
            ids, [*hours, (10, None, "responded")], strict=False
        ):
            need = db.session.get_one(Need, number)
            need.responded_at = need.received_at + timedelta(hours=answer)
            need.done_at = need.received_at + timedelta(hours=end) if end else None
            need.state, need.pro_id = state, place.pro_id
            need.due_at = None
        db.session.get_one(Need, ids[1]).reopened = 1
        db.session.get_one(Need, ids[5]).due_at = now() - timedelta(hours=1)


def test_each_figure_is_counted_by_hand_and_leads_to_its_rows(people: Cast, place: Place) -> None:
    settle_needs(place)
    admin = people.client("admin")
    page = admin.get(f"{SHEET}?period=30d").text
    wanted = {
        "收到": 6, "已响应": 5, "办结": 3, "确认解决": 2, "按时办结": 2, "办结超时": 1,
        "说过没解决": 1, "暂不可行": 1, "现在超时": 1, "出力的三师": 1,
    }  # fmt: skip
    found = re.findall(r'href="([^"]+)">([^<]+)</a></span><span class="stat__value">(\d+)', page)
    assert wanted.items() <= {label: int(value) for _, label, value in found}.items()
    for url, label, value in found:
        rows = admin.get(url.replace("&amp;", "&")).text
        assert f"共 {value} 行" in rows or label in {"学完的课", "学习时间"}, label
    cells = re.findall(
        r'data-label="(?:收到|办结|确认解决|件数)"><a href="([^"]+)">(\d+)</a>', page
    )
    assert len(cells) > 8
    for url, value in cells:
        assert f"共 {value} 行" in admin.get(url.replace("&amp;", "&")).text, url
    assert "6 小时" in page, "the median of 2, 4, 6, 8, 10"
    assert "67%（2/3）" in page, "of three done two within 360 hours"
    assert "比上期多 6" in page
    other = admin.get(f"{SHEET}?period=30d&district=江北区").text
    assert "江北区" in other
    assert re.search(r'>收到</a></span><span class="stat__value">2 ', other)
    assert admin.get(f"{SHEET}?period=x").status_code == 404
    assert people.client("cadre").get(SHEET).status_code == 403
    svg = admin.get(f"{SHEET}chart/kinds.svg?period=30d")
    assert (svg.mimetype, "加装电梯" in svg.text) == ("image/svg+xml", True)
    assert "filename*=UTF-8''" in svg.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(admin.get(f"{SHEET}sheet.xlsx?period=30d").data))
    table = [row[:4] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert table[1:4] == [
        ("全部", "6", "5", "3"), ("渝中区", "4", "4", "3"), ("江北区", "2", "1", "0"),
    ]  # fmt: skip


@pytest.mark.usefixtures("place")
def test_learning_and_cases_of_a_district(app: Flask, people: Cast) -> None:
    for part_name in ("cadre", "resident", "pro", "admin"):
        people.id(part_name)
    course_id, lesson_id = map(int, course_with_lesson(app, "lift", "电梯").split("."))
    with app.app_context(), transaction():
        city = add_unit("市", "重庆市")
        part = add_unit("区县", "江北区", city)
        db.session.get_one(User, people.id("resident")).unit_id = part.id
        assert db.session.get_one(Lesson, lesson_id).minutes == 8
        for part_name, ago in (("cadre", 1), ("resident", 2), ("pro", 50)):
            at, person = now() - timedelta(days=ago), people.id(part_name)
            db.session.add(
                Completion(user_id=person, lesson_id=lesson_id, reason="read", completed_at=at)
            )
            db.session.add(
                Enrolment(user_id=person, course_id=course_id, enrolled_at=at, active_at=at,
                          completed_at=at)
            )  # fmt: skip
            useful = 3 if part_name == "cadre" else 1
            db.session.add(
                Feedback(user_id=person, course_id=course_id, useful=useful, words="", said_at=at)
            )
        for number, (kind, district, ago) in enumerate(
            (
                ("case", "渝中区", 3),
                ("case", "江北区", 4),
                ("feature", "渝中区", 5),
                ("case", "渝中区", 60),
            )
        ):
            at = now() - timedelta(days=ago)
            db.session.add(
                Story(kind=kind, nonce=f"{number:032}", title=f"篇{number}", district=district,
                      state="published", author_id=people.id("admin"), created_at=at,
                      updated_at=at, published_at=at)
            )  # fmt: skip
    admin = people.client("admin")

    def figures(query: str) -> dict[str, str]:
        page = admin.get(f"{SHEET}?{query}").text
        pattern = r'(?:>|">)([^<>]+)(?:</a>)?</span><span class="stat__value">([\d./—]+)'
        return dict(re.findall(pattern, page))

    whole = figures("period=30d")
    assert {
        "学完过课的人": "2", "学完的课": "2", "学习时间": "0.3", "学完整门课": "2",
        "说课有用的": "1/2", "发布的案例": "2", "三师故事": "1",
    }.items() <= whole.items()  # fmt: skip
    here = figures("period=30d&district=江北区")
    assert (here["学完过课的人"], here["说课有用的"], here["发布的案例"]) == ("1", "0/1", "1")
    there = figures("period=30d&district=渝中区")
    assert (there["学完过课的人"], there["发布的案例"], there["三师故事"]) == ("1", "1", "1")
    assert "王小明" in admin.get(f"{SHEET}learners?period=30d&district=渝中区").text
    assert "共 2 行" in admin.get(f"{SHEET}courses?period=30d").text
    assert "共 1 行" in admin.get(f"{SHEET}courses?period=30d&district=江北区").text


def test_the_demo_district_is_whole_labelled_and_the_same_each_time(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = demo_district.WORDS.read_text("utf-8")
    words = tomllib.loads(text)
    assert (words["communities"], words["professionals"], words["needs"]) == (60, 80, 300)
    (tmp_path / "fewer.toml").write_text(text.replace("needs = 300", "needs = 90"), "utf-8")
    monkeypatch.setattr(demo_district, "WORDS", tmp_path / "fewer.toml")
    moment = now()
    with app.app_context(), transaction():
        assert demo_district.load_district(moment) == 90
        assert demo_district.load_district(moment) == 0
    with app.app_context():
        counted = [
            db.session.scalar(select(func.count()).select_from(model).where(model.invented))
            for model in (Community, Professional, Need)
        ]
        assert counted == [60, 80, 90]
        needs = db.session.scalars(select(Need).order_by(Need.id)).all()
        assert len({need.text for need in needs}) > 40
        assert not any("{" in need.text for need in needs)
        assert {need.state for need in needs} >= {"confirmed", "not_feasible", "responded", "taken"}
        assert all(need.received_at < moment for need in needs)
        first = [(need.text, need.state) for need in needs[:60]]
    assert first[0][0] == "广场舞太吵，能不能换个地方。"


@pytest.mark.usefixtures("place")
def test_the_demo_programme_is_loaded_once_by_the_real_actions(app: Flask, people: Cast) -> None:
    for part in ("admin", "author"):
        people.id(part)
    with app.app_context(), transaction():
        db.session.get_one(User, people.id("author")).organisation = "别的单位"
        load_demo(now())
    for wanted in (True, False):
        with app.app_context(), transaction():
            assert load_programme(now()) is wanted
    pages = {
        "/community/stars/": "示范年度星级三师（虚构）", "/community/experts/": "专家组（虚构）",
        "/community/events/": "怎么变花园（虚构）", "/community/meetings/": "坝子怎么用（虚构）",
    }  # fmt: skip
    client = app.test_client()
    for page, words in pages.items():
        assert words in client.get(page).text, page

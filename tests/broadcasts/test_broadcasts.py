"""Broadcasts: the link is there in time, the listener's word counts from the beginning on."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from sanshi_lms.broadcasts import rules
from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.broadcasts.rules import Phase, phase
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson
from sanshi_lms.learning.models import Completion
from tests.people import Cast
from tests.training.making import make_course

NINE = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-61, Phase.BEFORE), (-60, Phase.DOORS), (-1, Phase.DOORS), (0, Phase.ON), (59, Phase.ON),
     (60, Phase.OVER)],
)  # fmt: skip
def test_where_in_time_it_stands(minutes: int, expected: Phase) -> None:
    assert phase(NINE, NINE + HOUR, NINE + timedelta(minutes=minutes)) is expected


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        ("https://meeting.example.cn/j/1?p=2", True), ("http://meeting.example.cn", False),
        ("javascript:alert(1)", False), ("https://", False), ("https://a@b.cn/", False),
        ("https://localhost/x", False), ("https://a.cn/ b", False), ("https://[", False),
    ],
)  # fmt: skip
def test_what_a_link_may_be(url: str, sound: bool) -> None:
    assert (rules.link_problem(url) is None) is sound


def form(start: datetime, **changes: str) -> dict[str, str]:
    shown = local(start)
    return {
        "nonce": "ab" * 16,
        "title": "周五答疑",
        "starts": f"{shown:%Y-%m-%dT%H:%M}",
        "ends": f"{shown + HOUR:%Y-%m-%dT%H:%M}",
        "url": "https://live.example.cn/1",
        **changes,
    }


def lesson_with_broadcast(app: Flask, admin: FlaskClient, start: datetime) -> int:
    """Add a broadcast at the desk and show it in a published course."""
    for _ in range(2):  # a double click
        assert admin.post("/admin/broadcasts/new", data=form(start)).status_code == 302
    with app.app_context(), transaction():
        assert db.session.scalars(select(Broadcast.id)).all() == [1]
        course = make_course("dayi", "答疑")
        lesson = db.session.scalars(select(Lesson).where(Lesson.course_id == course.id)).one()
        lesson.kind, lesson.target_id = "broadcast", 1
        return lesson.id


def test_before_nobody_can_have_listened(app: Flask, people: Cast) -> None:
    lesson = lesson_with_broadcast(app, people.client("admin"), now() + 3 * HOUR)
    cadre = people.client("cadre")
    page = cadre.get("/courses/dayi/text").text
    assert "live.example.cn" not in page
    assert ">我听完了<" not in page
    refused = cadre.post(f"/learning/lessons/{lesson}/read")
    assert refused.status_code == 409
    assert "还没有开始" in refused.text
    entry = next(iter(Calendar.from_ical(cadre.get("/broadcasts/1.ics").data).walk("VEVENT")))
    assert entry["SUMMARY"] == "周五答疑"


def test_while_it_is_on_the_link_is_there_and_a_word_completes(app: Flask, people: Cast) -> None:
    lesson = lesson_with_broadcast(app, people.client("admin"), now() - timedelta(minutes=5))
    cadre = people.client("cadre")
    page = cadre.get("/courses/dayi/text").text
    assert 'href="https://live.example.cn/1"' in page
    assert ">我听完了<" in page
    assert cadre.post(f"/learning/lessons/{lesson}/read").status_code == 302
    with app.app_context():
        assert db.session.get(Completion, (people.id("cadre"), lesson)) is not None


def test_afterwards_there_is_the_replay(app: Flask, people: Cast) -> None:
    admin, start = people.client("admin"), now() - 5 * HOUR
    lesson_with_broadcast(app, admin, start)
    assert "还没有回放" in app.test_client().get("/courses/dayi/text").text
    changed = admin.post("/admin/broadcasts/1", data=form(start, replay_url="/courses/open/video"))
    assert changed.status_code == 302
    page = app.test_client().get("/courses/dayi/text").text
    assert 'href="/courses/open/video"' in page
    assert "live.example.cn" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://a.cn"}, "以 https:// 开头"),
        ({"ends": "2020-01-01T00:00"}, "结束时间要晚于开始时间"),
        ({"starts": "明天"}, "请选择日期和时间"),
        ({"replay_url": "//evil.example"}, "以 https:// 开头"),
        ({"title": ""}, "请填写名称"),
    ],
)
def test_a_wrong_form_says_what_to_do(people: Cast, changes: dict[str, str], words: str) -> None:
    answer = people.client("admin").post("/admin/broadcasts/new", data=form(NINE, **changes))
    assert answer.status_code == 422
    assert words in answer.text


def test_one_in_use_stays_and_only_authors_come_here(app: Flask, people: Cast) -> None:
    admin = people.client("admin")
    lesson_with_broadcast(app, admin, now())
    assert admin.post("/admin/broadcasts/1/delete").status_code == 409
    assert people.client("cadre").get("/admin/broadcasts/").status_code == 403
    assert app.test_client().get("/broadcasts/9.ics").status_code == 404

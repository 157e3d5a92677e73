"""Who is told what of a need, limits on working days, and needs as a table."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs.models import Need, limits_of
from sanshi_lms.community.needs.telling import ESCALATED_AFTER, tell_late
from sanshi_lms.community.needs.workdays import after_working, is_workday, knows
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, transaction
from sanshi_lms.notices import Notice
from tests.community.conftest import Place
from tests.community.test_needs import at_desk, by_code
from tests.people import Cast

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told(app: Flask) -> list[tuple[int, str]]:
    """Return who was told what, in order."""
    with app.app_context():
        query = select(Notice.user_id, Notice.title).where(Notice.topic == "needs")
        return [(row[0], row[1]) for row in db.session.execute(query.order_by(Notice.id))]


def test_each_step_is_told_to_whose_turn_it_is(app: Flask, people: Cast, place: Place) -> None:
    cadre, pro = people.client("cadre"), people.client("pro")
    need = place.file()
    assert told(app) == [(place.cadre_id, "有新的群众需求")]
    at_desk(cadre, app, need[0], "take")
    assert len(told(app)) == 1, "nobody is told of what they did themselves"
    at_desk(cadre, app, need[0], "assign", pro=place.pro_id)
    assert told(app)[1:] == [(place.pro_id, "社区请您帮忙")]
    at_desk(pro, app, need[0], "respond", words="下周来看")
    assert told(app)[2:] == [(place.cadre_id, "有一件需求回应了")]
    at_desk(cadre, app, need[0], "close", words="装好了")
    by_code(app, need, "reopen", words="又坏了")
    found = told(app)[3:]
    assert (place.cadre_id, "有一件需求说还没有解决") in found
    assert len(set(found)) == len(found)
    page = pro.get("/notices/").text
    assert "社区请您帮忙" in page
    assert "13812345678" not in page


def test_whoever_filed_it_with_an_account_hears_of_it(
    app: Flask, people: Cast, place: Place
) -> None:
    number = place.file()[0]
    with app.app_context(), transaction():
        need = db.session.get_one(Need, number)
        need.origin, need.filed_by_id = "pro", place.pro_id
    at_desk(people.client("cadre"), app, number, "take")
    at_desk(people.client("cadre"), app, number, "respond", words="我们来协调")
    assert (place.pro_id, "您提的需求回应了") in told(app)


def test_what_runs_late_is_told_once_and_goes_up_after_a_day(
    app: Flask, people: Cast, place: Place
) -> None:
    admin = people.id("admin")
    number = place.file()[0]
    with app.app_context(), transaction():
        need = db.session.get_one(Need, number)
        assert need.due_at
        assert need.warn_at
        due, warn = need.due_at, need.warn_at

    def told_at(moment: datetime) -> list[tuple[int, str]]:
        before = len(told(app))
        with app.app_context(), transaction():
            tell_late(moment)
        return told(app)[before:]

    assert told_at(warn) == [], "not before"
    assert told_at(warn + HOUR / 60) == [(place.cadre_id, "需求快要超时")]
    assert told_at(due - HOUR / 60) == []
    assert told_at(due) == [(place.cadre_id, "需求已经超时")]
    assert told_at(due + ESCALATED_AFTER - HOUR) == []
    assert told_at(due + ESCALATED_AFTER) == [(admin, "有需求超时未办，请督促")]
    assert told_at(due + 9 * DAY) == []


MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Chongqing


@pytest.mark.parametrize(
    ("began", "hours", "ends"),
    [
        (MONDAY, 24, datetime(2026, 3, 3, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 6, 1, 0, tzinfo=UTC), 24, datetime(2026, 3, 9, 1, 0, tzinfo=UTC)),
        # Reported on a Saturday: the clock begins on Monday.
        (datetime(2026, 3, 7, 1, 0, tzinfo=UTC), 1, datetime(2026, 3, 8, 17, 0, tzinfo=UTC)),
        # The days off in October, and the Saturday that is made up for them.
        (datetime(2026, 9, 30, 1, 0, tzinfo=UTC), 24, datetime(2026, 10, 8, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 9, 1, 0, tzinfo=UTC), 24, datetime(2026, 10, 10, 1, 0, tzinfo=UTC)),
        (MONDAY, 0, MONDAY),
    ],
)
def test_limits_skip_days_off(began: datetime, hours: int, ends: datetime) -> None:
    assert after_working(began, hours * HOUR) == ends


@given(st.integers(0, 11 * 366 * 24 * 60), st.integers(0, 400))
def test_working_time_only_grows_and_ends_on_a_working_day(minutes: int, hours: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    end = after_working(start, hours * HOUR)
    assert end >= start + hours * HOUR
    assert after_working(start, (hours + 1) * HOUR) > end
    if hours:
        assert is_workday(local(end - timedelta(microseconds=1)).date())


def test_years_that_are_not_published_go_by_the_week(people: Cast, place: Place) -> None:
    assert knows(2026)
    assert not knows(2099)
    assert is_workday(date(2099, 1, 1)) == (date(2099, 1, 1).weekday() < 5)
    page = people.client("admin").get(f"/admin/community/needs/kinds/{place.kind_id}").text
    assert "时限只算工作日" in page


def test_a_kind_on_working_days_moves_the_limits_of_open_needs(
    app: Flask, people: Cast, place: Place
) -> None:
    number = place.file()[0]
    admin, url = people.client("admin"), f"/admin/community/needs/kinds/{place.kind_id}"
    form = {
        "name": "加装电梯", "sign_hours": "240", "respond_hours": "240", "close_hours": "0",
        "confirm_hours": "0", "warn_percent": "25", "active": "y",
    }  # fmt: skip
    with app.app_context():
        assert (
            not limits_of(db.session.get_one(Kind, place.kind_id)).after(MONDAY, 240 * HOUR)
            - MONDAY
            - 240 * HOUR
        )
    assert admin.post(url, data=form).status_code == 302
    with app.app_context():
        plain = db.session.get_one(Need, number).due_at
    assert admin.post(url, data={**form, "working_days": "y"}).status_code == 302
    with app.app_context():
        working = db.session.get_one(Need, number).due_at
    assert plain
    assert working
    assert working >= plain + 2 * DAY, "ten days have at least one weekend"


def test_needs_as_a_table_without_codes_and_phones(people: Cast, place: Place) -> None:
    number, code = place.file("=HYPERLINK(1)")
    answer = people.client("admin").get("/community/needs/needs.xlsx?view=open")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    head, row = list(sheet.iter_rows(values_only=True))
    assert head[:4] == ("编号", "区县", "街镇", "社区")
    assert row[0] == str(number)
    assert sheet["F2"].value == "=HYPERLINK(1)"
    assert sheet["F2"].data_type == "s", "text, never a formula"
    assert not any(code in str(cell) or "138" in str(cell) for cell in row)
    assert people.client("cadre").get("/community/needs/needs.xlsx").status_code == 403

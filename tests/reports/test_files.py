"""Large files by a job, only for whoever asked; views, and schedules with their owner's reach."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sanshi_lms.account import User
from sanshi_lms.core import jobs as core_jobs
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.storage import storage
from sanshi_lms.notices import Notice
from sanshi_lms.reports import file_routes, hours, jobs, sheet
from sanshi_lms.reports.models import ReportFile, SavedView, Schedule
from sanshi_lms.reports.rules import KEPT
from tests.reports.conftest import OUTSIDE, City

FILES = "/admin/reports/files"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every report be too large to be written while somebody waits, and told at each part."""
    monkeypatch.setattr(file_routes, "AT_ONCE", 3)
    monkeypatch.setattr(core_jobs, "PROGRESS_EVERY", timedelta(0))
    for place in (sheet, hours):
        monkeypatch.setattr(place, "_PEOPLE_AT_ONCE", 2)


def ask(client: FlaskClient, query: str = "", form: str = "csv") -> None:
    answer = client.post("/admin/reports/sheet/file", data={"query": query, "format": form})
    assert answer.status_code == 302
    assert answer.location == FILES


def found_rows(city: City) -> int:
    with city.app.app_context():
        return db.session.query(User).filter(User.active).count()


def only_file(city: City) -> ReportFile:
    with city.app.app_context():
        return db.session.scalars(select(ReportFile)).one()


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_large_file_is_made_by_a_job_for_its_maker_alone(
    desk: FlaskClient, city: City, form: str
) -> None:
    ask(desk, form=form)
    ask(desk, form=form)  # a second click is the same file
    assert "生成进度" in desk.get(FILES).text
    found = only_file(city)
    assert desk.get(f"{FILES}/{found.id}").status_code == 404, "it is not made yet"
    with city.app.app_context():
        assert run_next("copy")
        assert not run_next("copy"), "one job for two clicks"
    with desk.get(f"{FILES}/{found.id}") as sent:
        assert sent.status_code == 200
        assert sent.headers["Cache-Control"] == "no-store"
        if form == "csv":
            text = sent.data.decode("utf-8-sig")
            assert "=王小明" in text
            assert len(text.splitlines()) == found_rows(city) + 1
    key = only_file(city).key or ""
    other = city.people.client("other_admin")
    assert other.get(f"{FILES}/{found.id}").status_code == 404
    assert other.post(f"{FILES}/{found.id}/delete").status_code == 404
    assert "人员课程表（" not in other.get(FILES).text
    with city.app.app_context():
        assert storage().exists(key)
    assert desk.post(f"{FILES}/{found.id}/delete").status_code == 302
    with city.app.app_context():
        assert not storage().exists(key)


@pytest.mark.usefixtures("large")
def test_a_file_is_forgotten_after_seven_days_with_its_bytes(desk: FlaskClient, city: City) -> None:
    ask(desk)
    with city.app.app_context():
        run_next("copy")
        assert not jobs.is_due()
        with transaction():
            old = now() - KEPT - timedelta(minutes=1)
            db.session.execute(update(ReportFile).values(ready_at=old))
    found = only_file(city)
    key = found.key or ""
    assert desk.get(f"{FILES}/{found.id}").status_code == 410
    with city.app.app_context():
        assert jobs.is_due()
        jobs.tidy()
        assert db.session.scalar(select(ReportFile)) is None
        assert not storage().exists(key)


@pytest.mark.usefixtures("large", "bounded")
def test_a_file_has_the_reach_of_its_owner_when_it_is_made(desk: FlaskClient, city: City) -> None:
    for report in ("sheet", "hours"):
        desk.post(f"/admin/reports/{report}/file", data={"query": "", "format": "csv"})
    with city.app.app_context():
        while run_next("copy"):
            pass
        for one in db.session.scalars(select(ReportFile)):
            text = storage().path(one.key or "").read_text("utf-8-sig")
            assert "李秀英" in text
            assert OUTSIDE not in text
            assert "南岸区" not in text


@pytest.mark.usefixtures("large")
def test_whoever_lost_the_right_gets_no_file(desk: FlaskClient, city: City) -> None:
    ask(desk)
    with city.app.app_context():
        with transaction():
            db.session.execute(
                update(User).where(User.id == city.people.id("admin")).values(role="author")
            )
        run_next("copy")
        assert db.session.scalars(select(Job)).one().state == "failed"
    assert only_file(city).ready_at is None


def save(client: FlaskClient, name: str, *, shared: bool = False) -> None:
    data = {
        "query": "status=open&role=cadre",
        "name": name,
        **({"shared": "yes"} if shared else {}),
    }
    assert client.post("/admin/reports/sheet/views", data=data).status_code == 302


def view_id(city: City) -> int:
    with city.app.app_context():
        return db.session.scalars(select(SavedView.id)).one()


def test_a_view_opens_its_filters_and_is_shared_only_when_said(
    desk: FlaskClient, city: City
) -> None:
    other = city.people.client("other_admin")
    save(desk, "没学完的干部")
    number = view_id(city)
    opened = desk.get(f"/admin/reports/views/{number}")
    assert opened.location == "/admin/reports/sheet?role=cadre&status=open"
    assert other.get(f"/admin/reports/views/{number}").status_code == 404
    assert "没学完的干部" not in other.get("/admin/reports/sheet").text
    save(desk, "没学完的干部", shared=True)
    assert view_id(city) == number, "the same name replaces"
    assert other.get(f"/admin/reports/views/{number}").status_code == 302
    assert "没学完的干部" in other.get("/admin/reports/sheet").text
    assert other.post(f"/admin/reports/views/{number}/delete").status_code == 404
    assert desk.post("/admin/reports/sheet/views", data={"name": " "}).status_code == 422
    assert desk.post(f"/admin/reports/views/{number}/delete").status_code == 302
    assert desk.get(f"/admin/reports/views/{number}").status_code == 404


@pytest.mark.usefixtures("bounded")
def test_a_view_is_shared_only_within_reach(desk: FlaskClient, city: City) -> None:
    other = city.people.client("other_admin")  # of no unit: out of reach
    save(other, "市里的视图", shared=True)
    assert desk.get(f"/admin/reports/views/{view_id(city)}").status_code == 404
    assert "市里的视图" not in desk.get("/admin/reports/sheet").text


@pytest.mark.usefixtures("bounded")
def test_a_schedule_makes_its_file_and_tells_its_owner(desk: FlaskClient, city: City) -> None:
    save(desk, "每周看一次")
    plan = {"every": "week", "format": "csv"}
    path = f"/admin/reports/views/{view_id(city)}/schedule"
    assert desk.post(path, data={**plan, "every": "year"}).status_code == 422
    assert desk.post(path, data=plan).status_code == 302
    assert desk.post(path, data=plan).status_code == 302  # twice is one
    with city.app.app_context():
        assert not jobs.is_due()
        missed(city, now() - timedelta(days=15))
        jobs.tidy()
        jobs.tidy()
        while run_next("copy"):
            pass
        file = db.session.scalars(select(ReportFile)).one()
        assert file.scheduled
        text = storage().path(file.key or "").read_text("utf-8-sig")
        assert "李秀英" in text
        assert OUTSIDE not in text
        notice = db.session.scalars(select(Notice).where(Notice.topic == "reports")).one()
        assert notice.user_id == city.people.id("admin")
        assert db.session.scalars(select(Schedule)).one().next_at > now()
    assert desk.get(notice.path).status_code == 200


def test_a_schedule_ends_when_its_owner_loses_the_right(desk: FlaskClient, city: City) -> None:
    save(desk, "每月看一次")
    path = f"/admin/reports/views/{view_id(city)}/schedule"
    desk.post(path, data={"every": "month", "format": "xlsx"})
    with city.app.app_context():
        missed(city, now() - timedelta(hours=1))
        with transaction():
            db.session.execute(
                update(User).where(User.id == city.people.id("admin")).values(role="author")
            )
        jobs.tidy()
        ended = db.session.scalars(select(Schedule)).one()
        assert ended.ended_at is not None
        assert "权限" in ended.why
        assert db.session.scalar(select(ReportFile)) is None
        assert not jobs.is_due()


def missed(city: City, at: datetime) -> None:
    assert city.class_id
    with transaction():
        db.session.execute(update(Schedule).values(next_at=at))

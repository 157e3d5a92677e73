"""Every report: right figures, nobody out of reach in page or file, no fault without data."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course
from sanshi_lms.credentials.ledger.actions import award_hours
from sanshi_lms.learning import watch_curve
from sanshi_lms.quizzes.actions import hand_in, save_answers, shown_items, start_attempt
from sanshi_lms.quizzes.queries import own_attempt
from sanshi_lms.reports.classes import groups, standings
from sanshi_lms.reports.compare import compared
from sanshi_lms.reports.counting import count_waiting
from sanshi_lms.reports.hours import hours_table
from sanshi_lms.reports.items import papers, questions
from sanshi_lms.reports.lectures import drop_of, lectures
from sanshi_lms.reports.making import MAKERS
from sanshi_lms.reports.rules import REPORTS, Filters
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.roster import add_person
from tests.credentials.ledger.conftest import put_in_force
from tests.people import Cast
from tests.quizzes.papers import make_paper
from tests.reports.conftest import OUTSIDE, START, City


def fill(city: City) -> dict[str, int]:
    """Give every report something to show, inside and outside; returns lesson and paper."""
    paper = make_paper(city.app)
    with city.app.app_context(), transaction():
        for name, hours in (("=王小明", 20), (f"{OUTSIDE}甲", 70)):
            award_hours(
                city.persons[name], "offline", "消防", source_ref=f"test:{hours}",
                at=datetime(2026, 3, 5, 1, tzinfo=UTC), hours=hours,
            )  # fmt: skip
        put_in_force("sample-90-hours")
        subject = db.session.get_one(TrainingClass, city.class_id)
        for username in ("p0001", "p0002", "p0003"):
            add_person(subject, username, START)
        lesson = city.watch("=王小明", "[[0,600000]]")
        city.watch("李秀英", "[[0,60000]]")
        city.watch(f"{OUTSIDE}甲", "[[0,30000]]")
        for name in ("李秀英", f"{OUTSIDE}乙"):
            started = start_attempt(paper, city.persons[name], START)
            attempt = own_attempt(started.id, city.persons[name])
            assert attempt is not None
            save_answers(attempt, {s.item.item_id: [0] for s in shown_items(attempt)}, START)
            hand_in(attempt, START)
    with city.app.app_context():
        count_waiting()
    return {"lesson": lesson, "paper": paper}


def test_districts_side_by_side(city: City) -> None:
    with city.app.app_context():
        count_waiting()
        everything = compared(Filters(), None)
        by_name = {one.name: one for one in everything.rows}
        first = by_name["渝中区"]
        assert (first.people, first.begun, first.finished) == (3, 2, 1)
        assert (by_name["南岸区"].people, by_name["南岸区"].finished) == (1, 1)
        assert by_name["不属于以上单位的人"].finished == 1
        assert first.few
        assert everything.median is None, "of districts with few people nothing follows"
        below = compared(Filters(unit=city.units["渝中区"]), None)
        assert {(one.name, one.people, one.begun) for one in below.rows} == {
            ("渝中区（本级）", 1, 1), ("石油路街道", 2, 1),
        }  # fmt: skip
        lift = compared(Filters(courses=(city.courses["加装电梯"],)), None)
        assert {one.name: one.finished for one in lift.rows}["南岸区"] == 1
        assert {one.name: one.finished for one in lift.rows}["渝中区"] == 0
        other_year = compared(Filters(year=2025), None)
        assert other_year.whole.begun == 0
        inside = compared(Filters(), city.inside)
        assert [one.name for one in inside.rows] == ["渝中区"]
        assert inside.whole.people == 3
        assert compared(Filters(unit=city.units["南岸区"]), city.inside).rows == []


def test_classes_count_only_people_within_reach(city: City) -> None:
    fill(city)
    with city.app.app_context():
        wanted = groups(Filters(group=f"class:{city.class_id}"), None)
        whole = standings(wanted, Filters(), None)[0]
        inside = standings(wanted, Filters(), city.inside)[0]
    assert (inside.people, inside.idle, inside.finished, inside.share) == (2, 1, 0, 0.0)
    assert (whole.people, whole.finished, round(whole.share, 2)) == (3, 1, 0.33)


def test_a_lecture_loses_people_where_they_left(city: City) -> None:
    made = fill(city)
    with city.app.app_context():
        drop = drop_of(made["lesson"], Filters(), city.inside)
        assert drop is not None
        assert (drop.curve.viewers, drop.curve.bucket) == (2, 3)
        assert drop.curve.still[19:21] == (2, 1)
        assert [(one.start, one.lost) for one in drop.falls] == [(48, 0.5)]
        everybody = watch_curve(made["lesson"])
        assert everybody.still[9:11] == (3, 2)
        assert [one.viewers for one in lectures(Filters(), city.inside)] == [2]


def test_questions_count_the_answers_of_those_within_reach(city: City) -> None:
    fill(city)
    with city.app.app_context():
        for units, asked in ((city.inside, 1), (None, 2)):
            rows = questions(Filters(), units, papers(Filters(), units))
            assert [one.figures.sums.asked for one in rows] == [asked] * 3


def test_hours_of_a_year_stand_against_the_target(city: City) -> None:
    fill(city)
    with city.app.app_context():
        table = hours_table(Filters(year=2026), city.inside, now())
        rows = {str(row[0]): row for part in table.parts() for row in part}
        assert table.head[5:9] == ("公需", "专业", "合计", "年度要求")
        assert rows["=王小明"][5:10] == [0.0, 20.5, 20.5, 90.0, "未达标"]
        assert list(rows) == ["刘建国", "李秀英", "=王小明"], "who has least stands first"
        whole = hours_table(Filters(year=2026), None, now())
        assert [str(row[0]) for part in whole.parts() for row in part][-1] == f"{OUTSIDE}甲"


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_without_data_and_with_hostile_filters(
    app: Flask, people: Cast, report: str
) -> None:
    client = people.client("admin")
    for query in ("", "unit=999&year=1&group=class:x&courses=0&courses=9", "page=99&sort=x&q=%"):
        assert client.get(f"/admin/reports/{report}?{query}").status_code == 200, query
        sent = client.post(f"/admin/reports/{report}/file", data={"query": query, "format": "csv"})
        assert sent.status_code == 200, query
    with app.app_context():
        assert set(MAKERS) == set(REPORTS)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.usefixtures("bounded")
def test_no_report_shows_who_is_out_of_reach(desk: FlaskClient, city: City, report: str) -> None:
    made = fill(city)
    only = f"unit={city.units['南岸区']}"
    for query in ("", only, f"lesson={made['lesson']}", f"paper={made['paper']}", "year=2026"):
        page = desk.get(f"/admin/reports/{report}?{query}").text
        assert OUTSIDE not in page
        assert "南岸区" not in page
        sent = desk.post(f"/admin/reports/{report}/file", data={"query": query, "format": "csv"})
        text = sent.data.decode("utf-8-sig")
        assert OUTSIDE not in text
        assert "南岸区" not in text
        assert next(csv.reader(io.StringIO(text)))


def test_no_report_names_a_draft(desk: FlaskClient, city: City) -> None:
    made = fill(city)
    with city.app.app_context(), transaction():
        fire = db.session.get_one(Course, city.courses["消防"])
        fire.status, fire.title = "draft", "草稿机密"
    asked = f"?courses={city.courses['消防']}"
    for path in (f"sheet{asked}", "sheet", f"compare{asked}", f"lectures{asked}", "lectures"):
        assert "草稿机密" not in desk.get(f"/admin/reports/{path}").text, path
    assert desk.get(f"/admin/reports/lectures?lesson={made['lesson']}").status_code == 404


def test_the_index_says_what_each_report_answers(desk: FlaskClient) -> None:
    page = desk.get("/admin/reports/").text
    assert [one.title for one in REPORTS.values() if one.answers not in page] == []
    assert "报表" in desk.get("/admin/").text

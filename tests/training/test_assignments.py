"""Assigning, who is added later, withdrawing, extending, exempting, and what a day's tick sends."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.account import Unit, User, place_person
from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.reach import EVERYTHING
from sanshi_lms.learning import duties_of
from sanshi_lms.notices import daily
from sanshi_lms.training.assignments import queries
from sanshi_lms.training.assignments.actions import exempt, extend, withdraw
from sanshi_lms.training.assignments.jobs import REMINDERS
from sanshi_lms.training.assignments.models import Assignment
from sanshi_lms.training.assignments.queries import assigned, count_people, people_of
from sanshi_lms.training.assignments.reminders import remind
from sanshi_lms.training.assignments.rules import Audience
from tests.people import Cast
from tests.training.duty_world import DUE, START, Street, settle


@pytest.fixture
def street(app: Flask, people: Cast) -> Street:
    return settle(app, people)


def tick(street: Street, at: datetime) -> int:
    with street.app.app_context(), transaction():
        return remind(at)


def local_time(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL_ZONE)


def on(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


def test_whom_an_audience_means(street: Street) -> None:
    ids = street.people.id
    with street.app.app_context():
        for audience, expected in (
            (Audience(unit_ids=frozenset({street.street})), {"cadre", "other_cadre"}),
            (Audience(posts=frozenset({"网格员"})), {"cadre"}),
            (Audience(user_ids=frozenset({ids("cadre")})), {"cadre"}),
            (Audience(roles=frozenset({"pro"})), {"pro"}),
            (Audience(frozenset({street.street}), frozenset({"pro"})), set()),
        ):
            assert {one.id for one in people_of(audience)} == {ids(part) for part in expected}


def test_everybody_hit_is_told_once_and_whoever_is_done_is_not(street: Street) -> None:
    street.complete("other_cadre")
    number = street.assign()
    assert street.titles("cadre") == ["新的必修任务：消防必修"]
    assert street.titles("other_cadre") == street.titles("pro") == []
    with street.app.app_context():
        assert count_people([number], EVERYTHING) == {number: 2}


def test_the_same_form_twice_is_one_assignment(street: Street) -> None:
    with street.app.app_context(), transaction():
        street.assigned = lambda: 0  # type: ignore[method-assign]  # the same key each time
    assert street.assign() == street.assign()
    assert len(street.titles("cadre")) == 1


def test_nobody_is_no_audience(street: Street) -> None:
    with pytest.raises(Refusal, match="没有人符合"):
        street.assign(audience=Audience(posts=frozenset({"国王"})))


def test_whoever_joins_the_unit_later_is_added_and_has_some_days(street: Street) -> None:
    follows = street.assign(due_on=queries.local_today() + timedelta(days=3))
    fixed = street.assign(title="固定", follows=False)
    pro = street.people.id("pro")
    with street.app.app_context(), transaction():
        unit = db.session.get_one(Unit, street.community)
        place_person(db.session.get_one(User, pro), unit, "规划师")
    assert street.titles("pro") == ["新的必修任务：消防必修"]
    with street.app.app_context():
        row = queries.assigned(follows, pro)
        assert row is not None
        assert row.due_on == queries.local_today() + timedelta(days=30)
        assert queries.assigned(fixed, pro) is None


def test_whoever_leaves_the_unit_is_let_go_in_words_and_asked_again_on_return(
    street: Street,
) -> None:
    follows = street.assign()
    street.assign(title="固定", follows=False)
    cadre = street.people.id("cadre")

    def place(unit_id: int | None) -> None:
        with street.app.app_context(), transaction():
            unit = db.session.get_one(Unit, unit_id) if unit_id else None
            place_person(db.session.get_one(User, cadre), unit, "网格员")

    place(None)
    assert street.titles("cadre")[-1] == "不用再学了：消防必修"
    tick(street, on(16))
    assert "还有 14 天：消防必修" not in street.titles("cadre")
    assert "还有 14 天：固定" in street.titles("cadre"), "of one moment: it stays"
    with street.app.app_context():
        assert queries.assigned(follows, cadre) is not None, "kept as history"
        assert [duty.why for duty in duties_of(cadre)] == ["必修：固定"]
        states = {c.person.id: c.state for c in queries.cells(queries.running(), DUE)}
        assert states[street.people.id("other_cadre")] == "soon"
    page = street.people.client("cadre").get("/training/duties").text
    assert "已调离，不再要求" in page
    place(street.community)
    tick(street, on(23))
    assert "还有 7 天：消防必修" in street.titles("cadre")


def test_whoever_comes_to_fit_by_a_role_is_added_by_the_tick(street: Street) -> None:
    street.assign(audience=Audience(roles=frozenset({"pro"})))
    with street.app.app_context(), transaction():
        db.session.get_one(User, street.people.id("resident")).role = "pro"
    tick(street, on(3))
    tick(street, on(3))
    assert street.titles("resident") == ["新的必修任务：消防必修"]


def test_a_ladder_stops_when_it_is_done(street: Street) -> None:
    street.assign()
    for day in (15, 16, 17, 22, 23):
        tick(street, on(day))
        tick(street, on(day))
    assert street.titles("cadre")[1:] == ["还有 14 天：消防必修", "还有 7 天：消防必修"]
    street.complete("cadre")
    for day in (29, 30):
        tick(street, on(day))
    tick(street, on(10, 12))
    assert len(street.titles("cadre")) == 3
    assert street.titles("other_cadre")[-1] == "已经过期 10 天：消防必修"


def test_a_leader_hears_weekly_while_somebody_is_overdue(street: Street) -> None:
    street.assign()
    tick(street, on(30))
    assert street.titles("author") == []
    for day in (1, 2, 3, 7, 8):
        tick(street, on(day, 12))
    assert street.titles("author") == ["本单位有 2 人必修逾期"] * 2
    street.complete("cadre")
    street.complete("other_cadre")
    tick(street, on(14, 12))
    assert len(street.titles("author")) == 2


@pytest.mark.parametrize("seed", range(3))
def test_random_ticks_of_a_season_never_tell_twice(street: Street, seed: int) -> None:
    """Restarts at any hour: no title of a turn comes twice, nothing comes after it is done."""
    dice = random.Random(seed)
    street.assign()
    done_at = START + timedelta(days=dice.randrange(60))
    moments = sorted(START + timedelta(hours=dice.randrange(24 * 70)) for _ in range(40))
    for moment in (one for one in moments if one < done_at):
        tick(street, moment)
    street.complete("cadre")
    told = street.titles("cadre")
    assert len(told) <= 1 + 3 + 4
    assert len(set(told)) == len(told)
    for moment in (one for one in moments if one >= done_at):
        tick(street, moment)
    assert street.titles("cadre") == told


def test_withdrawing_extending_exempting(street: Street) -> None:
    number = street.assign()
    cadre, other = street.people.id("cadre"), street.people.id("other_cadre")
    with street.app.app_context(), transaction():
        subject = db.session.get_one(Assignment, number)
        row, other_row = assigned(number, cadre), assigned(number, other)
        assert row is not None
        assert other_row is not None
        with pytest.raises(Refusal, match="要晚于"):
            extend(subject, row, DUE, "产假", START)
        extend(subject, row, date(2027, 1, 15), "产假", START)
        exempt(subject, other_row, "市里学过", START)
        exempt(subject, other_row, "又一次", START)
    tick(street, on(10, 12))
    assert street.titles("cadre")[1:] == ["必修任务延期到 1 月 15 日：消防必修"]
    assert street.titles("other_cadre")[1:] == ["您已免修：消防必修"]
    with street.app.app_context():
        (duty,) = duties_of(cadre)
        assert (duty.title, duty.done, duty.minutes) == ("消防", False, 5)
        assert str(duty.due_at) == "2027-01-15 23:59:59+08:00"
        assert duties_of(other) == []
    with street.app.app_context(), transaction():
        withdraw(db.session.get_one(Assignment, number), "布置错了", START)
        withdraw(db.session.get_one(Assignment, number), "两次", START)
    assert street.titles("cadre")[-1] == "必修任务已撤回：消防必修"
    assert street.titles("other_cadre")[-1] == "您已免修：消防必修"
    tick(street, on(10, 12) + timedelta(days=60))
    assert len(street.titles("cadre")) == 3
    with street.app.app_context():
        assert duties_of(cadre) == []


def test_the_tick_runs_once_a_day_and_not_at_night(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": local_time(16, 7, 59)}
    monkeypatch.setattr(daily, "now", lambda: clock["now"])
    street.assign()
    told = []
    with street.app.app_context():
        for moment in (
            local_time(16, 7, 59),
            local_time(16, 8),
            local_time(16, 20),
            local_time(16, 21),
            local_time(17, 3),
            local_time(17, 9),
        ):
            clock["now"] = moment
            due = REMINDERS.is_due()
            if due:
                REMINDERS.start()
                REMINDERS.start()
                while run_next("fast"):
                    pass
            told.append((due, len(street.titles("cadre"))))
        assert db.session.scalars(select(Job.state).where(Job.kind == REMINDERS.name)).all() == [
            "done",
            "done",
        ]
    assert told == [(False, 1), (True, 2), (False, 2), (False, 2), (False, 2), (True, 2)]

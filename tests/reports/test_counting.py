"""Sums stay what the rows say, whatever is done in whatever order; the check finds what differs."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, select, text, update

from sanshi_lms.account import User
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, transaction
from sanshi_lms.credentials import CreditEntry
from sanshi_lms.learning import Enrolment
from sanshi_lms.learning.actions import enrol
from sanshi_lms.reports import jobs, marks
from sanshi_lms.reports.checking import check
from sanshi_lms.reports.counting import count_waiting, waiting
from sanshi_lms.reports.models import Mark, PersonYear, UnitCourse
from tests.reports.conftest import START, City


def by_hand() -> tuple[dict[object, object], dict[object, object]]:
    """Count in plain Python what the tables of sums must hold."""
    courses: Counter[object] = Counter()
    people: Counter[object] = Counter()
    rows = db.session.execute(select(Enrolment, User).join(User, User.id == Enrolment.user_id))
    for found, person in rows:
        if not person.active:
            continue
        for place, at in ((0, found.enrolled_at), (1, found.completed_at)):
            if at is not None:
                year, unit = local(at).year, person.unit_id or 0
                courses[found.course_id, unit, person.role, year, place] += 1
                for one in (year, 0):
                    people[person.id, one, unit, person.role, place] += 1
    lines = db.session.execute(select(CreditEntry, User).join(User, User.id == CreditEntry.user_id))
    for line, person in lines:
        for one in (line.year, 0) if person.active else ():
            people[person.id, one, person.unit_id or 0, person.role, 2] += int(line.hours * 100)
    return dict(courses), dict(people)


def kept() -> tuple[dict[object, object], dict[object, object]]:
    """Return what the tables of sums hold, in the same form."""
    courses: dict[object, object] = {}
    for one in db.session.scalars(select(UnitCourse)):
        for place, number in enumerate((one.begun, one.finished)):
            if number:
                courses[one.course_id, one.unit_id, one.role, one.year, place] = number
    people: dict[object, object] = {}
    for row in db.session.scalars(select(PersonYear)):
        for place, number in enumerate((row.begun, row.finished, row.hours)):
            if number:
                people[row.user_id, row.year, row.unit_id, row.role, place] = number
    return courses, people


def test_all_triggers_stand_after_all_migrations(app: Flask) -> None:
    """A migration that rebuilds a watched table on SQLite must make them again."""
    with app.app_context():
        assert marks.missing() == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_stay_right_whatever_is_done(city: City, seed: int) -> None:
    chance = random.Random(seed)
    people = list(city.persons.values())
    with city.app.app_context():
        for _ in range(6):
            with transaction():
                for _ in range(8):
                    do_something(city, chance, people)
            if chance.random() < 0.6:
                count_waiting()
        count_waiting()
        assert kept() == by_hand()
        assert check(mend=False).good
        assert waiting() == 0


def do_something(city: City, chance: random.Random, people: list[int]) -> None:
    """Learn, move, leave, come back, or lose a record: as an application or as plain SQL."""
    user_id, course_id = chance.choice(people), chance.choice(list(city.courses.values()))
    mine = (Enrolment.user_id == user_id) & (Enrolment.course_id == course_id)
    what = chance.randrange(7)
    at = datetime(chance.choice((2024, 2025)), 12, 31, chance.choice((15, 17)), tzinfo=UTC)
    if what == 0 and db.session.scalar(select(Enrolment.id).where(mine)) is None:
        db.session.add(
            Enrolment(user_id=user_id, course_id=course_id, enrolled_at=at, active_at=at)
        )
    elif what == 1:
        db.session.execute(update(Enrolment).where(mine).values(completed_at=at))
    elif what == 2:
        db.session.execute(delete(Enrolment).where(mine))
    elif what == 3:
        unit = chance.choice([None, *city.units.values()])
        db.session.execute(update(User).where(User.id == user_id).values(unit_id=unit))
    elif what == 4:
        role = chance.choice(("cadre", "pro"))
        db.session.execute(update(User).where(User.id == user_id).values(role=role))
    elif what == 5:
        active = chance.random() < 0.7
        db.session.execute(update(User).where(User.id == user_id).values(active=active))
    else:
        db.session.execute(update(Enrolment).where(mine).values(completed_at=None))
    db.session.flush()


def learn_and_fail(city: City) -> None:
    with transaction():
        city.learn("刘建国", "消防", 4)
        raise ZeroDivisionError


def test_what_is_rolled_back_leaves_no_mark_and_what_is_read_writes_none(city: City) -> None:
    with city.app.app_context():
        count_waiting()
        with pytest.raises(ZeroDivisionError):
            learn_and_fail(city)
        assert waiting() == 0
        with transaction():
            moved = update(Enrolment).values(active_at=START + timedelta(days=3))
            db.session.execute(moved)
        with transaction():
            enrol(city.persons["=王小明"], city.courses["消防"], START + timedelta(days=4))
        assert waiting() == 0, "being active again changes no sum"
        with transaction():
            enrol(city.persons["刘建国"], city.courses["消防"], START)
        assert waiting() == 1
        assert jobs.has_waiting()
        jobs.count_up()
        assert not jobs.has_waiting()


def test_a_count_that_dies_half_way_is_done_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanshi_lms.reports import counting

    with city.app.app_context():
        whole = counting._count_people

        def dies(ids: list[int]) -> None:
            whole(ids)
            raise KeyboardInterrupt

        with transaction():
            db.session.execute(delete(Mark).where(Mark.user_id.is_(None)))
        monkeypatch.setattr(counting, "_count_people", dies)
        with pytest.raises(KeyboardInterrupt):
            count_waiting()
        assert waiting() > 0, "the marks went with nothing"
        monkeypatch.undo()
        count_waiting()
        assert kept() == by_hand()


def test_the_check_names_what_differs_and_mends_it(city: City) -> None:
    runner: FlaskCliRunner = city.app.test_cli_runner()
    assert "全部一致" in runner.invoke(args=["reports", "check"]).output
    with city.app.app_context(), transaction():
        db.session.execute(update(UnitCourse).values(finished=UnitCourse.finished + 1))
        db.session.execute(delete(PersonYear).where(PersonYear.user_id == city.persons["李秀英"]))
        db.session.add(
            PersonYear(user_id=city.persons["刘建国"], year=2020, unit_id=city.units["南岸区"],
                       role="pro", begun=3, finished=0, hours=0)
        )  # fmt: skip
        table = "" if db.engine.dialect.name == "sqlite" else " ON account_users"
        db.session.execute(text(f"DROP TRIGGER reports_mark_moved{table}"))
    parts = city.app.test_client().get("/healthz").get_json()["parts"]
    assert not parts["reports"]["ok"]
    found = runner.invoke(args=["reports", "check"])
    assert found.exit_code == 1
    assert "reports_mark_moved" in found.output
    assert "不一致" in found.output
    mended = runner.invoke(args=["reports", "check", "--mend"])
    assert mended.exit_code == 0
    assert "已重新计算" in mended.output
    assert city.app.test_client().get("/healthz").get_json()["parts"]["reports"]["ok"]
    assert "全部一致" in runner.invoke(args=["reports", "check"]).output
    with city.app.app_context():
        assert kept() == by_hand()

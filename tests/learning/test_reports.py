"""Reports of watching over HTTP: honest ones count, forged ones earn nothing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sanshi_lms.core.db import db
from sanshi_lms.learning.models import Completion, Enrolment, WatchRecord
from tests.learning.conftest import Clockwork, Lift
from tests.people import Cast


def send(
    client: FlaskClient, token: str, sequence: int, *played: tuple[float, float]
) -> dict[str, Any]:
    body = {
        "session": token,
        "sequence": sequence,
        "stretches": [list(pair) for pair in played],
        "position": played[-1][1] if played else 0,
    }
    answer = client.post("/api/v1/learning/reports", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def seen_ms(app: Flask, user_id: int, lesson_id: int) -> int:
    with app.app_context():
        record = db.session.get(WatchRecord, (user_id, lesson_id))
        return record.seen_ms if record else 0


def test_watching_through_completes_the_lesson(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    for number in range(1, 41):
        clock.on(15)
        last = send(client, token, number, ((number - 1) * 15, number * 15))
    assert last["lesson_complete"]
    assert last["share"] == 1
    assert not last["course_complete"]
    assert seen_ms(app, people.id("cadre"), lift.lecture) == 600_000


def test_watched_to_the_end_sent_once_earns_what_the_wait_was_worth(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    clock.on(5)
    answer = send(client, token, 1, (0, 600))
    assert (answer["earned_seconds"], answer["lost_seconds"]) == (10, 590)
    assert not answer["lesson_complete"]
    assert "没有计入" in answer["message"]
    assert seen_ms(app, people.id("cadre"), lift.lecture) == 10_000


def test_five_hundred_reports_in_a_second_earn_a_second(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    clock.on(1)
    for number in range(1, 501):
        send(client, token, number, (number, number + 1))
    assert seen_ms(app, people.id("cadre"), lift.lecture) <= 2_000 + 3_000


def test_hoarded_sessions_do_not_add_up(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client = people.client("cadre")
    hoard = [lift.token(people.id("cadre")) for _ in range(10)]
    clock.on(30)
    for number, token in enumerate(hoard):
        send(client, token, 1, (number * 60, number * 60 + 60))
    assert seen_ms(app, people.id("cadre"), lift.lecture) <= 63_000


def test_a_replayed_report_changes_nothing(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    clock.on(20)
    send(client, token, 1, (0, 20))
    clock.on(60)
    again = send(client, token, 1, (20, 80))
    assert again["reason"] == "repeated"
    assert seen_ms(app, people.id("cadre"), lift.lecture) == 20_000


def test_a_report_for_somebody_else_is_refused(people: Cast, lift: Lift) -> None:
    token = lift.token(people.id("cadre"))
    body = {"session": token, "sequence": 1, "stretches": [], "position": 0}
    thief = people.client("other_cadre")
    assert thief.post("/api/v1/learning/reports", json=body).status_code == 403


def test_a_visitor_is_told_to_sign_in(client: FlaskClient, people: Cast, lift: Lift) -> None:
    token = lift.token(people.id("cadre"))
    body = {"session": token, "sequence": 1, "stretches": []}
    assert client.post("/api/v1/learning/reports", json=body).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"session": "forged"},
        {"session": None},
        {"sequence": "1"},
        {"sequence": -1},
        {"sequence": True},
        {"sequence": 2**40},
        {"stretches": "all"},
        {"stretches": [[0]]},
        {"stretches": [[0, "x"]]},
        {"stretches": [[0, float("inf")]]},
        {"stretches": [[0, 1e308]]},
        {"stretches": [[0, 1]] * 201},
        {"position": None},
    ],
)
def test_nonsense_is_refused_in_a_sentence(
    people: Cast, lift: Lift, change: dict[str, object]
) -> None:
    body = {"session": lift.token(people.id("cadre")), "sequence": 1, "stretches": []} | change
    answer = people.client("cadre").post("/api/v1/learning/reports", json=body)
    assert answer.status_code == 400
    assert "刷新" in (answer.json or {})["error"]["message"]


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "1" * 5000])
def test_a_body_that_is_no_report_is_refused(people: Cast, text: str) -> None:
    answer = people.client("cadre").post(
        "/api/v1/learning/reports", data=text, content_type="application/json"
    )
    assert answer.status_code == 400


def test_rewatching_and_another_device_never_lower_anything(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    client, phone = people.client("cadre"), lift.token(people.id("cadre"))
    clock.on(60)
    send(client, phone, 1, (0, 60))
    desk = lift.token(people.id("cadre"))
    clock.on(30)
    assert send(client, desk, 1, (10, 40))["share"] == 0.1
    assert send(client, phone, 2, (60, 90))["reason"] == "superseded"
    assert seen_ms(app, people.id("cadre"), lift.lecture) == 60_000


def test_the_first_report_enrols_once(app: Flask, people: Cast, lift: Lift) -> None:
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    send(client, token, 1)
    send(client, token, 2)
    with app.app_context():
        assert db.session.scalar(select(func.count(Enrolment.id))) == 1
        assert db.session.scalar(select(Completion)) is None

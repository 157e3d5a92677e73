"""Rules in the database and on pages: versions, who uses which, and what they make of reports."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning import rule_for, use_class_rules
from sanshi_lms.learning.actions import pass_quiz
from sanshi_lms.learning.models import Completion
from sanshi_lms.learning.ruling import LearningRule, Rule
from sanshi_lms.learning.ruling.actions import add_rule, change_rule, choose_rule
from tests.learning.conftest import Clockwork, Lift
from tests.learning.test_reports import seen_ms
from tests.people import Cast

FORM: dict[str, Any] = {
    "name": "严格版",
    "share_percent": "100",
    "fastest_percent": "150",
    "in_order": "1",
    "presence_minutes": "10",
    "questions": "y",
    "reading_percent": "50",
    "tick": "y",
    "quiz_percent": "80",
}


def use(app: Flask, lift: Lift, rule: Rule) -> int:
    """Let the course use `rule`; return the id of its version."""
    with app.app_context(), transaction():
        row = add_rule(rule, None, now())
        lesson = get_lesson(lift.text)
        assert lesson is not None
        choose_rule(lesson.course, row, now())
        return row.id


def send(
    client: FlaskClient,
    token: str,
    number: int,
    *played: tuple[float, float],
    present: bool = False,
) -> dict[str, Any]:
    body = {"session": token, "sequence": number, "stretches": played, "present": present}
    answer = client.post("/api/v1/learning/reports", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def test_without_a_choice_the_usual_rule_holds(app: Flask, people: Cast, lift: Lift) -> None:
    with app.app_context():
        assert rule_for(people.id("cadre"), lift.course) == Rule()
    page = people.client("cadre").get("/courses/lift").text
    assert Rule().sentence(asked=False) in page


def test_an_administrator_makes_chooses_and_changes_a_rule(
    app: Flask, people: Cast, lift: Lift
) -> None:
    admin = people.client("admin")
    assert admin.post("/admin/learning/rules/new", data=FORM).status_code == 302
    assert admin.post("/admin/learning/rules/new", data=FORM).status_code == 422, "a taken name"
    with app.app_context():
        row = db.session.scalars(select(LearningRule).where(LearningRule.name == "严格版")).one()
        sentence, number = row.rule.sentence(asked=False), row.id
    chosen = {"rule_id": number}
    path = f"/admin/learning/rules/courses/{lift.course}"
    for _ in range(2):
        assert admin.post(path, data=chosen).status_code == 302
    assert sentence in admin.get(f"/admin/courses/{lift.course}").text
    assert sentence in people.client("cadre").get("/courses/lift").text, "the same for both"
    again = {**FORM, "quiz_percent": "90", "move_courses": "y"}
    assert admin.post(f"/admin/learning/rules/{number}", data=again).status_code == 302
    assert admin.post(f"/admin/learning/rules/{number}", data=again).status_code == 409
    with app.app_context():
        rule = rule_for(None, lift.course)
        assert (rule.version, rule.quiz_percent) == (2, 90)
        assert db.session.get_one(LearningRule, number).quiz_percent == 80
    page = admin.get("/admin/learning/rules/").text
    assert "严格版（第 2 版）" in page
    assert "以前的版本" in page
    assert admin.post(path, data={"rule_id": "x"}).status_code == 302
    assert admin.post(path, data={"rule_id": ""}).status_code == 302
    with app.app_context():
        assert rule_for(None, lift.course) == Rule()


def test_the_same_numbers_make_no_version_and_courses_may_stay(
    app: Flask, people: Cast, lift: Lift
) -> None:
    del people
    use(app, lift, Rule(name="甲"))
    with app.app_context(), transaction():
        row = db.session.scalars(select(LearningRule).where(LearningRule.name == "甲")).one()
        assert change_rule(row, row.rule, None, now(), move_courses=True) is row
        change_rule(row, replace(row.rule, share=0.5), None, now(), move_courses=False)
    with app.app_context():
        assert rule_for(None, lift.course).share == 0.9


@pytest.mark.parametrize("change", ["UPDATE {} SET share_percent = 10", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_version(app: Flask, change: str) -> None:
    with app.app_context(), pytest.raises(DBAPIError, match="never changed"), transaction() as s:
        s.execute(text(change.format("learning_rules")))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("share_percent", "9", "请填写 10 到 100 之间的整数。"),
        ("fastest_percent", "16 倍", "请填写整数。"),
        ("name", "", "请给规则起个名字。"),
        ("in_order", "7", "请从列出的选项里选。"),
        ("presence_minutes", "-1", "请填写 0 到 120 之间的整数。"),
    ],
)
def test_a_wrong_form_says_what_to_do(people: Cast, field: str, value: str, words: str) -> None:
    answer = people.client("admin").post("/admin/learning/rules/new", data={**FORM, field: value})
    assert answer.status_code == 422
    assert words in answer.text


def test_nobody_else_makes_rules(client: FlaskClient, people: Cast, lift: Lift) -> None:
    assert client.get("/admin/learning/rules/").status_code == 302
    for part in ("author", "cadre"):
        other = people.client(part)
        assert other.get("/admin/learning/rules/").status_code == 403
        assert other.post("/admin/learning/rules/new", data=FORM).status_code == 403
        path = f"/admin/learning/rules/courses/{lift.course}"
        assert other.post(path, data={"rule_id": 1}).status_code == 403
    page = people.client("author").get(f"/admin/courses/{lift.course}").text
    assert Rule().sentence(asked=False) in page


def test_another_rule_becomes_the_usual_one(app: Flask, people: Cast, lift: Lift) -> None:
    with app.app_context(), transaction():
        number = add_rule(Rule(name="乙", share=0.8), None, now()).id
    admin = people.client("admin")
    assert admin.post(f"/admin/learning/rules/{number}/default").status_code == 302
    assert admin.post("/admin/learning/rules/999/default").status_code == 404
    with app.app_context():
        assert rule_for(None, lift.course).name == "乙"


def test_a_class_has_a_rule_of_its_own(app: Flask, people: Cast, lift: Lift) -> None:
    me, other = people.id("cadre"), people.id("pro")
    with app.app_context(), transaction():
        number = add_rule(Rule(name="培训班", share=1.0), None, now()).id
    use_class_rules(app, lambda pairs: {pair: number for pair in pairs if pair[0] == me})
    with app.app_context():
        assert rule_for(me, lift.course).name == "培训班"
        assert rule_for(other, lift.course) == Rule()
        assert rule_for(None, lift.course) == Rule()


def test_in_order_only_what_goes_on_counts(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    use(app, lift, Rule(name="顺序", in_order=True))
    me, client = people.id("cadre"), people.client("cadre")
    token = lift.token(me)
    clock.on(60)
    assert send(client, token, 1, (0, 20))["reason"] is None
    answer = send(client, token, 2, (300, 320))
    assert (answer["earned_seconds"], answer["reason"]) == (0, "out_of_order")
    assert "按顺序看" in answer["message"]
    assert seen_ms(app, me, lift.lecture) == 20_000
    clock.on(60)
    assert send(client, token, 3, (20, 60))["earned_seconds"] == 40


def test_signs_of_life(app: Flask, people: Cast, lift: Lift, clock: Clockwork) -> None:
    """A page that plays on alone earns until the question, and again after the answer."""
    use(app, lift, Rule(name="在看吗", presence_minutes=1, share=1.0))
    me, client = people.id("cadre"), people.client("cadre")
    token = lift.token(me)
    earned = 0.0
    for number in range(1, 9):  # two minutes alone
        clock.on(15)
        answer = send(client, token, number, ((number - 1) * 15, number * 15))
        earned += answer["earned_seconds"]
    assert earned == 65, "a minute, and the moment until the player has stopped"
    assert answer["reason"] == "unattended"
    clock.on(15)
    answer = send(client, token, 9, (120, 135), present=True)
    assert (answer["earned_seconds"], answer["reason"]) == (15, None)
    clock.on(3600)  # an hour at lunch, then a late answer: what was seen is still there
    assert send(client, token, 10, (65, 80), present=True)["earned_seconds"] == 15
    assert seen_ms(app, me, lift.lecture) == 95_000
    fresh = lift.token(me)  # opening the page is a sign, too
    clock.on(60)
    assert send(client, fresh, 1, (200, 260))["earned_seconds"] == 60


def test_whole_means_to_the_end_and_not_to_the_millisecond(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork
) -> None:
    use(app, lift, Rule(name="全部", share=1.0))
    client, token = people.client("cadre"), lift.token(people.id("cadre"))
    clock.on(600)
    assert not send(client, token, 1, (0, 597))["lesson_complete"]
    assert send(client, token, 2, (597, 598.5))["lesson_complete"]


def test_a_quiz_needs_the_score_of_the_rule(app: Flask, people: Cast, lift: Lift) -> None:
    number = use(app, lift, Rule(name="八十分", quiz_percent=80))
    me = people.id("cadre")
    for score, completed in ((79, []), (80, [number]), (95, [number])):
        with app.app_context(), transaction():
            pass_quiz(me, lift.paper, score, now())
        with app.app_context():
            assert list(db.session.scalars(select(Completion.rule_id))) == completed


def beat(client: FlaskClient, token: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/learning/reading", json={"session": token, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


@pytest.mark.parametrize("tick", [True, False])
def test_a_text_counts_after_its_time(
    app: Flask, people: Cast, lift: Lift, clock: Clockwork, tick: bool
) -> None:
    use(app, lift, Rule(name="读够", reading_percent=10, tick=tick))  # a minute of ten
    me, client = people.id("cadre"), people.client("cadre")
    page = client.get("/courses/lift/reading").text
    assert "还要再读 1 分钟。" in page
    assert ("我读完了</button>" in page) is tick
    path = f"/learning/lessons/{lift.text}/read"
    refused = client.post(path)
    assert refused.status_code == 422
    assert "还要再读 1 分钟。" in refused.text
    token = lift.token(me, lift.text, minutes=0)
    for _ in range(3):
        clock.on(15)
        assert not beat(client, token)["complete"]
    clock.on(600)  # a page that said nothing was not read
    assert beat(client, token)["spent_seconds"] == 45
    clock.on(20)
    assert beat(client, token, back=True)["spent_seconds"] == 45
    clock.on(15)
    last = beat(client, token)
    assert (last["spent_seconds"], last["complete"]) == (60, not tick)
    if tick:
        assert client.post(path).status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Completion)) == 1


def test_reading_is_not_forged(app: Flask, people: Cast, lift: Lift, clock: Clockwork) -> None:
    use(app, lift, Rule(name="读够", reading_percent=10, tick=False))
    me, client = people.id("cadre"), people.client("cadre")
    hoard = [lift.token(me, lift.text, minutes=0) for _ in range(8)]
    clock.on(10)
    spent = [beat(client, token)["spent_seconds"] for token in hoard for _ in range(5)]
    assert max(spent) == 10, "many tabs and many beats in one moment are one person for 10 s"
    old, new = lift.token(me, lift.text, minutes=0), None
    clock.on(1)
    new = lift.token(me, lift.text, minutes=0)
    beat(client, new)
    assert beat(client, old)["superseded"]
    path = "/api/v1/learning/reading"
    assert client.post(path, json={"session": "x"}).status_code == 400
    assert client.post(path, data=b"[").status_code == 400
    assert client.post(path, json={"session": lift.token(me)}).status_code == 400, "a lecture"
    stranger = people.client("pro")
    assert stranger.post(path, json={"session": new}).status_code == 403
    assert app.test_client().post(path, json={"session": new}).status_code == 401

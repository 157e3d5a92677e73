"""Corrections of a record: asked for with a reason, decided by another, and all that follows."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.credentials import CreditEntry, certificates_of
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.learning.actions import complete_lesson
from sanshi_lms.learning.corrections.actions import ask_correction, decide
from sanshi_lms.learning.corrections.models import Correction, CorrectionDecision
from sanshi_lms.learning.corrections.queries import find_correction, is_taken_back
from sanshi_lms.learning.corrections.rules import (
    Amount,
    decider_problem,
    reason_problem,
    request_problem,
)
from sanshi_lms.learning.models import Completion, Enrolment, WatchRecord
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.notices import Notice
from sanshi_lms.quizzes import Paper
from tests.learning.conftest import Lift
from tests.people import Cast
from tests.quizzes.papers import make_paper

WHY = "停电后重学过，有签到表"


def lesson_of(lesson_id: int) -> Lesson:
    found = get_lesson(lesson_id)
    assert found is not None
    return found


def correct(
    app: Flask,
    people: Cast,
    user_id: int,
    lesson_id: int,
    kind: str,
    amount: Amount = Amount(),  # noqa: B008 - frozen
) -> int:
    """Ask as the administrator and approve as a second one; return the correction's id."""
    one, two = people.id("admin"), people.id("other_admin")
    with app.app_context():
        with transaction():
            number = ask_correction(user_id, lesson_of(lesson_id), kind, WHY, one, now(), amount).id
        with transaction():
            row = find_correction(number, EVERYTHING)
            assert row is not None
            decide(row, two, "已核对", now(), approved=True)
        return number


@pytest.fixture(autouse=True)
def second_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("tests.people").people.NAMES, "other_admin", "管理员吴霞")


@pytest.mark.parametrize(
    ("kind", "lesson_kind", "amount", "words"),
    [
        ("add_time", "video", Amount(0, 300), ""),
        ("cut_time", "video", Amount(60, 61), ""),
        ("add_time", "video", Amount(0, 302), "不在视频里"),
        ("add_time", "video", Amount(9, 9), "不在视频里"),
        ("add_time", "video", Amount(None, 9), "几分几秒"),
        ("cut_time", "reading", Amount(0, 9), "只有视频课"),
        ("score", "quiz", Amount(percent=0), ""),
        ("score", "quiz", Amount(percent=101), "0 到 100"),
        ("score", "quiz", Amount(), "0 到 100"),
        ("score", "video", Amount(percent=90), "只有测验"),
        ("complete", "reading", Amount(), ""),
    ],
)
def test_what_a_correction_states(kind: str, lesson_kind: str, amount: Amount, words: str) -> None:
    found = amount.problem(kind, lesson_kind, 300.0)
    assert words in found if found else not words


def test_minutes_are_added_and_taken_out_and_completion_follows(
    app: Flask, people: Cast, film: Lift
) -> None:
    me, client = people.id("cadre"), people.client("cadre")
    correct(app, people, me, film.lecture, "add_time", Amount(0, 100))
    with app.app_context():
        assert db.session.scalars(select(WatchRecord.seen_ms)).one() == 100_000
        assert completed_among(me, [film.lecture]) == set()
    last = correct(app, people, me, film.lecture, "add_time", Amount(90, 300))
    with app.app_context():
        assert db.session.get_one(Completion, (me, film.lecture)).reason == "corrected"
        assert db.session.get_one(CorrectionDecision, last).before == {"seen": [[0, 100_000]]}
        assert db.session.scalars(select(Notice.title)).all()[-1].endswith("（1:30 到 5:00）")
    correct(app, people, me, film.lecture, "cut_time", Amount(0, 60))
    with app.app_context():
        assert db.session.scalars(select(WatchRecord.seen_ms)).one() == 240_000
        assert completed_among(me, [film.lecture]) == set()
        assert not is_taken_back(me, film.lecture), "it can be seen again"
    assert "扣除一段观看（0:00 到 1:00）" in client.get("/learning/corrections").text


def test_a_score_is_corrected_both_ways(app: Flask, people: Cast, film: Lift) -> None:
    me, paper = people.id("cadre"), make_paper(app)
    with app.app_context(), transaction() as session:
        session.execute(update(Lesson).where(Lesson.id == film.quiz).values(target_id=paper))
        least = session.get_one(Paper, paper).pass_percent
    correct(app, people, me, film.quiz, "score", Amount(percent=least - 1))
    with app.app_context():
        assert completed_among(me, [film.quiz]) == set()
        assert not is_taken_back(me, film.quiz), "there was nothing to take back"
    correct(app, people, me, film.quiz, "score", Amount(percent=least))
    with app.app_context():
        assert completed_among(me, [film.quiz]) == {film.quiz}
    correct(app, people, me, film.quiz, "score", Amount(percent=0))
    with app.app_context():
        assert completed_among(me, [film.quiz]) == set()
        assert is_taken_back(me, film.quiz)


@pytest.mark.parametrize(
    ("kind", "completed", "waiting", "own", "fine"),
    [("complete", False, False, False, True), ("complete", True, False, False, False),
     ("revoke", True, False, False, True), ("revoke", False, False, False, False),
     ("complete", False, True, False, False), ("complete", False, False, True, False),
     ("x", False, False, False, False)],
)  # fmt: skip
def test_what_can_be_asked_for(
    kind: str, completed: bool, waiting: bool, own: bool, fine: bool
) -> None:
    found = request_problem(kind, completed=completed, waiting=waiting, own=own)
    assert (found is None) is fine


def test_who_decides_and_what_a_reason_is() -> None:
    assert decider_problem(1, 1, 3)
    assert decider_problem(3, 1, 3)
    assert decider_problem(2, 1, 3) is None
    assert reason_problem("补记")
    assert reason_problem("字" * 501)
    assert reason_problem(WHY) is None


def test_completing_by_correction_brings_the_certificate(
    app: Flask, people: Cast, lift: Lift
) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        for lesson_id, reason in ((lift.lecture, "watched"), (lift.quiz, "passed")):
            complete_lesson(me, lesson_of(lesson_id), reason, now())
    correct(app, people, me, lift.text, "complete")
    with app.app_context():
        row = db.session.get_one(Completion, (me, lift.text))
        assert row.reason == "corrected"
        assert [c.title for c in certificates_of(me)] == ["加装电梯"]
        assert db.session.scalars(select(Notice.text)).all()[-1].endswith(WHY)


def test_taking_back_takes_course_certificate_and_hours_along_and_stays(
    app: Flask, people: Cast, lift: Lift
) -> None:
    me, client = people.id("cadre"), people.client("cadre")
    with app.app_context(), transaction():
        for lesson_id in (lift.lecture, lift.quiz, lift.text):
            complete_lesson(me, lesson_of(lesson_id), "read", now() - timedelta(minutes=5))
    number = correct(app, people, me, lift.text, "revoke")
    with app.app_context():
        assert completed_among(me, [lift.lecture, lift.text, lift.quiz]) == {
            lift.lecture, lift.quiz,
        }  # fmt: skip
        assert [c.revoked_reason for c in certificates_of(me)] == [f"学习记录更正：{WHY}"]
        assert sum(db.session.scalars(select(CreditEntry.hours))) == 0
        assert db.session.scalars(select(Enrolment.completed_at)).all() == [None]
        kept = db.session.get_one(CorrectionDecision, number).before
        assert kept is not None
        assert kept["reason"] == "read"
    assert client.post(f"/learning/lessons/{lift.text}/read").status_code == 422
    assert "更正为没有学完" in client.get("/courses/lift/reading").text
    page = client.get("/learning/corrections").text
    assert WHY in page
    assert "已核对" in page
    correct(app, people, me, lift.text, "complete")
    with app.app_context():
        assert lift.text in completed_among(me, [lift.text])
    assert client.get("/learning/corrections").text.count(WHY) == 2, "history is kept"
    with app.app_context():
        new, old = certificates_of(me)
        assert old.revoked_at is not None
        assert new.revoked_at is None
        assert new.number != old.number
        assert sum(db.session.scalars(select(CreditEntry.hours))) == new.credit_hours > 0
        numbers = old.number, new.number
        with transaction():
            complete_lesson(me, lesson_of(lift.text), "read", now())
        assert len(certificates_of(me)) == 2, "once for each completion"
        assert verify_ledger(lambda _: False).differences == []
    for one, other in (numbers, numbers[::-1]):
        assert other in client.get(f"/v/{one}").text, "the chain is visible to everybody"


def test_two_administrators_and_the_form(app: Flask, people: Cast, lift: Lift) -> None:
    me, client = people.id("cadre"), people.client("cadre")
    client.post(f"/learning/lessons/{lift.text}/read")
    one, two = people.client("admin"), people.client("other_admin")
    path = "/admin/learning/corrections/"
    found = one.get(f"{path}?username=CADRE").text
    assert "加装电梯" in found
    assert "没有账号是" in one.get(f"{path}?username=nobody").text
    given = {"username": "cadre", "lesson_id": lift.lecture, "kind": "complete", "reason": WHY}
    for wrong in ({"reason": "短"}, {"kind": "x"}, {"lesson_id": "9" * 30}, {"username": "nobody"}):
        assert one.post(path, data={**given, **wrong}).status_code == 422
    assert one.post(path, data=given).status_code == 302
    assert one.post(path, data=given).status_code == 422, "one at a time"
    with app.app_context():
        number = db.session.scalars(select(Correction.id)).one()
    assert "要由另一位管理员审批" in one.get(path).text
    one.post(f"{path}{number}", data={"approved": "yes"})
    with app.app_context():
        assert lift.lecture not in completed_among(me, [lift.lecture]), "nobody approves their own"
    assert two.post(f"{path}{number}", data={"approved": "x"}).status_code == 400
    for answer in ("no", "yes"):  # the first decision is the one
        two.post(f"{path}{number}", data={"approved": answer, "words": "材料不够"})
    with app.app_context():
        assert db.session.get_one(CorrectionDecision, number).approved is False
        assert lift.lecture not in completed_among(me, [lift.lecture])
    assert "材料不够" in client.get("/learning/corrections").text
    assert two.post(f"{path}999", data={"approved": "yes"}).status_code == 404


def test_only_administrators_and_only_ones_own(
    app: Flask, client: FlaskClient, people: Cast, lift: Lift
) -> None:
    correct(app, people, people.id("cadre"), lift.text, "complete")
    assert client.get("/learning/corrections").status_code == 302
    assert WHY not in people.client("pro").get("/learning/corrections").text
    for part in ("author", "cadre"):
        assert people.client(part).get("/admin/learning/corrections/").status_code == 403
        assert people.client(part).post("/admin/learning/corrections/").status_code == 403


def test_an_administrators_own_record_is_for_others(app: Flask, people: Cast, lift: Lift) -> None:
    one, two = people.id("admin"), people.id("other_admin")
    with app.app_context():
        with pytest.raises(Refusal, match="自己的"), transaction():
            ask_correction(one, lesson_of(lift.text), "complete", WHY, one, now())
        with transaction():
            number = ask_correction(two, lesson_of(lift.text), "complete", WHY, one, now()).id
        row = find_correction(number, EVERYTHING)
        assert row is not None
        with pytest.raises(Refusal, match="自己的"), transaction():
            decide(row, two, "", now(), approved=True)
        for by in (one, two):
            with pytest.raises(IntegrityError), transaction() as session:
                session.add(
                    CorrectionDecision(
                        correction_id=number, asked_by_id=one, user_id=two, by_id=by,
                        approved=True, at=now(),
                    )
                )  # fmt: skip


@pytest.mark.parametrize("change", ["UPDATE {} SET user_id = 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["learning_corrections", "learning_correction_decisions"])
def test_the_database_keeps_the_history(
    app: Flask, people: Cast, lift: Lift, change: str, table: str
) -> None:
    correct(app, people, people.id("cadre"), lift.text, "complete")
    with app.app_context(), pytest.raises(DBAPIError, match="never changed"), transaction() as s:
        s.execute(text(change.format(table)))

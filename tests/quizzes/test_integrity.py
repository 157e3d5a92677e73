"""Focus lost and texts pasted: announced, noted, bounded, only for who may see learners."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.integrity import rules
from sanshi_lms.quizzes.integrity.jobs import is_due, tidy
from sanshi_lms.quizzes.integrity.models import IntegrityNote
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.rules import NOTED
from tests.people import Cast
from tests.quizzes.papers import make_paper, show_in_course
from tests.video.test_player import sign_in


@pytest.fixture
def paper(app: Flask) -> int:
    """A paper of which notes are taken."""
    paper_id = make_paper(app)
    show_in_course(app, paper_id)
    with app.app_context(), transaction():
        db.session.query(Paper).one().watched = True
    return paper_id


def test_announced_noted_and_shown_to_a_person(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    assert NOTED in cadre.get("/courses/dianti/ceyan").text
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    assert NOTED in cadre.get(attempt).text
    notes = f"/api/v1{attempt}/notes"
    told = [("away", 65), ("paste", 12), ("away", 10**9)]
    for kind, amount in told:
        answer = cadre.post(notes, json={"kind": kind, "amount": amount})
        assert answer.get_json() == {"kept": True}
    unsound: list[object] = [
        {"kind": "face", "amount": 1},
        {"kind": "away", "amount": True},
        [],
        "x",
    ]
    for wrong in unsound:
        assert cadre.post(notes, json=wrong).status_code == 422
    assert people.client("pro").post(notes, json={"kind": "away", "amount": 5}).status_code == 404
    page = f"/admin/quizzes/{paper}/integrity"
    shown = people.client("admin").get(page).text
    assert "离开 2 次，共 1440小时" not in shown
    assert "离开 2 次" in shown
    assert "粘贴 1 次" in shown
    assert "粘贴了 12 个字" in shown
    assert people.client("author").get(page).status_code == 403, "authors do not see learners"
    assert people.client("cadre").get(page).status_code == 403


def test_bounded_and_only_of_open_tests(
    app: Flask, people: Cast, paper: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location

    def send() -> bool:
        answer = cadre.post(f"/api/v1{attempt}/notes", json={"kind": "away", "amount": 3})
        return bool(answer.get_json()["kept"])

    monkeypatch.setattr("sanshi_lms.quizzes.integrity.actions.MOST_NOTES", 2)
    assert [send(), send(), send()] == [True, True, False]
    with app.app_context(), transaction():
        db.session.query(IntegrityNote).first().at = now() - timedelta(days=rules.KEPT_DAYS + 1)  # type: ignore[union-attr]
    with app.app_context():
        assert is_due()
        tidy()
        assert not is_due()
        assert db.session.query(IntegrityNote).count() == 1
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    assert not send(), "over"


@pytest.mark.journey
@pytest.mark.usefixtures("paper")
def test_the_page_tells_of_leaving_and_pasting(app: Flask, people: Cast, desk: Page) -> None:
    sign_in(desk, people, "cadre")
    desk.goto("/courses/dianti/ceyan")
    desk.get_by_role("button", name="开始测验").click()
    # The page before announces it too: this is the attempt's own, with the script that listens.
    desk.wait_for_url("**/quizzes/attempts/*")
    expect(desk.get_by_text(NOTED)).to_be_visible()
    answered = lambda r: r.url.endswith("/notes")  # noqa: E731
    with desk.expect_response(answered) as told:
        desk.evaluate("""() => {
          const real = Date.now;
          window.dispatchEvent(new Event("blur"));
          Date.now = () => real() + 90_000;
          window.dispatchEvent(new Event("focus"));
        }""")
    assert told.value.ok
    with desk.expect_response(answered) as told:
        desk.evaluate("""() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", "抄来的答案");
          const pasted = new ClipboardEvent("paste", { clipboardData, bubbles: true });
          document.querySelector("form[data-quiz]").dispatchEvent(pasted);
        }""")
    assert told.value.ok
    with app.app_context():
        found = [(one.kind, one.amount) for one in db.session.query(IntegrityNote)]
    assert found == [("away", 90), ("paste", 5)]

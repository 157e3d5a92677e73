"""错题本: what was answered wrong comes back after days and leaves when it is known."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.mistakes.actions import answer_again, asked, seed_of
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.mistakes.queries import book_of, next_due
from sanshi_lms.quizzes.mistakes.rules import KNOWN_AFTER, LONGEST_DAYS, minutes_of
from sanshi_lms.quizzes.mistakes.spacing import answered
from sanshi_lms.quizzes.queries import own_attempt
from tests.people import Cast
from tests.quizzes.papers import MULTIPLE, TRUE_FALSE, WHEN, make_paper, show_in_course

DAY = timedelta(days=1)


@given(st.lists(st.booleans(), max_size=12))
def test_a_question_comes_back_another_day_and_within_a_month(answers: list[bool]) -> None:
    card, due = answered(None, WHEN, right=False)
    for right in answers:
        before = due
        card, due = answered(card, before, right=right)
        assert DAY <= due - before <= LONGEST_DAYS * DAY
        assert answered(card, due, right=right) == answered(card, due, right=right)


def test_five_minutes_worth() -> None:
    assert [minutes_of(n) for n in (0, 1, 4, 10)] == [1, 1, 2, 5]


def take(paper_id: int, user_id: int, at: datetime, *, right: bool) -> None:
    """Answer the first question only: the others are not there to be wrong."""
    attempt = own_attempt(start_attempt(paper_id, user_id, at).id, user_id)
    assert attempt
    shown = next(s for s in shown_items(attempt) if s.item.kind == "true_false")
    save_answer(attempt, shown.item.item_id, [1 if right else 0], at)
    hand_in(attempt, at)


def test_wrong_answers_come_back_grow_apart_and_leave(app: Flask, people: Cast) -> None:
    paper_id, cadre = make_paper(app, (TRUE_FALSE, MULTIPLE)), people.id("cadre")
    with app.app_context():
        with transaction():
            take(paper_id, cadre, WHEN, right=False)
        entry = db.session.query(Mistake).one()  # what was not answered is no wrong answer
        assert next_due(cadre, WHEN) is None
        gaps, at = [], WHEN
        for number in range(KNOWN_AFTER):
            with transaction():
                entry = db.session.query(Mistake).one()
                assert entry.due_at
                gaps.append(entry.due_at - at)
                at = entry.due_at
                found = next_due(cadre, at)
                assert found is entry
                place = asked(found, seed_of(found)).places([1])
                for _ in range(2):  # a second click answers a return that is over
                    answer_again(found, number, place, at)
                assert found.streak == number + 1
        assert gaps == sorted(gaps)
        assert gaps[0] < gaps[-1]
        book = book_of(cadre, at + 365 * DAY)
        assert (book.due, book.waiting, book.known) == (0, 0, 1)
        with transaction():  # forgotten after all: it comes anew
            take(paper_id, cadre, at + DAY, right=False)
        book = book_of(cadre, at + 40 * DAY)
        assert (book.due, book.known) == (1, 0)
        with transaction():
            take(paper_id, cadre, at + 2 * DAY, right=True)
        assert db.session.query(Mistake).one().wrong == 2
        db.session.remove()


@pytest.fixture
def due(app: Flask, people: Cast) -> int:
    """The cadre's one question, due since yesterday."""
    paper_id, cadre = make_paper(app, (TRUE_FALSE,)), people.id("cadre")
    show_in_course(app, paper_id)
    with app.app_context(), transaction():
        take(paper_id, cadre, WHEN, right=False)
        entry = db.session.query(Mistake).one()
        entry.due_at = now() - DAY
        return entry.id


def test_the_pages_ask_mark_and_explain(people: Cast, due: int) -> None:
    cadre = people.client("cadre")
    assert "错题本里有 1 道题该复习了" in cadre.get("/learning/").text
    assert "今天有 <strong>1</strong> 道题，大约 1 分钟" in cadre.get("/quizzes/mistakes/").text
    page = cadre.get("/quizzes/mistakes/next").text
    assert "正确答案" not in page
    review = re.search(r'name="review" value="(\d+)"', page)
    assert review
    form = {"review": review[1], "done": "0"}
    assert cadre.post(f"/quizzes/mistakes/{due}", data=form).status_code == 422
    for places in ("x", "7", "-1"):
        sent = {**form, "place": places}
        assert cadre.post(f"/quizzes/mistakes/{due}", data=sent).status_code == 422
    marked = cadre.post(f"/quizzes/mistakes/{due}", data={**form, "place": "1"})
    shown = cadre.get(marked.location).text
    assert "答对了" in shown
    assert "已连续答对 1 次" in shown
    assert "现在没有要复习的题" in cadre.get("/quizzes/mistakes/").text
    assert cadre.get("/quizzes/mistakes/next").status_code == 302
    again = cadre.post(f"/quizzes/mistakes/{due}", data={**form, "place": "0"})
    assert "答对了" in cadre.get(again.location).text


def test_nobody_else_sees_them(people: Cast, due: int) -> None:
    pro = people.client("pro")
    assert pro.get(f"/quizzes/mistakes/{due}").status_code == 404
    assert pro.post(f"/quizzes/mistakes/{due}", data={"place": "1"}).status_code == 404
    assert "错题本是空的" in pro.get("/quizzes/mistakes/").text

"""错题本: what was answered wrong comes back after days and leaves when it is known."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.frozen import ShownItem
from sanshi_lms.quizzes.mistakes.actions import answer_again, asked, seed_of
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.mistakes.queries import book_of, next_due, own_mistake
from sanshi_lms.quizzes.mistakes.rules import KNOWN_AFTER, LONGEST_DAYS, minutes_of
from sanshi_lms.quizzes.mistakes.spacing import answered
from sanshi_lms.quizzes.queries import own_attempt
from sanshi_lms.quizzes.question_file import ItemDraft
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
    review, name = re.search(r'name="review" value="(\d+)"', page), re.search(r"item-\d+", page)
    assert review
    assert name
    form = {"review": review[1], "done": "0"}
    assert cadre.post(f"/quizzes/mistakes/{due}", data=form).status_code == 422
    for places in ("x", "7", "-1"):
        sent = {**form, name[0]: places}
        assert cadre.post(f"/quizzes/mistakes/{due}", data=sent).status_code == 422
    marked = cadre.post(f"/quizzes/mistakes/{due}", data={**form, name[0]: "1"})
    shown = cadre.get(marked.location).text
    assert "答对了" in shown
    assert "已连续答对 1 次" in shown
    assert "现在没有要复习的题" in cadre.get("/quizzes/mistakes/").text
    assert cadre.get("/quizzes/mistakes/next").status_code == 302
    again = cadre.post(f"/quizzes/mistakes/{due}", data={**form, name[0]: "0"})
    assert "答对了" in cadre.get(again.location).text


FIELDS = (
    ItemDraft("ordering", "先做什么？", (), answers="甲\n乙\n丙"),
    ItemDraft("blanks", "要过 ___ 。", (), answers="三分之二|2/3"),
    ItemDraft("numeric", "层高？", (), answers="3 ± 0.1 米"),
    ItemDraft("matching", "谁做什么？", (), answers="规划师 = 画总图\n工程师 = 算结构"),
    ItemDraft(
        "case", "材料", (), answers="1. 对吗？\nA. 对\nB. 不对\n答案：A\n\n2. 要 ___ 人\n答案：三"
    ),
    ItemDraft("short", "为什么？", (), answers="说出理由（2 分）"),
)  # fmt: skip
SAID: dict[str, tuple[list[Any], list[Any]]] = {  # wrong, then right; both as a page sends them
    "ordering": (["1", "2", "3"], ["1", "2", "3"]),
    "blanks": (["一半"], ["２／３"]),
    "numeric": (["5 米"], ["3.05 米"]),
    "matching": (["0", "0"], ["0", "0"]),
    "case": ([["1"], ["四"]], [["0"], ["三"]]),
    "short": (["不知道"], []),
}


def said(shown: ShownItem, *, right: bool) -> list[Any]:
    """Return an answer in the order that this page shows."""
    kind, order = shown.item.kind, shown.order
    if kind == "ordering":
        turned = [number + 1 if right else len(order) - number for number in order]
        return [str(place) for place in turned]
    if kind == "matching":
        return [str(order.index(n if right else 1 - n)) for n in range(2)]
    if kind == "case":
        places = [str(shown.parts[0].places([0 if right else 1])[0])]
        return [places, ["三" if right else "四"]]
    return SAID[kind][right]


def test_every_kind_that_is_marked_here_comes_back(app: Flask, people: Cast) -> None:
    paper_id, cadre = make_paper(app, FIELDS), people.id("cadre")
    with app.app_context():
        with transaction():
            attempt = own_attempt(start_attempt(paper_id, cadre, WHEN).id, cadre)
            assert attempt
            for shown in shown_items(attempt):
                save_answer(attempt, shown.item.item_id, said(shown, right=False), WHEN)
            hand_in(attempt, WHEN)
        kept = {}
        for entry_id in [entry.id for entry in db.session.query(Mistake)]:
            with transaction():
                found = own_mistake(entry_id, cadre)
                assert found
                shown = asked(found, seed_of(found))
                kept[shown.item.kind] = shown
                with pytest.raises(Refusal, match="先作答"):
                    answer_again(found, 0, [], WHEN)
                answer_again(found, 0, said(shown, right=True), WHEN)
                assert found.streak == 1, shown.item.kind
        assert set(kept) == set(SAID) - {"short"}, "a person marks short answers"
        db.session.remove()
    page = people.client("cadre").get("/quizzes/mistakes/1")
    assert page.status_code == 200
    assert "答对了" in page.text


def test_nobody_else_sees_them(people: Cast, due: int) -> None:
    pro = people.client("pro")
    assert pro.get(f"/quizzes/mistakes/{due}").status_code == 404
    assert pro.post(f"/quizzes/mistakes/{due}", data={"place": "1"}).status_code == 404
    assert "错题本是空的" in pro.get("/quizzes/mistakes/").text

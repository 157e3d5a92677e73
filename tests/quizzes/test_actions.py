"""Attempts on the real database: clicks come twice, lines drop, questions change."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes import attempt_passed
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt, unanswered
from sanshi_lms.quizzes.editing import add_item, delete_item, edit_item
from sanshi_lms.quizzes.frozen import FrozenPaper
from sanshi_lms.quizzes.models import Answer, Attempt, PaperVersion
from sanshi_lms.quizzes.queries import full_paper, own_attempt, standing
from tests.people import Cast
from tests.quizzes.papers import MULTIPLE, SINGLE, TRUE_FALSE, WHEN, make_paper, options

LATER = WHEN + timedelta(minutes=3)


def start(app: Flask, paper_id: int, user_id: int) -> int:
    with app.app_context(), transaction():
        return start_attempt(paper_id, user_id, WHEN).id


def held(attempt_id: int, user_id: int) -> Attempt:
    found = own_attempt(attempt_id, user_id)
    assert found is not None
    return found


def answer(app: Flask, attempt_id: int, user_id: int, texts: dict[str, list[str]]) -> None:
    """Answer by the words a person sees: stem → texts of the options to choose."""
    with app.app_context(), transaction():
        attempt = held(attempt_id, user_id)
        for shown in shown_items(attempt):
            wanted = texts.get(shown.item.stem_md)
            if wanted is not None:
                seen = [option.text for option in shown.options()]
                save_answer(attempt, shown.item.item_id, [seen.index(t) for t in wanted], WHEN)


ALL_RIGHT = {
    SINGLE.stem_md: ["业主"],
    MULTIPLE.stem_md: ["人数", "面积"],
    TRUE_FALSE.stem_md: ["错误"],
}


def finish(app: Flask, attempt_id: int, user_id: int) -> Attempt:
    with app.app_context():
        with transaction():
            hand_in(held(attempt_id, user_id), LATER)
        found = held(attempt_id, user_id)
        db.session.expunge_all()
        return found


def at_once(app: Flask, act: Callable[[], Any], times: int = 5) -> tuple[list[Any], list[Any]]:
    """Run `act` in several threads, each in its own transaction: results and failures."""
    together = threading.Barrier(times)
    results: list[Any] = []
    failures: list[Any] = []

    def run() -> None:
        try:
            with app.app_context():
                together.wait(10)
                with transaction():
                    found = act()
                results.append(found)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results, failures


@pytest.fixture
def cadre(people: Cast) -> int:
    return people.id("cadre")


def test_all_right_is_a_hundred(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    answer(app, attempt, cadre, ALL_RIGHT)
    done = finish(app, attempt, cadre)
    assert (done.right, done.percent, done.passed) == (3, 100, True)
    assert done.handed_in_at == LATER
    assert {a.is_right for a in done.answers} == {True}


def test_half_of_a_multiple_choice_is_wrong_and_missing_is_wrong(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app, pass_percent=34), cadre)
    answer(app, attempt, cadre, {SINGLE.stem_md: ["业主"], MULTIPLE.stem_md: ["面积"]})
    done = finish(app, attempt, cadre)
    assert (done.right, done.percent, done.passed) == (1, 33, False)


def test_starting_twice_gives_the_same_open_attempt(app: Flask, cadre: int) -> None:
    paper = make_paper(app)
    assert start(app, paper, cadre) == start(app, paper, cadre)


def test_many_clicks_on_start_at_once_open_one(app: Flask, cadre: int) -> None:
    paper = make_paper(app)
    ids, failures = at_once(app, lambda: start_attempt(paper, cadre, WHEN).id)
    assert failures == []
    assert len(ids) == 5
    assert len(set(ids)) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(PaperVersion.id))) == 1


def test_many_clicks_on_hand_in_at_once_mark_once(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    answer(app, attempt, cadre, ALL_RIGHT)
    heard: list[dict[str, Any]] = []

    def listen(sender: object, **news: Any) -> None:
        del sender
        heard.append(news)

    with attempt_passed.connected_to(listen):
        results, failures = at_once(app, lambda: hand_in(held(attempt, cadre), LATER).percent)
    assert failures == []
    assert results == [100] * 5
    assert [news["score"] for news in heard] == [100]
    assert heard[0]["attempt_id"] == attempt
    assert heard[0]["user_id"] == cadre


def test_a_failed_attempt_sends_no_news(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    heard: list[Any] = []

    def listen(sender: object, **news: Any) -> None:
        del sender
        heard.append(news)

    with attempt_passed.connected_to(listen):
        finish(app, attempt, cadre)
    assert heard == []


def test_a_listener_that_fails_undoes_the_marking(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    answer(app, attempt, cadre, ALL_RIGHT)

    def fail(sender: object, **news: Any) -> None:
        del sender, news
        raise RuntimeError("no certificate could be written")

    with attempt_passed.connected_to(fail), pytest.raises(RuntimeError):
        finish(app, attempt, cadre)
    with app.app_context():
        assert held(attempt, cadre).handed_in_at is None


def test_saving_again_changes_nothing_and_another_choice_replaces(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    for texts in (["业主"], ["业主"], ["租客"]):
        answer(app, attempt, cadre, {SINGLE.stem_md: texts})
    with app.app_context():
        (kept,) = held(attempt, cadre).answers
        assert kept.chosen == [1]
    answer(app, attempt, cadre, {SINGLE.stem_md: []})
    with app.app_context():
        assert len(unanswered(held(attempt, cadre))) == 3


def test_many_saves_of_one_answer_at_once_keep_one_row(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)

    def save() -> None:
        subject = held(attempt, cadre)
        save_answer(subject, shown_items(subject)[0].item.item_id, [0], WHEN)

    _, failures = at_once(app, save)
    assert failures == []
    with app.app_context():
        assert db.session.scalar(select(func.count(Answer.id))) == 1


def test_an_answer_after_handing_in_is_refused(app: Flask, cadre: int) -> None:
    attempt = start(app, make_paper(app), cadre)
    before = finish(app, attempt, cadre).percent
    with pytest.raises(Refusal, match="已经交卷") as refusal:
        answer(app, attempt, cadre, ALL_RIGHT)
    assert refusal.value.status == 409
    assert finish(app, attempt, cadre).percent == before


@pytest.mark.parametrize("places", [[0, 1], [5], [-1], [0, 0]])
def test_what_cannot_be_an_answer_is_refused(app: Flask, cadre: int, places: list[int]) -> None:
    attempt = start(app, make_paper(app, (SINGLE,)), cadre)
    with app.app_context(), transaction():
        subject = held(attempt, cadre)
        item_id = shown_items(subject)[0].item.item_id
        with pytest.raises(Refusal):
            save_answer(subject, item_id, places, WHEN)
        with pytest.raises(Refusal):
            save_answer(subject, 999, [0], WHEN)
        assert subject.answers == []


def test_attempts_run_out(app: Flask, cadre: int, people: Cast) -> None:
    paper = make_paper(app, attempts=2)
    for _ in range(2):
        finish(app, start(app, paper, cadre), cadre)
    with pytest.raises(Refusal, match="最多做 2 次"):
        start(app, paper, cadre)
    other = people.id("other_cadre")
    assert start(app, paper, other)


def test_the_best_attempt_counts(app: Flask, cadre: int) -> None:
    paper = make_paper(app)
    for texts in ({SINGLE.stem_md: ["业主"]}, ALL_RIGHT, {}):
        attempt = start(app, paper, cadre)
        answer(app, attempt, cadre, texts)
        finish(app, attempt, cadre)
    with app.app_context():
        subject = full_paper(paper)
        assert subject is not None
        where = standing(subject, cadre, LATER)
        assert where.best is not None
        assert (where.used, where.left, where.best.number, where.passed) == (3, None, 2, True)


def test_an_empty_paper_cannot_be_started(app: Flask, cadre: int) -> None:
    with pytest.raises(Refusal, match="还没有题目"):
        start(app, make_paper(app, ()), cadre)
    with pytest.raises(Refusal, match="还没有题目"):
        start(app, 999, cadre)


def test_changing_a_question_changes_no_attempt(app: Flask, cadre: int) -> None:
    paper = make_paper(app)
    marked, open_one = start(app, paper, cadre), 0
    answer(app, marked, cadre, ALL_RIGHT)
    finish(app, marked, cadre)
    open_one = start(app, paper, cadre)
    with app.app_context(), transaction():
        subject = full_paper(paper)
        assert subject is not None
        first, second, third = subject.items
        edit_item(subject, first, _other_key(), LATER)
        delete_item(subject, second, LATER)
        add_item(subject, TRUE_FALSE, LATER)
        del third
    answer(app, open_one, cadre, ALL_RIGHT)
    assert finish(app, open_one, cadre).percent == 100
    with app.app_context():
        old = FrozenPaper.from_json(held(marked, cadre).version.content)
        assert [item.stem_md for item in old.items] == [*ALL_RIGHT]
        assert held(marked, cadre).percent == 100
        assert db.session.scalar(select(func.count(PaperVersion.id))) == 1
    start(app, paper, cadre)
    with app.app_context():
        assert db.session.scalar(select(func.count(PaperVersion.id))) == 2


def _other_key() -> Any:
    return type(SINGLE)("single", "换了的题", options("业主", "租客", right=(1,)))


def test_an_attempt_keeps_its_order_and_others_have_their_own(app: Flask, people: Cast) -> None:
    items = tuple(
        type(SINGLE)("single", f"题{n}", options("甲", "乙", "丙", "以上都对")) for n in range(8)
    )
    paper = make_paper(app, items)
    orders = []
    for part in ("cadre", "other_cadre", "pro"):
        attempt = start(app, paper, people.id(part))
        with app.app_context():
            shown = shown_items(held(attempt, people.id(part)))
            again = shown_items(held(attempt, people.id(part)))
            assert shown == again
            assert all(s.options()[-1].text == "以上都对" for s in shown)
            orders.append([(s.item.stem_md, s.order) for s in shown])
    assert orders[0] != orders[1]
    assert orders[1] != orders[2]

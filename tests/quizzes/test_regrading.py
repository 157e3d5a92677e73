"""A key is mended: who changes is shown first, then results, certificates and notices follow."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Lesson, get_lesson
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.learning.actions import read_lesson
from sanshi_lms.learning.models import Completion
from sanshi_lms.notices import Notice
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.content import ItemContent, Pair
from sanshi_lms.quizzes.editing import edit_item
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.papers.actions import set_conditions
from sanshi_lms.quizzes.queries import full_paper, own_attempt, rule_of
from sanshi_lms.quizzes.question_file import ItemDraft
from sanshi_lms.quizzes.regrading.models import RegradeChange
from sanshi_lms.quizzes.regrading.queries import changes_of
from sanshi_lms.quizzes.regrading.rules import asks_the_same, carried
from tests.people import Cast
from tests.quizzes.papers import TRUE_FALSE, WHEN, make_paper, show_in_course

RIGHT, WRONG = 1, 0  # by the key as it was when they answered


def sit(paper_id: int, user_id: int, place: int) -> int:
    attempt = own_attempt(start_attempt(paper_id, user_id, WHEN).id, user_id)
    assert attempt
    save_answer(attempt, shown_items(attempt)[0].item.item_id, [place], WHEN)
    return hand_in(attempt, WHEN).id


@pytest.fixture
def mended(app: Flask, people: Cast) -> int:
    """The cadre passed by a key that was wrong, the professional failed by it; now it is mended."""
    paper_id = make_paper(app, (TRUE_FALSE,))
    show_in_course(app, paper_id)
    cadre, pro = people.id("cadre"), people.id("pro")
    with app.app_context(), transaction():
        reading = db.session.scalars(select(Lesson.id).where(Lesson.kind == "reading")).one()
        for person in (cadre, pro):
            lesson = get_lesson(reading)
            assert lesson
            read_lesson(person, lesson, WHEN)
        sit(paper_id, cadre, RIGHT)
        sit(paper_id, pro, WRONG)
    author = people.client("author")
    assert "没有改过答案的题" in author.get(f"/admin/quizzes/{paper_id}/regrade").text
    with app.app_context(), transaction():
        paper = full_paper(paper_id)
        assert paper
        for option in paper.items[0].options:
            option.correct = not option.correct
    return paper_id


def state(app: Flask) -> tuple[list[tuple[int | None, bool | None]], list[bool], int, int]:
    """Return results, which certificates are valid, completions by quiz, notices of regrades."""
    with app.app_context():
        results = [(a.percent, a.passed) for a in db.session.query(Attempt).order_by(Attempt.id)]
        valid = [
            c.revoked_at is None for c in db.session.query(Certificate).order_by(Certificate.id)
        ]
        passed = db.session.query(Completion).filter_by(reason="passed").count()
        told = db.session.query(Notice).filter_by(topic="quizzes.regraded").count()
        db.session.remove()
        return results, valid, passed, told


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([\d,]*)"', page)
    assert found
    return found[1]


def test_nobody_loses_a_pass_unless_it_is_asked_for(app: Flask, people: Cast, mended: int) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{mended}/regrade"
    assert state(app) == ([(100, True), (0, False)], [True], 1, 0)
    page = author.get(path).text
    assert "变为及格" in page
    assert "变为不及格" not in page
    form = {"seen": seen(page), "reason": ""}
    assert author.post(path, data=form).status_code == 422
    stale = author.post(path, data={"seen": "", "reason": "答案标错了"})
    assert stale.status_code == 409
    assert "请再看一遍" in stale.text
    assert author.post(path, data={**form, "reason": "答案标错了"}).status_code == 302
    # The one who failed has passed, is complete and holds a certificate; nobody lost anything.
    assert state(app) == ([(0, True), (100, True)], [True, True], 2, 2)
    again = author.post(path, data={**form, "reason": "答案标错了"})
    assert again.status_code == 409
    assert state(app)[3] == 2
    with app.app_context():
        kept = [(c.percent, c.passed) for c in db.session.query(RegradeChange)]
        assert kept == [(100, True), (0, False)]
        db.session.remove()
    result = people.client("pro").get("/notices/").text
    assert "0 分 → 100 分" in result
    assert people.client("cadre").get(path).status_code == 403


def test_all_the_way_takes_back_what_the_wrong_key_gave(
    app: Flask, people: Cast, mended: int
) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{mended}/regrade"
    page = author.get(f"{path}?all=1").text
    assert "变为不及格" in page
    form = {"seen": seen(page), "reason": "第 1 题的答案标错了", "all": "1"}
    assert author.post(path, data=form).status_code == 302
    assert state(app) == ([(0, False), (100, True)], [False, True], 1, 2)
    assert "再做一次" in people.client("cadre").get("/notices/").text
    shown = people.client("pro").get("/quizzes/attempts/2/result").text
    assert "恭喜，及格了" in shown


def test_an_average_is_worked_out_anew(app: Flask, people: Cast) -> None:
    paper_id, cadre = make_paper(app, (TRUE_FALSE,)), people.id("cadre")
    with app.app_context():
        with transaction():
            paper = full_paper(paper_id)
            assert paper
            set_conditions(paper, replace(rule_of(paper), counting="average"), WHEN)
            sit(paper_id, cadre, RIGHT - 1)
        for place in (WRONG, WRONG):
            with transaction():
                sit(paper_id, cadre, place)
        with transaction():
            paper = full_paper(paper_id)
            assert paper
            for option in paper.items[0].options:
                option.correct = not option.correct
        found = changes_of(paper_id, keep_passed=False)
        assert [(one.percent, one.passed) for one in found] == [(100, True)] * 3
        db.session.remove()


TEXTS = st.lists(st.text("甲乙丙丁戊", min_size=1, max_size=3), min_size=2, max_size=6, unique=True)


@given(TEXTS, st.data())
def test_an_answer_says_the_same_in_the_new_numbering(
    texts: list[str], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(texts))
    old, new = (ItemContent("ordering", "甲", sequence=tuple(one)) for one in (texts, mixed))
    given_order = data.draw(st.permutations(range(len(texts))))
    assert asks_the_same(old, new)
    there = carried(old, new, list(given_order))
    assert [new.sequence[n] for n in there] == [old.sequence[n] for n in given_order]

    pairs = tuple(Pair(left, f"{left}的") for left in texts)
    rights = data.draw(st.permutations([pair.right for pair in pairs]))
    turned = tuple(Pair(left, right) for left, right in zip(mixed, rights, strict=True))
    was, now_is = (ItemContent("matching", "甲", pairs=one) for one in (pairs, turned))
    one_place = st.none() | st.integers(0, len(texts) - 1)
    said = data.draw(st.tuples(*[one_place] * len(texts)))
    assert asks_the_same(was, now_is)

    def meant(asked: tuple[Pair, ...], given: Sequence[int | None]) -> dict[str, str | None]:
        chosen = (None if one is None else asked[one].right for one in given)
        return dict(zip((pair.left for pair in asked), chosen, strict=True))

    assert meant(turned, carried(was, now_is, list(said))) == meant(pairs, said)


def test_steps_in_another_order_are_marked_again(app: Flask, people: Cast) -> None:
    draft = ItemDraft("ordering", "先做什么？", (), answers="甲\n乙\n丙")
    paper_id, cadre = make_paper(app, (draft,)), people.id("cadre")
    with app.app_context(), transaction():
        attempt = own_attempt(start_attempt(paper_id, cadre, WHEN).id, cadre)
        assert attempt
        (shown,) = shown_items(attempt)
        backwards = [str(3 - number) for number in shown.order]  # 丙 乙 甲
        save_answer(attempt, shown.item.item_id, backwards, WHEN)
        assert hand_in(attempt, WHEN).percent == 0
        paper = full_paper(paper_id)
        assert paper
        edit_item(paper, paper.items[0], replace(draft, answers="丙\n乙\n甲"), WHEN)
    author, path = people.client("author"), f"/admin/quizzes/{paper_id}/regrade"
    sent = {"seen": seen(author.get(path).text), "reason": "顺序写反了"}
    author.post(path, data=sent)
    with app.app_context():
        assert [(a.percent, a.passed) for a in db.session.query(Attempt)] == [(100, True)]
        assert changes_of(paper_id, keep_passed=False) == [], "marked once"
        db.session.remove()
    shown_again = people.client("cadre").get("/quizzes/attempts/1/result").text
    assert shown_again.index("丙") < shown_again.index("甲"), "said as it was said"

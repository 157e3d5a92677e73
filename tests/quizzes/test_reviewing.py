"""Ordering, and short answers that a person marks: from the page to certificate and notice."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING
from sanshi_lms.notices import Notice
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.models import Answer, Attempt
from sanshi_lms.quizzes.queries import own_attempt
from sanshi_lms.quizzes.question_file import ItemDraft
from sanshi_lms.quizzes.reviewing.actions import mark_short_answers
from sanshi_lms.quizzes.reviewing.models import AnswerMark
from sanshi_lms.quizzes.reviewing.queries import count_waiting, to_mark
from tests.people import Cast
from tests.quizzes.papers import TRUE_FALSE, make_paper, show_in_course

STEPS = ("征求意愿", "三分之二表决", "公示", "报建")
ORDERING = ItemDraft("ordering", "加装电梯先做什么？", (), answers="\n".join(STEPS))
SHORT = ItemDraft(
    "short", "为什么要公示？", (), "让不同意的人有机会说话。",
    answers="说出知情权（2 分）【关键词：知情、知道】\n说出异议期（2 分）",
)  # fmt: skip
WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def paper(either_app: Flask) -> int:
    return make_paper(either_app, (ORDERING, SHORT, TRUE_FALSE), pass_percent=60)


def sit(paper_id: int, user_id: int, essay: str = "大家有知情的权利") -> Attempt:
    """Everything else right: 2 of 6 points."""
    attempt = own_attempt(start_attempt(paper_id, user_id, WHEN).id, user_id)
    assert attempt
    for shown in shown_items(attempt):
        if shown.item.kind == "ordering":
            assert list(shown.order) != [0, 1, 2, 3], "shown in order it would ask nothing"
            given: list[int | str] = [str(number + 1) for number in shown.order]
        elif shown.item.kind == "short":
            given = [essay]
        else:
            given = [1]
        save_answer(attempt, shown.item.item_id, given, WHEN)
    return hand_in(attempt, WHEN)


def essay_id() -> int:
    return next(one.id for one in db.session.query(Answer) if one.is_right is False)


def test_a_short_answer_waits_for_a_person(either_app: Flask, paper: int) -> None:
    me = Cast(either_app, "linjiang-menhu-7").id("cadre")
    with either_app.app_context(), transaction():
        attempt = sit(paper, me)
        assert attempt.to_mark
        assert (attempt.percent, attempt.passed) == (33, False)
        assert count_waiting(EVERYTHING) == 1
    with either_app.app_context(), pytest.raises(Refusal, match="正在批阅"), transaction():
        start_attempt(paper, me, WHEN)
    author = Cast(either_app, "linjiang-menhu-7").id("author")
    with either_app.app_context():
        answer, number = essay_id(), db.session.query(Attempt).one().id
    for wrong in ([2], [3, 0], [2, -1]):
        with either_app.app_context(), pytest.raises(Refusal), transaction():
            mark_short_answers(number, {answer: wrong}, {}, 0, author, WHEN)
    with either_app.app_context(), transaction():
        mark_short_answers(number, {answer: [2, 0]}, {answer: "很好"}, 0, author, WHEN)
    with either_app.app_context():
        attempt = db.session.query(Attempt).one()
        assert (attempt.percent, attempt.passed, attempt.to_mark) == (66, True, False)
        assert db.session.query(Notice).filter_by(topic="quizzes.marked").count() == 1
    with either_app.app_context(), pytest.raises(Refusal, match="刚刚有人"), transaction():
        mark_short_answers(number, {answer: [0, 0]}, {}, 0, author, WHEN)
    with either_app.app_context(), transaction():
        mark_short_answers(number, {answer: [0, 0]}, {}, 1, author, WHEN)
    with either_app.app_context():
        attempt = db.session.query(Attempt).one()
        assert (attempt.percent, attempt.passed) == (33, False)
        assert db.session.query(AnswerMark).count() == 2, "what was given stays"
        assert db.session.query(Notice).filter_by(topic="quizzes.regraded").count() == 1


def test_who_marks_sees_no_name_and_the_learner_is_told(app: Flask, people: Cast) -> None:
    paper_id = make_paper(app, (ORDERING, SHORT, TRUE_FALSE), shuffle=False)
    show_in_course(app, paper_id)
    me = people.id("cadre")
    with app.app_context(), transaction():
        number = sit(paper_id, me).id
    cadre, author = people.client("cadre"), people.client("author")
    result = cadre.get(f"/quizzes/attempts/{number}/result").text
    assert "已交卷，等老师批阅" in result
    assert "等老师批阅" in cadre.get("/courses/dianti/ceyan").text
    listed = author.get("/admin/quizzes/marking/").text
    assert "加装电梯测验" in listed
    assert "王小明" not in listed
    page = author.get(f"/admin/quizzes/marking/{number}").text
    assert "王小明" not in page
    assert "出现了关键词，可以考虑给分" in page
    names = re.findall(r'name="(points-\d+-\d)"', page)
    assert len(names) == 2
    url = f"/admin/quizzes/marking/{number}"
    empty = author.post(url, data={"seen": "0", names[0]: "2"})
    assert empty.status_code == 422
    assert "全部填上" in empty.text
    assert author.post(url, data={"seen": "0", names[0]: "2", names[1]: "2"}).status_code == 302
    assert "恭喜，及格了" in cadre.get(f"/quizzes/attempts/{number}/result").text
    assert people.client("cadre").get("/admin/quizzes/marking/").status_code == 403
    assert author.get("/admin/quizzes/marking/999").status_code == 404


def test_ordering_takes_whole_orders_only(app: Flask, people: Cast) -> None:
    paper_id = make_paper(app, (ORDERING,), shuffle=False)
    show_in_course(app, paper_id)
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper_id}/attempts").location
    page = cadre.get(attempt).text
    item = re.findall(r'name="shown" value="(\d+)"', page)[0]
    api, number = f"/api/v1{attempt}/answers", 0

    def save(*chosen: str) -> tuple[int, list[str]]:
        nonlocal number
        number += 1
        body = {"item": int(item), "chosen": list(chosen), "page": "a", "number": number}
        told = cadre.post(api, json=body)
        return told.status_code, told.get_json().get("chosen", [])

    assert save("1", "2", "3", "4") == (200, ["1", "2", "3", "4"])
    assert save("2", "1", "3", "4") == (200, ["2", "1", "3", "4"])
    assert save("2", "", "3", "4") == (200, [])
    for wrong in (["1", "1", "2", "3"], ["1", "2", "3"], ["1", "2", "3", "5"], ["a"] * 4):
        assert save(*wrong)[0] == 422


CASE = ItemDraft(
    "case", "三单元想装电梯，一楼不同意。", (),
    answers="1. 要过几成？\nA. 三分之二\nB. 一半\n答案：A\n\n"
    "2. 【简答题】怎么劝？\n答案：听完再说（2 分）【关键词：听】\n说清好处（2 分）\n\n"
    "3. 【简答题】谁来组织？\n答案：居委会（1 分）",
)  # fmt: skip


def test_short_answers_of_a_case_wait_together(app: Flask, people: Cast) -> None:
    paper_id, me, author = make_paper(app, (CASE,), 80), people.id("cadre"), people.id("author")
    with app.app_context(), transaction():
        attempt = own_attempt(start_attempt(paper_id, me, WHEN).id, me)
        assert attempt
        (shown,) = shown_items(attempt)
        place = str(shown.parts[0].places([0])[0])
        save_answer(attempt, shown.item.item_id, [[place], ["先听他说"], []], WHEN)
        assert hand_in(attempt, WHEN).to_mark
        (waiting,) = to_mark(attempt)
        assert [one.text for one in waiting.rubric] == [
            "第 2 小题：听完再说", "第 2 小题：说清好处", "第 3 小题：居委会",
        ]  # fmt: skip
        assert waiting.suggested == [2, 0, 0]
        number, answer = attempt.id, waiting.answer.id
    page = people.client("author").get(f"/admin/quizzes/marking/{number}").text
    assert "第 3 小题：（没有作答）" in page
    assert "等老师批阅" in people.client("cadre").get(f"/quizzes/attempts/{number}/result").text
    with app.app_context(), transaction():
        made = mark_short_answers(number, {answer: [2, 1, 0]}, {}, 0, author, WHEN)
        # Of 1 + 4 + 1 points: the choice, three of four, and nothing for what was not answered.
        assert (made.percent, made.passed, made.to_mark) == (66, False, False)
    with app.app_context(), transaction():
        assert mark_short_answers(number, {answer: [2, 2, 1]}, {}, 1, author, WHEN).percent == 83
    shown_again = people.client("cadre").get(f"/quizzes/attempts/{number}/result").text
    assert "等老师批阅" not in shown_again

"""Pages of conditions, of a test under the clock and of practice."""

from datetime import timedelta

import pytest
from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.models import Attempt
from tests.people import Cast
from tests.quizzes.papers import SECRET_WHY, make_paper, show_in_course

LESSON = "/courses/dianti/ceyan"
FILLED = {
    "limit_minutes": "10",
    "grace_seconds": "30",
    "opens_at": "2020-03-05T09:00",
    "closes_at": "",
    "cooldown_hours": "24",
    "counting": "last",
    "practice": "y",
}


@pytest.fixture
def paper(app: Flask, people: Cast) -> int:
    """A paper of ten minutes, its conditions filled in by an author."""
    paper_id = make_paper(app)
    show_in_course(app, paper_id)
    answer = people.client("author").post(f"/admin/quizzes/{paper_id}/conditions", data=FILLED)
    assert answer.status_code == 302, answer.text
    return paper_id


def test_one_sentence_for_learner_and_administrator(people: Cast, paper: int) -> None:
    rule = (
        "共 3 题，答对 60% 以上（含）为及格；可以多次测验，两次之间至少隔 1 天，取最后一次成绩，"
        "及格后不再考；限时 10 分钟，以服务器的时间为准，到时自动交卷；2020年3月5日 09:00 起开放；"
        "可以先练习，练习不计成绩。"
    )
    author = people.client("author")
    assert rule in author.get(f"/admin/quizzes/{paper}").text
    form = author.get(f"/admin/quizzes/{paper}/conditions").text
    assert rule in form
    assert 'value="2020-03-05T09:00"' in form
    assert rule in people.client("cadre").get(LESSON).text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("limit_minutes", "-1", "0 到 600"),
        ("limit_minutes", "", "0 到 600"),
        ("opens_at", "soon", "请选择日期和时间"),
        ("closes_at", "9999-12-31T23:59", "2020 年到 2099 年"),
        ("closes_at", "2019-01-01T00:00", "2020 年到 2099 年"),
        ("closes_at", "2020-03-05T09:00", "结束时间要晚于开放时间"),
        ("counting", "worst", ""),
    ],
)
def test_unsound_conditions_are_told_in_words(
    people: Cast, paper: int, name: str, value: str, said: str
) -> None:
    answer = people.client("author").post(
        f"/admin/quizzes/{paper}/conditions", data={**FILLED, name: value}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert people.client("cadre").get(f"/admin/quizzes/{paper}/conditions").status_code == 403


def test_a_test_under_the_clock_ends_with_what_was_saved(
    app: Flask, people: Cast, paper: int
) -> None:
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    api = f"/api/v1{attempt}"
    state = cadre.get(api).get_json()
    assert state["open"]
    assert 9 * 60_000 < state["clock"]["left_ms"] <= 600_000
    item = next(iter(state["answers"]))
    body = {"item": int(item), "chosen": [0], "page": "a", "number": 1}
    assert cadre.post(f"{api}/answers", json=body).status_code == 200
    assert cadre.get(api).get_json()["answers"][item] == [0]
    for wrong in ({"page": "a"}, {"number": True}, {"page": "x" * 41, "number": 3}):
        sent = {"item": int(item), "chosen": [0], **wrong}
        assert cadre.post(f"{api}/answers", json=sent).status_code == 422
    with app.app_context(), transaction():
        db.session.query(Attempt).one().deadline_at = now() - timedelta(minutes=5)
    late = cadre.post(f"{api}/answers", json={**body, "number": 2, "chosen": []})
    assert late.status_code == 409
    assert "时间已到" in late.get_json()["error"]["message"]
    assert "已保存的答案都在" in cadre.get(attempt).text
    cadre.post(f"{attempt}/hand-in", data={"shown": item})
    assert "按到时间为止已保存的答案评分" in cadre.get(f"{attempt}/result").text
    again = cadre.post(f"/quizzes/papers/{paper}/attempts")
    assert again.status_code == 409
    assert "以后可以再考" in again.text
    assert people.client("pro").get(api).status_code == 404


def test_practice_tells_at_once_and_leaves_no_record(people: Cast, paper: int) -> None:
    cadre = people.client("cadre")
    assert "先练一练" in cadre.get(LESSON).text
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts", data={"as": "practice"}).location
    assert "不计成绩" in cadre.get(attempt).text
    told = []
    for item in cadre.get(f"/api/v1{attempt}").get_json()["answers"]:
        body = {"item": int(item), "chosen": [0]}
        told.append(cadre.post(f"/api/v1{attempt}/answers", json=body).get_json()["feedback"])
    assert SECRET_WHY in "".join(told)
    cadre.post(f"{attempt}/hand-in", data={"then": "anyway"})
    assert "这次是练习" in cadre.get(f"{attempt}/result").text
    assert "开始测验" in cadre.get(LESSON).text

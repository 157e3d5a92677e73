"""Questions inside a video: placed by an author, marked by the server, holding up completion."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.courses import Lesson, find_lesson, get_lesson
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.loader import plan
from sanshi_lms.courses.pack import read_packs
from sanshi_lms.courses.pack_apply import carry_out
from sanshi_lms.learning.asking.models import QuestionTry, VideoQuestion
from sanshi_lms.learning.asking.pack import PackQuestions
from sanshi_lms.learning.asking.queries import open_questions, questions_of
from sanshi_lms.learning.asking.rules import again_from, open_places, place_problem, read_clock
from sanshi_lms.learning.models import Completion
from sanshi_lms.learning.ruling import Rule
from sanshi_lms.quizzes import item_labels
from sanshi_lms.quizzes.models import Item
from sanshi_lms.video.actions import add_video
from tests.learning.conftest import Clockwork, Lift
from tests.learning.test_reports import send
from tests.learning.test_ruling import use
from tests.people import Cast
from tests.quizzes.papers import SECRET_WHY, make_paper

API = "/api/v1/learning/asked"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3:20", 200), ("200", 200), ("1:03:20", 3800), ("0:05", 5), (" 3：20 ", 200),
     ("3:60", None), ("", None), ("-3", None), ("9" * 9, None), ("三分", None), ("1:2:3:4", None)],
)  # fmt: skip
def test_times_as_people_write_them(text: str, seconds: int | None) -> None:
    assert read_clock(text) == seconds


@pytest.mark.parametrize(
    ("second", "fine"),
    [(None, False), (0, False), (1, True), (599, True), (600, False), (30, False)],
)
def test_where_a_question_may_stand(second: int | None, fine: bool) -> None:
    assert (place_problem(second, 600, [30]) is None) is fine


def test_that_minute_again_begins_within_the_lecture() -> None:
    assert [again_from(second) for second in (1, 60, 200)] == [0, 0, 140]


@given(
    st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9)), max_size=9),
    st.sets(st.integers(1, 9)),
)
def test_an_answer_only_ever_closes(places: list[tuple[int, int]], right: set[int]) -> None:
    known = set(range(1, 10))
    still = open_places(places, right, known)
    assert set(still) <= set(open_places(places, set(), known))
    assert open_places(places, known, known) == []
    assert open_places(places, right, set()) == [], "an item that is gone holds up nobody"


@pytest.fixture
def question(app: Flask, people: Cast, lift: Lift) -> int:
    """A single-choice item at 0:30 of the lecture, placed through the author's form."""
    paper, author_id = make_paper(app), people.id("author")
    with app.app_context(), transaction() as session:
        item = session.scalars(
            select(Item.id).where(Item.paper_id == paper).order_by(Item.id).limit(1)
        ).one()
        video = add_video(
            title="讲课", source_name="a.mp4", source_key="video/originals/x", size=9,
            person_id=author_id, moment=now(),
        )  # fmt: skip
        video.seconds, video.media_key, video.made_at = 600.0, f"video/{video.id}/p-1", now()
        session.flush()
        session.execute(update(Lesson).where(Lesson.id == lift.lecture).values(target_id=video.id))
    author = people.client("author")
    path = f"/admin/learning/asked/lessons/{lift.lecture}"
    assert author.post(path, data={"at": "0:30", "item_id": item}).status_code == 302
    with app.app_context():
        return db.session.scalars(select(VideoQuestion.id)).one()


def place_of(body: dict[str, Any], text: str) -> int:
    return list(body["options"]).index(text)


def ask(client: FlaskClient, question: int) -> dict[str, Any]:
    answer = client.get(f"{API}/{question}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def reply(client: FlaskClient, question: int, text: str) -> dict[str, Any]:
    body = ask(client, question)
    given = {"number": body["number"], "places": [place_of(body, text)]}
    answer = client.post(f"{API}/{question}/tries", json=given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def watch_all(client: FlaskClient, token: str, clock: Clockwork) -> dict[str, Any]:
    clock.on(600)
    return send(client, token, 1, (0, 600))


def test_watching_beyond_it_does_not_complete_until_it_is_answered(
    app: Flask, people: Cast, lift: Lift, question: int, clock: Clockwork
) -> None:
    client, me = people.client("cadre"), people.id("cadre")
    assert not watch_all(client, lift.token(me), clock)["lesson_complete"]
    page = client.get("/courses/lift/video").text
    assert "还有 1 道没答对" in page
    assert SECRET_WHY not in page
    wrong = reply(client, question, "租客")
    assert (wrong["right"], wrong["again_from"], wrong["explanation"]) == (False, 0, "")
    assert not wrong["lesson_complete"]
    right = reply(client, question, "业主")
    assert (right["right"], right["lesson_complete"]) == (True, True)
    assert SECRET_WHY in right["explanation"]
    assert "都答对了" in client.get("/courses/lift/video").text
    with app.app_context():
        assert list(db.session.scalars(select(Completion.reason))) == ["watched"]
        assert open_questions(me, lift.lecture) == []


def test_answered_first_it_waits_for_the_watching(
    people: Cast, lift: Lift, question: int, clock: Clockwork
) -> None:
    client = people.client("cadre")
    assert not reply(client, question, "业主")["lesson_complete"]
    assert watch_all(client, lift.token(people.id("cadre")), clock)["lesson_complete"]


def test_a_rule_may_leave_questions_as_practice(
    app: Flask, people: Cast, lift: Lift, question: int, clock: Clockwork
) -> None:
    use(app, lift, Rule(name="练习", questions=False))
    client = people.client("cadre")
    assert "只作练习" in client.get("/courses/lift/video").text
    assert watch_all(client, lift.token(people.id("cadre")), clock)["lesson_complete"]
    assert reply(client, question, "业主")["right"]


def test_the_answer_never_travels_beforehand(people: Cast, question: int) -> None:
    client = people.client("cadre")
    body = ask(client, question)
    assert set(body) == {"number", "kind_label", "multiple", "stem", "options"}
    assert "correct" not in json.dumps(body)
    assert body == ask(client, question), "the same order at every look"
    reply(client, question, "租客")
    assert ask(client, question)["number"] == 2


def test_the_same_try_twice_is_one(app: Flask, people: Cast, question: int) -> None:
    client = people.client("cadre")
    body = ask(client, question)
    given = {"number": 1, "places": [place_of(body, "租客")]}
    for _ in range(2):
        assert client.post(f"{API}/{question}/tries", json=given).json == {
            "right": False, "explanation": "", "again_from": 0,
            "lesson_complete": False, "course_complete": False,
        }  # fmt: skip
    changed = {"number": 1, "places": [place_of(body, "业主")]}
    assert client.post(f"{API}/{question}/tries", json=changed).json["right"] is False  # type: ignore[index]
    with app.app_context():
        assert db.session.scalar(select(func.count(QuestionTry.id))) == 1


@pytest.mark.parametrize(
    "body",
    [None, [], {"number": 1}, {"number": "1", "places": [0]}, {"number": 1, "places": []},
     {"number": 1, "places": [True]}, {"number": 1, "places": [0, 1]}, {"number": 1, "places": [9]},
     {"number": 1, "places": [-1]}, {"number": 5, "places": [0]}, {"number": 2**40, "places": [0]}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(people: Cast, question: int, body: Any) -> None:
    answer = people.client("cadre").post(f"{API}/{question}/tries", json=body)
    assert answer.status_code == 422
    assert "重新打开" in str(answer.json)


def test_without_a_script_the_question_is_a_page(people: Cast, question: int) -> None:
    client = people.client("cadre")
    path = f"/learning/asked/{question}"
    body = ask(client, question)
    assert "就选这个" in client.get(path).text
    assert client.post(path, data={"number": 1}).status_code == 422
    wrong = client.post(path, data={"number": 1, "place": place_of(body, "租客")})
    assert "还不对" in wrong.text
    assert "再看一遍这一分钟" in wrong.text
    place = place_of(ask(client, question), "业主")
    assert "答对了" in client.post(path, data={"number": 2, "place": place}).text
    assert client.post(path, data={"number": "x", "place": "y"}).status_code == 422


def test_strangers_and_drafts(
    app: Flask, client: FlaskClient, people: Cast, lift: Lift, question: int
) -> None:
    assert client.get(f"{API}/{question}").status_code == 401
    cadre = people.client("cadre")
    assert cadre.get(f"{API}/999").status_code == 404
    for path in (f"lessons/{lift.lecture}", f"{question}/delete"):
        assert cadre.post(f"/admin/learning/asked/{path}").status_code == 403
    with app.app_context(), transaction():
        lesson = get_lesson(lift.lecture)
        assert lesson is not None
        lesson.course.status = "withdrawn"
    assert cadre.get(f"{API}/{question}").status_code == 404
    assert cadre.get(f"/learning/asked/{question}").status_code == 404


def test_an_author_is_told_what_is_wrong_and_takes_it_out(
    app: Flask, people: Cast, lift: Lift, question: int
) -> None:
    author = people.client("author")
    path = f"/admin/learning/asked/lessons/{lift.lecture}"
    with app.app_context():
        item = db.session.scalars(select(VideoQuestion.item_id)).one()
    for at, chosen, words in (
        ("12:00", item, "不在视频里"),
        ("0:30", item, "已经有一道弹题"),
        ("0:31", item, "已经放过了"),
        ("0:31", "x", "请从题库里选一道题"),
        ("三分", item, "请写成“分:秒”"),
    ):
        told = author.post(path, data={"at": at, "item_id": chosen}, follow_redirects=True)
        assert words in told.text
    text = f"/admin/learning/asked/lessons/{lift.text}"
    told = author.post(text, data={"at": "1", "item_id": item}, follow_redirects=True)
    assert "只有做好了的视频" in told.text
    reply(people.client("cadre"), question, "业主")
    assert author.post(f"/admin/learning/asked/{question}/delete").status_code == 302
    assert author.post(f"/admin/learning/asked/{question}/delete").status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count(QuestionTry.id))) == 1, "answers are kept"


def test_a_pack_says_what_is_asked_and_where(app: Flask) -> None:
    with app.app_context():
        reading = read_packs(REPOSITORY / "content", lesson_kinds())
        assert not reading.errors
        for _ in range(2):
            with transaction():
                carry_out(plan(reading.courses, overwrite=False), now())
        lesson = find_lesson("loudao-xiaofang", "loudao")
        assert lesson is not None
        (row,) = questions_of(lesson.id)
        assert row.second == 78
        assert "防火门" in item_labels([row.item_id])[row.item_id]
        extra = PackQuestions()
        with pytest.raises(Refusal, match="测验里没有这道题"):
            extra.load(lesson, ["1:20 nothing"], now())
        for text in ("1:20", "xiaofang-01", "1:99 xiaofang-01"):
            assert "分:秒" in (extra.problem(text, "video") or "")
        assert extra.problem("1:20 xiaofang-01", "reading")
        assert extra.problem("1:20 xiaofang-01", "video") is None


def test_a_rule_names_questions_only_where_there_are_some(people: Cast, question: int) -> None:
    client, author = people.client("cadre"), people.client("author")
    pages = ("/courses/lift", "/courses/lift/video")
    assert all("遇到弹题要答对" in client.get(path).text for path in pages)
    author.post(f"/admin/learning/asked/{question}/delete")
    assert not any("弹题" in client.get(path).text for path in pages)


def test_an_item_that_left_the_bank_is_not_asked(
    app: Flask, people: Cast, lift: Lift, question: int, clock: Clockwork
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(VideoQuestion).values(item_id=999))
    client = people.client("cadre")
    assert client.get(f"{API}/{question}").status_code == 410
    assert "已经撤下" in client.get(f"/learning/asked/{question}").text
    assert watch_all(client, lift.token(people.id("cadre")), clock)["lesson_complete"]

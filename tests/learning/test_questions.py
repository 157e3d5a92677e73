"""Questions: who posts at once, who may see, answer and accept; what search may know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.changes import touch, waiting
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import get_lesson
from sanshi_lms.learning.questions import rules
from sanshi_lms.learning.questions.models import PostReport, Question, Reply
from sanshi_lms.learning.questions.source import QuestionSource
from sanshi_lms.notices import Notice
from sanshi_lms.video.models import Video
from tests.learning.conftest import Lift
from tests.people import Cast

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DESK = "/learning/questions/"


@pytest.mark.parametrize(
    ("role", "self_registered", "let_through", "hidden", "at_once"),
    [
        ("author", True, False, True, True),
        ("admin", False, False, False, True),
        ("cadre", False, False, False, True),
        ("pro", False, False, False, True),
        ("pro", True, False, False, False),
        ("cadre", True, False, False, False),
        ("cadre", True, True, False, True),
        ("pro", False, True, True, False),
        ("resident", False, True, False, False),
        ("unheard-of", False, True, False, False),
    ],
)
def test_nothing_of_a_stranger_is_public_at_once(
    role: str, self_registered: bool, let_through: bool, hidden: bool, at_once: bool
) -> None:
    found = rules.posts_at_once(
        role, self_registered=self_registered, let_through=let_through, hidden=hidden
    )
    assert found is at_once


@given(st.lists(st.integers(0, 200_000), max_size=40))
def test_pace_is_counted_by_hour_and_day(ago: list[int]) -> None:
    times = [AT - timedelta(seconds=seconds) for seconds in ago]
    hour, day = sum(s < 3600 for s in ago), sum(s < 86_400 for s in ago)
    assert rules.too_much(times, AT, 6, 20) is (hour >= 6 or day >= 20)


def test_texts_have_a_length() -> None:
    assert rules.text_problem("啊？", 100)
    assert rules.text_problem("字" * 101, 100)
    assert rules.text_problem("怎么办？", 100) is None
    assert rules.reason_problem("")
    assert rules.may_accept(asker=True, moderator=False, own_answer=False)
    assert not rules.may_accept(asker=True, moderator=False, own_answer=True)
    assert not rules.may_accept(asker=False, moderator=False, own_answer=False)


class Talk:
    """Asking and answering through the pages."""

    def __init__(self, app: Flask, people: Cast, film: Lift) -> None:
        self.app, self.people, self.film = app, people, film

    def ask(self, part: str, text: str = "低层住户不同意怎么办？", at: str = "1:15") -> int:
        form = {"text": text, "at": at, "key": f"ask-{part}-{abs(hash(text)):x}"[:36]}
        url = f"{DESK}lessons/{self.film.lecture}"
        answer = self.people.client(part).post(url, data=form)
        assert answer.status_code == 302, answer.text
        return int(answer.location.rpartition("-")[2])

    def answer(self, part: str, question: int, text: str = "先上门听顾虑，再谈补偿。") -> int:
        client = self.people.client(part)
        form = {"text": text, "key": f"answer-{part}"}
        answer = client.post(f"{DESK}{question}/answers", data=form)
        assert answer.status_code == 302, answer.text
        with self.app.app_context():
            return db.session.scalars(select(Reply.id).order_by(Reply.id.desc()).limit(1)).one()

    def post(self, part: str, question: int, verb: str, **form: Any) -> int:
        url = f"{DESK}{question}/{verb}"
        return self.people.client(part).post(url, data=form).status_code

    def page(self, part: str | None = None) -> str:
        client = self.people.client(part) if part else self.app.test_client()
        return client.get("/courses/lift/video").text

    def state(self, model: type[Question] | type[Reply], number: int) -> str:
        with self.app.app_context():
            state = db.session.scalars(select(model.state).where(model.id == number)).one()
            return str(state)

    def notices(self, part: str) -> list[str]:
        with self.app.app_context():
            mine = Notice.user_id == self.people.id(part)
            return list(db.session.scalars(select(Notice.title).where(mine)))

    def searchable(self) -> list[str]:
        with self.app.app_context():  # as the worker asks: there is no request
            source = QuestionSource()
            refs = list(source.refs())
            assert sorted(source.visible(refs)) == sorted(refs)
            return [document.url for document in source.documents(refs)]


@pytest.fixture
def talk(app: Flask, people: Cast, film: Lift) -> Talk:
    for part in ("admin", "author", "pro"):
        people.id(part)
    return Talk(app, people, film)


def test_a_question_is_answered_accepted_and_found(talk: Talk) -> None:
    number = talk.ask("cadre")
    page = talk.page()
    assert "低层住户不同意怎么办？" in page
    assert "王*明" in page
    assert "王小明" not in page
    assert talk.notices("pro") == ["有学员提问，等您回答"]
    assert talk.searchable() == []
    answer = talk.answer("pro", number)
    assert talk.notices("cadre") == ["您的提问有了回答"]
    assert "刘建国" in talk.page(), "who answers stands by it"
    assert talk.searchable() == [], "not accepted yet"
    assert talk.post("other_cadre", number, "accept", answer=answer) == 403
    for _ in range(2):
        assert talk.post("cadre", number, "accept", answer=answer) == 302
    assert talk.searchable() == [f"/courses/lift/video?t=75#question-{number}"]
    assert "您的回答被采纳了" in talk.notices("pro")


def test_only_one_answer_is_accepted(talk: Talk) -> None:
    number = talk.ask("cadre")
    first, second = talk.answer("pro", number), talk.answer("other_pro", number, "换一种说法。")
    assert talk.post("cadre", number, "accept", answer=first) == 302
    assert talk.post("author", number, "accept", answer=second) == 302
    with talk.app.app_context():
        chosen = db.session.scalars(select(Reply.id).where(Reply.accepted.is_(True))).all()
        assert chosen == [second]
    assert talk.post("pro", number, "withdraw", answer=first) == 302
    assert talk.post("other_pro", number, "withdraw", answer=second) == 409


def test_what_a_resident_asks_waits_until_somebody_looked(talk: Talk) -> None:
    number = talk.ask("resident", "能不能装在北面？")
    for part in (None, "cadre", "pro"):
        assert "能不能装在北面？" not in talk.page(part)
    assert "等工作人员查看" in talk.page("resident")
    assert talk.app.test_client().get(f"{DESK}{number}").status_code == 404
    assert talk.people.client("pro").get(f"{DESK}{number}").status_code == 404
    assert talk.notices("pro") == []
    assert talk.notices("author") == ["有新写的内容，请先看一看再公开"]
    assert talk.post("cadre", number, "let-through") == 403
    assert "能不能装在北面？" in talk.people.client("author").get(f"{DESK}?view=look").text
    assert talk.post("author", number, "let-through") == 302
    assert "能不能装在北面？" in talk.page()
    assert talk.notices("pro") == ["有学员提问，等您回答"]
    again = talk.ask("resident", "再问一个问题可以吗？")
    assert talk.state(Question, again) == "waiting", "residents always wait"


def test_who_chose_to_be_a_pro_is_looked_at_first(talk: Talk) -> None:
    number = talk.ask("cadre")
    stranger = talk.people.id("other_pro")
    with talk.app.app_context(), transaction():
        db.session.get_one(User, stranger).consented_at = now()
    answer = talk.answer("other_pro", number, "听我的，先交钱。")
    assert talk.state(Reply, answer) == "waiting"
    assert "听我的，先交钱。" not in talk.page("cadre")
    assert talk.notices("cadre") == []
    assert "听我的，先交钱。" in talk.people.client("admin").get(f"{DESK}?view=look").text
    assert talk.post("admin", number, "let-through", answer=answer) == 302
    assert talk.notices("cadre") == ["您的提问有了回答"]


def test_what_is_hidden_is_gone_for_others_and_told_to_its_writer(talk: Talk) -> None:
    number = talk.ask("cadre")
    answer = talk.answer("pro", number)
    talk.post("cadre", number, "accept", answer=answer)
    assert talk.post("author", number, "hide", answer=answer) == 422, "a reason is needed"
    assert talk.post("author", number, "hide", answer=answer, reason="有误，请更正") == 302
    assert "先上门听顾虑" not in talk.page()
    assert "有误，请更正" in talk.people.client("pro").get(f"{DESK}{number}").text
    assert "您写的内容没有公开" in talk.notices("pro")
    assert talk.searchable() == []
    later = talk.ask("other_cadre", "另外一个问题怎么办？", "0:10")
    assert talk.state(Reply, talk.answer("author", later, "这样办就可以。")) == "open"
    assert talk.post("author", number, "let-through", answer=answer) == 302
    assert "先上门听顾虑" in talk.page()


def test_a_report_goes_to_staff_once_and_is_settled(talk: Talk) -> None:
    number = talk.ask("cadre")
    assert talk.post("other_cadre", number, "report") == 422
    for _ in range(2):
        assert talk.post("other_cadre", number, "report", reason="有电话号码") == 302
    with talk.app.app_context():
        assert len(db.session.scalars(select(PostReport)).all()) == 1
    assert "有电话号码" in talk.people.client("admin").get(f"{DESK}?view=reported").text
    assert "有电话号码" not in talk.people.client("pro").get(f"{DESK}?view=reported").text
    assert talk.post("admin", number, "let-through") == 302
    assert "没有被举报的内容" in talk.people.client("admin").get(f"{DESK}?view=reported").text


def test_a_draft_or_closed_lesson_leaks_nothing(talk: Talk) -> None:
    number = talk.ask("cadre")
    answer = talk.answer("pro", number)
    talk.post("cadre", number, "accept", answer=answer)
    with talk.app.app_context(), transaction():
        lesson = get_lesson(talk.film.lecture)
        assert lesson is not None
        db.session.get_one(Video, lesson.target_id).signed_in_only = True
    assert talk.searchable() == []
    visitor = talk.app.test_client()
    assert visitor.get(f"{DESK}{number}").status_code == 404
    assert visitor.get(f"{DESK}lessons/{talk.film.lecture}").status_code == 404
    assert "低层住户" not in visitor.get("/courses/lift/video").text
    assert "低层住户" in talk.page("other_cadre")
    with talk.app.app_context(), transaction():
        lesson = get_lesson(talk.film.lecture)
        assert lesson is not None
        db.session.get_one(Video, lesson.target_id).signed_in_only = False
        lesson.course.status = "draft"
        touch("lesson", lesson.id)
        db.session.flush()
        assert ("question", number) in {(c.kind, c.ref) for c in waiting()}
    assert talk.searchable() == []
    for part in ("cadre", "pro"):
        client = talk.people.client(part)
        assert client.get(f"{DESK}{number}").status_code == 404
        assert client.get(DESK).status_code == (200 if part == "pro" else 403)
        assert "低层住户" not in client.get(f"{DESK}?view=answered").text
    assert talk.people.client("author").get(f"{DESK}{number}").status_code == 200


def test_a_lesson_with_notes_or_questions_is_not_deleted(talk: Talk) -> None:
    talk.ask("cadre")
    client = talk.people.client("admin")
    for path in (f"lessons/{talk.film.lecture}/delete", f"{talk.film.course}/delete"):
        answer = client.post(f"/admin/courses/{path}", follow_redirects=True)
        assert answer.status_code in {200, 409, 422}
    assert "低层住户" in talk.page()


def test_a_form_sent_twice_asks_once_and_a_short_one_comes_back(talk: Talk) -> None:
    assert talk.ask("cadre") == talk.ask("cadre")
    client = talk.people.client("cadre")
    url = f"{DESK}lessons/{talk.film.lecture}"
    answer = client.post(url, data={"text": "啊", "at": "2:00", "key": "short-0001"})
    assert answer.status_code == 422
    assert "至少 4 个字" in answer.text
    assert "short-0001" in answer.text
    assert 'value="2:00"' in answer.text


def test_who_asks_without_end_has_to_wait(talk: Talk) -> None:
    for number in range(rules.QUESTIONS_AN_HOUR):
        talk.ask("cadre", f"第 {number} 个问题怎么办？")
    form = {"text": "还有一个问题怎么办？", "key": "one-too-many"}
    answer = talk.people.client("cadre").post(f"{DESK}lessons/{talk.film.lecture}", data=form)
    assert answer.status_code == 429
    assert "过一会儿" in answer.text
    assert "还有一个问题怎么办？" in answer.text


def test_a_stranger_and_a_cadre_cannot(talk: Talk, client: FlaskClient) -> None:
    number = talk.ask("cadre")
    for verb in ("answers", "accept", "hide", "let-through", "report", "withdraw"):
        assert client.post(f"{DESK}{number}/{verb}").status_code == 401
    assert client.post(f"{DESK}lessons/{talk.film.lecture}").status_code == 401
    assert talk.post("other_cadre", number, "answers", text="我来回答") == 403
    assert talk.post("other_cadre", number, "withdraw") == 403
    assert talk.post("cadre", number, "accept") == 404
    assert talk.post("cadre", number, "accept", answer="٣") == 404
    assert talk.post("cadre", number, "withdraw") == 302
    assert "低层住户" not in talk.page()
    assert talk.people.client("cadre").get(f"{DESK}mine").status_code == 200

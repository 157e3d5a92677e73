"""Completing lessons and courses; the certificate that follows; my learning."""

from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson, get_lesson
from sanshi_lms.credentials import certificates_of
from sanshi_lms.learning import standings
from sanshi_lms.learning.actions import complete_lesson, pass_quiz
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.quizzes import attempt_passed
from sanshi_lms.quizzes.actions import start_attempt
from tests.learning.conftest import Lift
from tests.people import Cast
from tests.quizzes.papers import make_paper


def complete(app: Flask, user_id: int, lesson_id: int, reason: str) -> bool:
    with app.app_context(), transaction():
        lesson = get_lesson(lesson_id)
        assert lesson is not None
        return complete_lesson(user_id, lesson, reason, now())[1]


def certificates(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        return [c.title for c in certificates_of(user_id)]


def test_the_last_required_lesson_brings_one_certificate(
    app: Flask, people: Cast, lift: Lift
) -> None:
    me = people.id("cadre")
    assert not complete(app, me, lift.lecture, "watched")
    assert not complete(app, me, lift.text, "read")
    assert certificates(app, me) == []
    with app.app_context(), transaction():
        attempt_passed.send(None, user_id=me, paper_id=lift.paper, attempt_id=1, score=90)
    assert certificates(app, me) == ["加装电梯"]
    assert complete(app, me, lift.quiz, "passed"), "doing it again changes nothing"
    assert certificates(app, me) == ["加装电梯"]


def test_one_persons_lessons_do_not_help_another(app: Flask, people: Cast, lift: Lift) -> None:
    complete(app, people.id("cadre"), lift.lecture, "watched")
    complete(app, people.id("cadre"), lift.text, "read")
    other = people.id("other_cadre")
    with app.app_context(), transaction():
        pass_quiz(other, lift.paper, 90, now())
    assert certificates(app, other) == []


def test_a_text_is_read_by_ones_word_but_a_lecture_is_not(people: Cast, lift: Lift) -> None:
    client = people.client("cadre")
    assert client.post(f"/learning/lessons/{lift.text}/read").status_code == 302
    assert client.post(f"/learning/lessons/{lift.lecture}/read").status_code == 422
    assert client.post("/learning/lessons/9999/read").status_code == 404


def test_a_visitor_cannot_complete_anything(client: FlaskClient, lift: Lift) -> None:
    assert client.post(f"/learning/lessons/{lift.text}/read").status_code == 401


def test_my_learning_opens_on_the_next_thing(people: Cast, lift: Lift) -> None:
    client = people.client("cadre")
    assert "还没有开始学习" in client.get("/learning/").text
    client.post(f"/learning/lessons/{lift.text}/read")
    page = client.get("/learning/").text
    assert "接着学这一课" in page
    assert "第 1 课" in page
    assert "学完 1 课，共 3 课" in page


def test_my_learning_shows_the_certificate(app: Flask, people: Cast, lift: Lift) -> None:
    me = people.id("cadre")
    for lesson, reason in ((lift.lecture, "watched"), (lift.text, "read"), (lift.quiz, "passed")):
        complete(app, me, lesson, reason)
    page = people.client("cadre").get("/learning/").text
    assert "我的证书" in page
    assert "0.5 学时" in page


def test_a_withdrawn_course_is_not_offered_but_its_record_stays(
    app: Flask, people: Cast, lift: Lift
) -> None:
    me = people.id("cadre")
    complete(app, me, lift.lecture, "watched")
    with app.app_context():
        with transaction() as session:
            lesson = get_lesson(lift.lecture)
            assert lesson is not None
            lesson.course.status = "withdrawn"
            session.flush()
        assert standings(me) == []
        with transaction():
            lesson = get_lesson(lift.lecture, drafts=True)
            assert lesson is not None
            lesson.course.status = "published"
        assert [s.done for s in standings(me)] == [1]
        db.session.rollback()


def locked_course(app: Flask, film: Lift) -> None:
    """Let the lessons be learned in order: lecture, text, quiz."""
    with app.app_context(), transaction():
        db.session.get_one(Course, film.course).in_order = True


def test_a_quiz_passed_while_its_lesson_was_locked_counts_when_the_lock_opens(
    app: Flask, people: Cast, film: Lift
) -> None:
    me, paper = people.id("cadre"), make_paper(app)
    with app.app_context(), transaction():
        db.session.get_one(Lesson, film.quiz).target_id = paper
    locked_course(app, film)
    with app.app_context(), transaction():
        attempt = start_attempt(paper, me, now())
        attempt.handed_in_at, attempt.right = now(), 4
        attempt.percent, attempt.passed = 100, True
        db.session.flush()
        attempt_passed.send(None, user_id=me, paper_id=paper, attempt_id=attempt.id, score=100)
    with app.app_context():
        assert completed_among(me, [film.quiz]) == set(), "it was locked"
    assert not complete(app, me, film.lecture, "watched")
    with app.app_context():
        assert completed_among(me, [film.quiz]) == set(), "the text still locks it"
    assert complete(app, me, film.text, "read"), "nobody sits an exam twice for our order"
    with app.app_context():
        assert completed_among(me, [film.quiz]) == {film.quiz}
    assert certificates(app, me) == ["加装电梯"]


def test_a_locked_video_plays_without_a_token_to_report_under(
    app: Flask, people: Cast, film: Lift
) -> None:
    with app.app_context(), transaction() as session:
        lecture, text = session.get_one(Lesson, film.lecture), session.get_one(Lesson, film.text)
        lecture.position, text.position = 9, 1
    locked_course(app, film)
    cadre = people.client("cadre")
    locked = cadre.get("/courses/lift/video").text
    assert "data-player" in locked
    assert "data-session" not in locked
    assert "data-report-url" not in locked
    assert "还不计入进度" in locked
    me = people.id("cadre")
    complete(app, me, film.text, "read")
    complete(app, me, film.quiz, "passed")
    assert "data-session" in cadre.get("/courses/lift/video").text

"""A lesson that is an offline session: being there completes it."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson, get_lesson
from sanshi_lms.learning.actions import read_lesson
from sanshi_lms.learning.models import Completion
from sanshi_lms.training.sessions.actions import cancel_session, enter_sheet
from sanshi_lms.training.sessions.models import OfflineSession
from tests.people import Cast
from tests.training.making import make_course, make_session


def show_in_course(subject: OfflineSession) -> tuple[int, int]:
    """Return a text and, behind it in a course with an order, the lesson that is the session."""
    course = make_course("guanmo", "观摩", lessons=2)
    query = select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)
    first, second = db.session.scalars(query).all()
    second.kind, second.target_id, course.in_order = "event", subject.id, True
    db.session.flush()
    return first.id, second.id


def test_who_came_while_it_was_locked_need_not_come_again(app: Flask, people: Cast) -> None:
    cadre, admin = people.id("cadre"), people.id("admin")
    with app.app_context(), transaction():
        subject = make_session(None, starts=now() - timedelta(hours=1))
        first, second = show_in_course(subject)
        enter_sheet(subject, [cadre], admin, now())
        assert db.session.get(Completion, (cadre, second)) is None, "it is locked"
        text = get_lesson(first)
        assert text is not None
        read_lesson(cadre, text, now())
        assert db.session.get_one(Completion, (cadre, second)).reason == "attended"
    assert "您已经到场" in people.client("cadre").get("/courses/guanmo/text-2").text


def test_whoever_is_entered_has_done_the_lesson(app: Flask, people: Cast) -> None:
    pro, admin = people.id("pro"), people.id("admin")
    with app.app_context(), transaction():
        subject = make_session(None, starts=now() + timedelta(hours=1))
        _, second = show_in_course(subject)
        session_id = subject.id
        db.session.get_one(Course, db.session.get_one(Lesson, second).course_id).in_order = False
    page = people.client("pro").get("/courses/guanmo/text-2").text
    assert "到现场签到就算学完" in page
    assert f"/training/sessions/{session_id}" in page
    with app.app_context(), transaction():
        found = db.session.get_one(OfflineSession, session_id)
        enter_sheet(found, [pro], admin, now())
        assert db.session.get_one(Completion, (pro, second)).reason == "attended"


def test_a_session_that_was_called_off_keeps_a_course_from_being_published(
    app: Flask, people: Cast
) -> None:
    with app.app_context(), transaction():
        subject = make_session(None, starts=now() + timedelta(hours=1))
        show_in_course(subject)
        cancel_session(subject)
    assert "取消了" in app.test_client().get("/courses/guanmo/text-2").text
    assert "请换一次活动" in people.client("admin").get("/admin/courses/1").text

"""A certificate ends, its holder is reminded, and passing the quiz again brings the next one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson, get_lesson
from sanshi_lms.credentials import credit_hours_earned
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.terms.rules import reminder_due
from sanshi_lms.learning.actions import read_lesson
from sanshi_lms.learning.renewing.actions import remind
from sanshi_lms.notices import Notice
from sanshi_lms.quizzes.actions import hand_in, save_answer, shown_items, start_attempt
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.queries import own_attempt
from tests.people import Cast
from tests.quizzes.papers import TRUE_FALSE, make_paper, show_in_course

NOW = datetime.now(UTC)


def passes(paper_id: int, user_id: int, at: datetime) -> None:
    attempt = own_attempt(start_attempt(paper_id, user_id, at).id, user_id)
    assert attempt
    save_answer(attempt, shown_items(attempt)[0].item.item_id, [1], at)
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("sanshi_lms.learning.now", lambda: at)
        assert hand_in(attempt, at).passed


@pytest.fixture
def held(app: Flask, people: Cast) -> tuple[int, int]:
    """The cadre holds a certificate of the course for twelve months. Paper and person."""
    paper_id, user_id = make_paper(app, (TRUE_FALSE,), shuffle=False), people.id("cadre")
    show_in_course(app, paper_id)
    answer = people.client("admin").post("/admin/learning/courses/1/term", data={"months": "12"})
    assert answer.status_code == 302
    with app.app_context(), transaction():
        db.session.query(Course).one().credit_hours = Decimal(1)
        reading = db.session.query(Lesson).filter_by(kind="reading").one()
        lesson = get_lesson(reading.id)
        assert lesson
        read_lesson(user_id, lesson, NOW)
        passes(paper_id, user_id, NOW)
    return paper_id, user_id


def certificates() -> list[Certificate]:
    return db.session.query(Certificate).order_by(Certificate.id).all()


def test_passing_again_near_the_end_renews_it_without_hours(
    app: Flask, people: Cast, held: tuple[int, int]
) -> None:
    paper_id, user_id = held
    with app.app_context(), transaction():
        (first,) = certificates()
        hours = credit_hours_earned(user_id)
        assert first.expires_on
        assert first.expires_on > local(NOW).date() + timedelta(days=360)
        passes(paper_id, user_id, NOW)  # too early: nothing to renew yet
        assert len(certificates()) == 1
    page = people.client("cadre").get("/courses/dianti").text
    assert "起可以续期" in page
    near = NOW + timedelta(days=340)
    with app.app_context(), transaction():
        passes(paper_id, user_id, near)
    with app.app_context(), transaction():
        passes(paper_id, user_id, near + timedelta(days=1))
    with app.app_context():
        one, two = certificates()
        assert two.expires_on
        assert one.expires_on
        assert two.expires_on > one.expires_on + timedelta(days=300)
        assert one.revoked_at is None, "it runs to its end"
        assert credit_hours_earned(user_id) == hours
        assert db.session.query(Notice).filter_by(topic="certificates").count() == 1


def test_reminders_come_once_each_and_stop_after_renewal(app: Flask, held: tuple[int, int]) -> None:
    paper_id, user_id = held

    def told(days_before: int) -> int:
        with app.app_context(), transaction():
            end = certificates()[0].expires_on
            assert end
            remind(datetime(end.year, end.month, end.day, 4, tzinfo=UTC) - timedelta(days_before))
        with app.app_context():
            return db.session.query(Notice).filter_by(title="证书快到期了").count()

    assert [told(days) for days in (61, 60, 59, 30, 8)] == [0, 1, 1, 2, 2]
    with app.app_context(), transaction():
        passes(paper_id, user_id, NOW + timedelta(days=340))
    assert told(5) == 2


@pytest.mark.parametrize(
    ("left", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_the_newest_reminder_is_due(left: int, due: int | None) -> None:
    assert reminder_due(date(2027, 3, 5), date(2027, 3, 5) - timedelta(days=left)) == due


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("months", ["-1", "121", "x", ""])
def test_odd_terms_are_refused_in_words(people: Cast, months: str) -> None:
    admin = people.client("admin")
    url = "/admin/learning/courses/1/term"
    page = admin.post(url, data={"months": months}, follow_redirects=True).text
    assert "0 到 120 个月" in page
    assert people.client("cadre").post(url, data={"months": "3"}).status_code == 403


@pytest.mark.usefixtures("held")
def test_a_term_asks_for_a_quiz_that_may_be_passed_again(app: Flask, people: Cast) -> None:
    with app.app_context(), transaction():
        db.session.query(Paper).one().counting = "last"
    admin = people.client("admin")
    sent = {"months": "6"}
    page = admin.post("/admin/learning/courses/1/term", data=sent, follow_redirects=True).text
    assert "取最好成绩" in page

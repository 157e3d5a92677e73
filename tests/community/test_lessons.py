"""A need is sent a lesson that would help; what no lesson answers is on the list to be made."""

import re
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.registers import LessonWish, add_wishes
from sanshi_lms.courses import Course, Lesson
from tests.community.conftest import WHEN, Place
from tests.people import Cast

LIST = "/admin/community/lessons/"


def course_with_lesson(app: Flask, slug: str, title: str, status: str = "published") -> str:
    """Return the course's and the lesson's number, as the form sends them."""
    with app.app_context(), transaction():
        course = Course(
            slug=slug, title=title, summary=title, topic="城市更新", kind="技能培训",
            status=status, published_at=WHEN, created_at=WHEN, updated_at=WHEN,
        )  # fmt: skip
        db.session.add(course)
        db.session.flush()
        lesson = Lesson(
            course_id=course.id, position=1, slug="one", title=f"{title}第一课", kind="reading",
            minutes=8, body_md=f"{title}的正文", updated_at=WHEN,
        )  # fmt: skip
        db.session.add(lesson)
        db.session.flush()
        return f"{course.id}.{lesson.id}"


def searched(since: datetime) -> list[LessonWish]:
    """Return what another room might count."""
    assert since < now()
    return [LessonWish("search:扶手", "扶手", 7, "搜不到的词")]


def test_a_cadre_sends_the_lesson_that_is_proposed(app: Flask, people: Cast, place: Place) -> None:
    lift = course_with_lesson(app, "lift", "加装电梯怎么谈")
    course_with_lesson(app, "waste", "垃圾分类怎么分")
    hidden = course_with_lesson(app, "secret", "加装电梯的秘密", "draft")
    need_id, code = place.file("单元楼想加装电梯")
    cadre = people.client("cadre")
    steps = f"/community/needs/{need_id}/steps"
    cadre.post(steps, data={"verb": "take", "version": 1})
    page = cadre.get(f"/community/needs/{need_id}").text
    offered = re.findall(r'<option value="(\d+\.\d+)">推荐的一节', page)
    assert offered == [lift]
    for course, status in ((hidden, 422), (f"9{lift}", 422), (lift, 302), (lift, 302)):
        sent = {"verb": "send_course", "version": 2, "course": course}
        assert cadre.post(steps, data=sent).status_code == status
    asked = app.test_client().get(f"/n/{code}").text
    assert asked.count('href="/courses/lift/one"') == 1
    assert "加装电梯怎么谈第一课，约 8 分钟" in asked


def test_what_no_lesson_answers_is_taken_up_and_made(
    app: Flask, people: Cast, place: Place
) -> None:
    made = course_with_lesson(app, "fire", "楼道清理").partition(".")[0]
    needs = [place.file(f"消防通道被堵，第{n}次说")[0] for n in "一二三四"]
    place.file("路灯坏了")
    with app.app_context():
        add_wishes(searched)
    author, other = people.client("author"), people.client("admin")

    def rows() -> dict[str, int]:
        page = author.get(LIST).text
        found = re.findall(r'<th scope="row">\s*(\S+?)<br>.*?多少次">(\d+)<', page, re.DOTALL)
        return {label: int(count) for label, count in found}

    assert rows() == {"扶手": 7, "加装电梯": 5, "消防通道": 4}
    assert people.client("cadre").get(LIST).status_code == 403

    with app.app_context(), transaction():  # one of them was sent a course: it asks no more
        need = db.session.get_one(Need, needs[0])
        cadre = By(place.cadre_id, frozenset({Actor.CADRE}), now())
        perform(need, "take", cadre, Given(), 1)
        perform(need, "send_course", cadre, Given(course_id=int(made)), 2)
    assert rows()["消防通道"] == 3

    def post(client: FlaskClient, path: str, **values: object) -> str:
        return client.post(LIST + path, data=values, follow_redirects=True).text

    assert "现在没有人要这个了" in post(author, "take", key="word:没有的词")
    assert "已认领" in post(author, "take", key="word:消防通道")
    assert "已经有人认领了" in post(other, "take", key="word:消防通道")
    assert "请选一门课" in post(author, "1/course", course="x")
    assert "楼道清理" in post(author, "1/course", course=made)
    assert "做成了" in author.get(LIST).text
    assert "已退回" in post(other, "1/back")
    assert "做成了" not in author.get(LIST).text

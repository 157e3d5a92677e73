"""What is locked says why and links to what opens it; the server counts nothing before that."""

from flask import Flask

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import get_lesson, lessons_of
from sanshi_lms.courses.models import Course
from sanshi_lms.learning.gates import lock_of
from sanshi_lms.learning.queries import completed_among
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.roster import add_person, leave
from tests.people import Cast
from tests.training.conftest import Complete
from tests.training.making import WHEN, make_class, make_course, make_programme


def completed(app: Flask, user_id: int, course_id: int) -> bool:
    with app.app_context():
        ids = [lesson.id for lesson in lessons_of(course_id)]
        return completed_among(user_id, ids) == set(ids)


def test_a_course_of_a_class_waits_for_another(
    app: Flask, people: Cast, complete: Complete
) -> None:
    me, other = people.id("cadre"), people.id("other_cadre")
    with app.app_context(), transaction():
        one, two = make_course("a", "甲课"), make_course("b", "乙课")
        subject = make_class(make_programme(in_order=True, required=(one, two)))
        add_person(subject, "cadre", WHEN)
        first, second, class_id = one.id, two.id, subject.id
        lesson_id = lessons_of(second)[0].id
    member, stranger = people.client("cadre"), people.client("other_cadre")
    shown = member.get("/courses/b/text").text
    assert "您的培训班“春季班”要求先学完《甲课》" in shown
    assert 'href="/courses/a"' in shown
    assert "正文" in shown, "the text stays open to read"
    assert "还不计入进度" in member.get("/courses/b").text
    assert "还没开放" in member.get(f"/training/classes/{class_id}").text
    refused = member.post(f"/learning/lessons/{lesson_id}/read")
    assert refused.status_code == 409
    assert "要求先学完《甲课》" in refused.text
    complete(me, second)
    assert not completed(app, me, second)
    complete(other, second)
    assert completed(app, other, second), "nobody else is asked for the order of a class"
    assert "还不计入进度" not in stranger.get("/courses/b/text").text
    assert "还不计入进度" not in app.test_client().get("/courses/b/text").text
    complete(me, first)
    assert "还不计入进度" not in member.get("/courses/b/text").text
    complete(me, second)
    assert completed(app, me, second)


def test_whoever_leaves_the_class_is_free(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        one, two = make_course("a", "甲课"), make_course("b", "乙课")
        subject = make_class(make_programme(in_order=True, required=(one, two)))
        add_person(subject, "cadre", WHEN)
        lesson = get_lesson(lessons_of(two.id)[0].id)
        assert lesson is not None
        assert lock_of(me, lesson) is not None
        leave(db.session.get_one(TrainingClass, subject.id), me, "", WHEN)
        assert lock_of(me, lesson) is None


def test_lessons_of_a_course_in_order(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        course = make_course("a", "甲课", lessons=3)
        db.session.get_one(Course, course.id).in_order = True
        ids = [lesson.id for lesson in lessons_of(course.id)]
    client = people.client("cadre")
    assert "请先学完“甲课的课文”" in client.get("/courses/a/text-2").text
    assert client.post(f"/learning/lessons/{ids[1]}/read").status_code == 409
    for number in ids:
        assert client.post(f"/learning/lessons/{number}/read").status_code == 302
    with app.app_context():
        assert completed_among(me, ids) == set(ids)

"""Work that is handed in: once, looked at by somebody else, and the lesson is complete by it."""

import io
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from sanshi_lms.account import User
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Course, Lesson, get_lesson
from sanshi_lms.learning.models import Completion
from sanshi_lms.notices import Notice
from sanshi_lms.practicals import actions
from sanshi_lms.practicals.models import HandIn, HandInFile
from tests.people import Cast
from tests.training.making import make_course

NONCE = "ab" * 16


@dataclass(frozen=True)
class Task:
    """The course's one lesson, a practical; `path` is where work is handed in."""

    lesson: int

    @property
    def path(self) -> str:
        return f"/practicals/lessons/{self.lesson}"


def make_task() -> Task:
    course = make_course("tafang", "入户踏勘")
    lesson = db.session.scalars(select(Lesson).where(Lesson.course_id == course.id)).one()
    lesson.kind, lesson.body_md = "practical", "拍三张楼道照片，写出两处隐患。"
    db.session.flush()
    return Task(lesson.id)


@pytest.fixture
def task(app: Flask) -> Task:
    with app.app_context(), transaction():
        return make_task()


def photo_with_a_place() -> io.BytesIO:
    """Return a JPEG that says where it was taken."""
    picture, data = Image.new("RGB", (64, 48), "teal"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-PHONE"
    picture.save(data, "JPEG", exif=exif)
    assert b"SECRET-PHONE" in data.getvalue()
    return io.BytesIO(data.getvalue())


def whole_form() -> dict[str, object]:
    return {
        "nonce": NONCE,
        "text": "楼道堆物，消防门常开。",
        "photos": (photo_with_a_place(), "IMG_1.jpg"),
        "files": (io.BytesIO("记录".encode()), "踏勘记录.txt"),
    }


def hand_ins(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        return [(one.number, one.state) for one in db.session.scalars(select(HandIn))]


def test_from_the_lesson_to_accepted(app: Flask, people: Cast, task: Task) -> None:
    cadre, admin = people.client("cadre"), people.client("admin")
    page = cadre.get("/courses/tafang/text")
    assert "去交作业" in page.text
    assert "老师审阅通过就算学完" in page.text
    for _ in range(2):  # a double click
        answer = cadre.post(task.path, data=whole_form(), follow_redirects=True)
        assert "等老师看" in answer.text
    assert hand_ins(app) == [(1, "submitted")]
    with app.app_context():
        kept = db.session.scalars(select(HandInFile).order_by(HandInFile.id)).all()
        assert [(one.is_photo, one.filename) for one in kept] == [
            (True, "照片1.jpg"),
            (False, "踏勘记录.txt"),
        ]
        assert b"SECRET-PHONE" not in storage().path(kept[0].key).read_bytes()
        told = db.session.scalars(select(Notice).where(Notice.user_id == people.id("admin"))).all()
        assert any("请看一看" in one.title for one in told)
    assert "入户踏勘的课文" in admin.get("/admin/practicals/").text
    answer = admin.post("/admin/practicals/1/accept", data={}, follow_redirects=True)
    assert "已通过" in answer.text
    with app.app_context():
        done = db.session.get_one(Completion, (people.id("cadre"), task.lesson))
        assert done.reason == "accepted"
    assert "已通过" in cadre.get(task.path).text
    assert cadre.post(task.path, data={"text": "再交一次"}).status_code == 409


def test_returned_work_comes_back_better(app: Flask, people: Cast, task: Task) -> None:
    cadre, admin = people.client("cadre"), people.client("admin")
    cadre.post(task.path, data={"text": "没有隐患"})
    refused = admin.post("/admin/practicals/1/return", data={"reason": " 改 "})
    assert refused.status_code == 422
    assert "请写明要改哪里" in refused.text
    admin.post("/admin/practicals/1/return", data={"reason": "请补上消防门的照片"})
    assert "请补上消防门的照片" in cadre.get(task.path).text
    assert "改好再交" in cadre.get("/courses/tafang/text").text
    cadre.post(task.path, data={"text": "补上了"})
    assert hand_ins(app) == [(1, "returned"), (2, "submitted")]
    late = admin.post("/admin/practicals/1/accept", data={})
    assert late.status_code == 409, "what is decided stays decided"
    with app.app_context():
        assert db.session.get(Completion, (people.id("cadre"), task.lesson)) is None


def test_work_is_taken_back_only_by_its_author_and_before_it_is_decided(
    app: Flask, people: Cast, task: Task
) -> None:
    cadre, pro = people.client("cadre"), people.client("pro")
    cadre.post(task.path, data={"text": "第一稿"})
    assert pro.post("/practicals/1/withdraw").status_code == 404
    assert cadre.post("/practicals/1/withdraw").status_code == 302
    assert cadre.post("/practicals/1/withdraw").status_code == 409
    cadre.post(task.path, data={"text": "第二稿"})
    assert hand_ins(app) == [(1, "withdrawn"), (2, "submitted")]


def test_nobody_reviews_their_own_and_strangers_see_nothing(
    app: Flask, people: Cast, task: Task
) -> None:
    author = people.client("author")
    author.post(task.path, data=whole_form())
    assert "请让另一位老师看" in author.get("/admin/practicals/1").text
    assert author.post("/admin/practicals/1/accept", data={}).status_code == 403
    url = "/practicals/1/files/1"
    with author.get(url) as sent:
        assert sent.status_code == 200
    assert people.client("pro").get(url).status_code == 404
    assert people.client("cadre").get("/admin/practicals/").status_code == 403
    assert app.test_client().get(task.path).status_code in {302, 401}
    with author.get("/practicals/1/files/2") as sent:
        assert sent.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "还没有内容"),
        ({"text": "字" * 2001}, "最多 2000 个字"),
        ({"files": (io.BytesIO(b"MZ\x90\x00" * 9), "a.exe")}, "不支持这种文件"),
        ({"photos": (io.BytesIO(b"\xff\xd8\xff" + b"x" * 99), "a.jpg")}, "打不开"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(
    app: Flask, people: Cast, task: Task, form: dict[str, object], words: str
) -> None:
    data = {
        k: (io.BytesIO(v[0].getvalue()), v[1]) if isinstance(v, tuple) else v
        for k, v in form.items()
    }
    answer = people.client("cadre").post(task.path, data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert hand_ins(app) == []


def test_a_locked_lesson_takes_nothing(app: Flask, people: Cast, task: Task) -> None:
    with app.app_context(), transaction():
        lesson = db.session.get_one(Lesson, task.lesson)
        db.session.get_one(Course, lesson.course_id).in_order, lesson.position = True, 2
        db.session.add(
            Lesson(
                course_id=lesson.course_id, position=1, slug="first", title="先看这一课",
                kind="reading", minutes=5, body_md="正文", required=True, updated_at=now(),
            )
        )  # fmt: skip
    answer = people.client("cadre").post(task.path, data={"text": "先交了"})
    assert answer.status_code == 409
    assert "先看这一课" in answer.text


def test_two_at_once_decide_once(either_app: Flask) -> None:
    people = Cast(either_app, "linjiang-menhu-7")
    cadre_id, admin_id = people.id("cadre"), people.id("admin")
    with either_app.app_context(), transaction():
        task = make_task()
        cadre = db.session.get_one(User, cadre_id)
        lesson = get_lesson(task.lesson)
        assert lesson is not None
        made = actions.hand_in(cadre, lesson, "内容", [], NONCE, now())
        admin = db.session.get_one(User, admin_id)
        actions.accept(made, admin, "", now())
        with pytest.raises(Refusal, match="已经有结果"):
            actions.give_back(made, admin, "请再补一张照片", now())
        assert made.state == "accepted"


def test_the_page_asks_for_a_photo_in_words(people: Cast, task: Task) -> None:
    page = people.client("cadre").get(task.path).text
    assert re.search(r"拍摄地点等信息会去掉", page)
    assert "拍三张楼道照片" in page

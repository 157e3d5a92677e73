"""What tests of cards share: a published lecture that plays, and a course behind it."""

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import Headers

from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.video.actions import set_audience
from sanshi_lms.video.models import Chapter, Video
from tests.video.conftest import ffmpeg, made_media, make_clip, ready_video, small_clip, work
from tests.video.making import show_in_course

__all__ = ["ffmpeg", "made_media", "make_clip", "ready_video", "small_clip", "work"]

BODY = "## 怎么问\n\n挨家挨户问一遍，问清楚**谁愿意**、谁担心什么。</script><b>再谈方案。"


@dataclass(frozen=True)
class Sent:
    """An answer whose file is closed again."""

    status: int
    mimetype: str | None
    data: bytes
    headers: Headers
    text: str

    def picture(self) -> Image.Image:
        """Return its bytes as a picture."""
        return Image.open(io.BytesIO(self.data))


def fetch(client: FlaskClient, path: str, **headers: str) -> Sent:
    """Ask for a file."""
    with client.get(path, headers=headers) as answer:
        data = answer.get_data()
        text = data.decode("utf-8", "replace")
        return Sent(answer.status_code, answer.mimetype, data, answer.headers, text)


@dataclass(frozen=True)
class Lecture:
    """A lecture of a course, and where its pages are."""

    app: Flask
    video_id: int
    course_id: int
    lesson_id: int
    page: str = "/courses/dianti/yiyuan"
    course_page: str = "/courses/dianti"

    def close(self) -> None:
        """Let only people who are signed in watch it."""
        with self.app.app_context(), transaction() as session:
            video = session.get_one(Video, self.video_id)
            set_audience(video, signed_in_only=True, shows_viewer=False)

    def hide(self) -> None:
        """Make its course a draft again."""
        with self.app.app_context(), transaction() as session:
            session.get_one(Course, self.course_id).status = "draft"


@pytest.fixture
def lecture(app: Flask, ready_video: int) -> Lecture:
    """Return a published lecture with two chapters and a text."""
    show_in_course(app, ready_video, published=True)
    with app.app_context(), transaction():
        lesson = db.session.query(Lesson).one()
        lesson.body_md = BODY
        for place, (start, title) in enumerate(((0.0, "开场"), (2.0, "三分之二怎么算"))):
            db.session.add(Chapter(video_id=ready_video, position=place, start=start, title=title))
        return Lecture(app, ready_video, lesson.course_id, lesson.id)

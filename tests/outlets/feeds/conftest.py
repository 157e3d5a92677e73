"""A published lecture with real sound, made by the real job: video's own fixtures."""

import pytest
from flask import Flask
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.courses import Lesson
from tests.video.conftest import ffmpeg, made_media, make_clip, ready_video, small_clip, work
from tests.video.making import show_in_course

__all__ = ["ffmpeg", "made_media", "make_clip", "ready_video", "small_clip", "work"]


@pytest.fixture
def lesson_id(app: Flask, ready_video: int) -> int:
    """The lesson /courses/dianti/yiyuan, whose video and sound everybody may have."""
    show_in_course(app, ready_video, published=True)
    with app.app_context():
        return db.session.scalars(select(Lesson.id)).one()

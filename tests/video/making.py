"""Videos and courses as tests of this room need them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.video import actions
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.captions.actions import set_captions
from sanshi_lms.video.models import Video
from sanshi_lms.video.queries import find_video

WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).resolve().parents[2]
CUES = [CueText(0.0, 3.0, "各位街坊，大家好。"), CueText(3.0, 6.0, "先问意愿，再谈方案。")]


def add(app: Flask, source: Path, key: str = "clip", title: str = "讲课") -> int:
    """Put `source` into the storage as an upload would; return the new video's id."""
    with app.app_context(), transaction():
        place = storage().path(f"video/originals/{key}")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
        video = actions.add_video(
            title=title,
            source_name=source.name,
            source_key=f"video/originals/{key}",
            size=place.stat().st_size,
            person_id=None,
            moment=datetime.now(UTC),
        )
        return video.id


def unmade(app: Flask) -> int:
    """A video of which only the row exists, for tests that play nothing; return its id."""
    with app.app_context(), transaction():
        video = actions.add_video(
            title="讲课",
            source_name="a.mp4",
            source_key="video/originals/none",
            size=9,
            person_id=None,
            moment=WHEN,
        )
        return video.id


def get(video_id: int) -> Video:
    """Return the video as the database has it now. Needs an application context."""
    db.session.rollback()
    found = find_video(video_id)
    assert found is not None
    return found


def caption(
    app: Flask,
    video_id: int,
    language: str = "zh",
    cues: Sequence[CueText] = CUES,
) -> None:
    """Give a video captions, two Chinese ones by default."""
    with app.app_context(), transaction():
        set_captions(
            get_within(video_id),
            language=language,
            cues=list(cues),
            sha256="x",
            moment=now(),
        )


def get_within(video_id: int) -> Video:
    """Return the video inside a running transaction."""
    found = find_video(video_id)
    assert found is not None
    return found


def show_in_course(app: Flask, video_id: int, *, published: bool) -> str:
    """Make a course whose lesson shows the video; return the lesson's address."""
    with app.app_context(), transaction() as session:
        course = Course(
            slug="dianti",
            title="加装电梯",
            summary="从意愿到竣工",
            topic="城市更新",
            kind="政策解读",
            status="published" if published else "draft",
            published_at=now() if published else None,
            created_at=now(),
            updated_at=now(),
        )
        session.add(course)
        session.flush()
        session.add(
            Lesson(
                course_id=course.id,
                position=1,
                slug="yiyuan",
                title="先问意愿",
                kind="video",
                target_id=video_id,
                minutes=3,
                updated_at=now(),
            )
        )
    return "/courses/dianti/yiyuan"


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until `condition` holds, looking twenty times a second; False when it never did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def start_worker(folder: Path, **extra: str) -> subprocess.Popen[bytes]:
    """Start the real worker on the data in `folder`, in a session of its own."""
    env = {**os.environ, "DATA_DIR": str(folder), "SECRET_KEY": "t" * 64, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    return subprocess.Popen(command, cwd=REPOSITORY, env={**env, **extra}, start_new_session=True)

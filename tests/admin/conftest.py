"""What tests of the desk share: jobs of kinds that live for one test, acts on real rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core import queue
from sanshi_lms.core.heartbeat import beat
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.search.jobs import rebuild
from tests.video.making import add

VideoMaker = Callable[[str], int]


@pytest.fixture(autouse=True)
def _no_stop_of_an_earlier_test() -> None:
    queue.reset_for_tests()


@pytest.fixture
def broken_video(app: Flask, tmp_path: Path) -> VideoMaker:
    """Return a function that uploads a text as a video and lets the real worker refuse it."""

    def make(title: str) -> int:
        file = tmp_path / "talk.mp4"
        file.write_text("这不是视频，只是一段文字。" * 40, encoding="utf-8")
        number = add(app, file, key=f"k{abs(hash(title))}", title=title)
        with app.app_context():
            assert run_next("slow")
        return number

    return make


@pytest.fixture
def worker_lives(app: Flask) -> None:
    """Leave what a running worker leaves: a sign of life and an index."""
    with app.app_context():
        beat()
        rebuild()

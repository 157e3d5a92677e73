"""What tests of video share: footage, small files made by ffmpeg, a worker in this process."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core import queue
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.storage import storage
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.engine import Ffmpeg, find_ffmpeg, make_all, probe
from sanshi_lms.video.queries import media_key_for
from tests.video.making import add, caption, get

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SANSHI_SHARED") or REPOSITORY.parent / "shared")


def footage(name: str) -> Path:
    """Return a file of the shared footage; skip the test where it is not on this machine."""
    path = SHARED / "media" / name
    if not path.exists():
        pytest.skip(f"no shared footage: {path}")
    return path


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that the application would use."""
    return find_ffmpeg(None)


Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def make_clip(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Return a function that makes a file with given ffmpeg arguments, once per arguments."""
    folder = tmp_path_factory.mktemp("clips")
    made: dict[tuple[str, ...], Path] = {}

    def make(name: str, *arguments: str) -> Path:
        key = (name, *arguments)
        if key not in made:
            made[key] = folder / f"{len(made)}-{name}"
            command = [ffmpeg.path, "-nostdin", "-v", "error", *arguments, str(made[key])]
            subprocess.run(command, check=True, timeout=120)
        return made[key]

    return make


@pytest.fixture(scope="session")
def small_clip(make_clip: Maker) -> Path:
    """Nine seconds of a moving test card with a tone: three segments."""
    return make_clip(
        "small.mp4",
        *("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=9"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=9"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )


@pytest.fixture(scope="session")
def made_media(small_clip: Path, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything made of the small clip, encoded once for the whole run."""
    folder = tmp_path_factory.mktemp("made")
    make_all(ffmpeg, small_clip, probe(small_clip, work=folder), folder, lambda _: None)
    return folder


@pytest.fixture
def ready_video(app: Flask, small_clip: Path, made_media: Path, work: Callable[[], int]) -> int:
    """A video that plays: the real job, which finds media in place that were really made, once."""
    number = add(app, small_clip, title="先问意愿，再谈方案")
    with app.app_context():
        key = media_key_for(number, get(number).source_key)
        shutil.copytree(made_media, storage().path(key))
    assert work() == 1
    return number


@pytest.fixture(scope="session")
def lecture_media(
    make_clip: Maker, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Twelve seconds in two sizes with sound, encoded once for the whole run."""
    source = make_clip(
        "lecture.mp4",
        *("-f", "lavfi", "-i", "testsrc=s=848x480:r=25:d=12"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=12"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    folder = tmp_path_factory.mktemp("lecture")
    make_all(ffmpeg, source, probe(source, work=folder), folder, lambda _: None)
    return folder


@pytest.fixture
def lecture(app: Flask, small_clip: Path, lecture_media: Path, work: Callable[[], int]) -> int:
    """A lecture of two sizes with captions in two languages."""
    number = add(app, small_clip, title="先问意愿，再谈方案")
    with app.app_context():
        key = media_key_for(number, get(number).source_key)
        shutil.copytree(lecture_media, storage().path(key))
    assert work() == 1
    caption(app, number)
    caption(app, number, language="en", cues=[CueText(1.0, 5.0, "Ask first.")])
    return number


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Return a function that does all waiting jobs, as the worker would; returns how many."""
    queue.reset_for_tests()

    def do_all() -> int:
        done = 0
        with app.app_context():
            while run_next("slow") or run_next("fast"):
                done += 1
        return done

    return do_all

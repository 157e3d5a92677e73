"""Four seconds of real footage with captions, and a lecture that is only heard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.video.captions import CueText
from sanshi_lms.video.engine import Ffmpeg, make_all, probe
from tests.video.clips.making import add_made
from tests.video.conftest import footage
from tests.video.making import caption

CUES = [
    CueText(0.0, 2.0, "各位街坊，大家好。"),
    CueText(2.0, 4.0, "先问意愿，再谈方案，一户一户地谈，谈拢了再动工。"),
]


@pytest.fixture(scope="session")
def footage_media(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything made of a film of four seconds (HEVC, 640 × 360), encoded once for the run."""
    source, folder = footage("bbb_hevc_main10_51.mp4"), tmp_path_factory.mktemp("film")
    make_all(ffmpeg, source, probe(source, work=folder), folder, lambda _: None)
    return folder


@pytest.fixture
def film(app: Flask, footage_media: Path, work: Callable[[], int]) -> int:
    """Real footage with Chinese captions."""
    number = add_made(app, footage("bbb_hevc_main10_51.mp4"), footage_media, work)
    caption(app, number, cues=CUES)
    return number


@pytest.fixture
def heard(
    app: Flask, make_clip: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path,
    work: Callable[[], int],
) -> int:  # fmt: skip
    """A lecture without a picture."""
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:duration=5", "-c:a", "aac")
    source, folder = make_clip("heard.m4a", *tone), tmp_path / "heard"
    folder.mkdir()
    make_all(ffmpeg, source, probe(source, work=folder), folder, lambda _: None)
    return add_made(app, source, folder, work)

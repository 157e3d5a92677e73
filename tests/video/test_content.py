"""Slides, a screen, a camera: told apart from a few frames, and encoded accordingly."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.engine import Ffmpeg, graph, parts_of_plan, plan_of, probe
from sanshi_lms.video.engine.content import look_at, look_command
from sanshi_lms.video.engine.rules import QUALITY, content_of
from tests.video.conftest import Maker
from tests.video.test_engine_rules import picture, sound, source


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ([0.0] * 66 + [8.0] * 6, "slides"),  # one slide gave way to the next
        ([0.12] * 60 + [0.25] * 12, "slides"),  # a small face in the corner
        ([0.05] * 54 + [12.0] * 18, "screen"),
        ([0.9] * 72, "camera"),
        ([], "camera"),
        ([0.0], "camera"),
    ],
)
def test_kinds(changes: list[float], kind: str) -> None:
    assert content_of(changes) == kind


@given(st.lists(st.floats(0, 255)))
def test_every_picture_has_a_quality(changes: list[float]) -> None:
    assert 20 <= QUALITY[content_of(changes)] <= 28


def test_each_kind_is_encoded_in_its_way(ffmpeg: Ffmpeg) -> None:
    for kind, quality in QUALITY.items():
        facts = replace(source(picture(), sound()), content=kind)
        plan = plan_of(facts, chunked=False)
        part = parts_of_plan(plan)[-1]
        command = graph.part_command(ffmpeg, Path("/media/original"), plan, part)
        assert command[command.index("-crf:v:0") + 1] == str(quality)


def test_a_long_lecture_is_looked_at_in_pieces(ffmpeg: Ffmpeg) -> None:
    command = look_command(ffmpeg, Path("/media/original"), picture(), 7200.0)
    assert command.count("-i") == command.count("-format_whitelist") == 6
    assert command.count("-noaccurate_seek") == 5
    assert " ".join(command).count("trim=end_frame=12") == 6


@pytest.mark.media
@pytest.mark.parametrize(
    ("kind", "drawn"),
    [
        ("slides", "testsrc=s=320x180:r=25:d=13,select='not(mod(n\\,100))',fps=25,trim=end=13"),
        ("camera", "testsrc2=s=320x180:r=25:d=13,noise=alls=9:allf=t"),
    ],
)
def test_real_pictures(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, kind: str, drawn: str
) -> None:
    clip = make_clip(
        "kind.mp4", "-f", "lavfi", "-i", drawn, "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p",
    )  # fmt: skip
    assert look_at(ffmpeg, clip, probe(clip, work=tmp_path), tmp_path) == kind


def test_what_cannot_be_looked_at_gets_the_usual_way(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing to see")
    assert look_at(ffmpeg, tmp_path / "x", source(picture(), None), tmp_path) == "camera"

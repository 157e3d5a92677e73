"""The command lines: one decode, aligned renditions, and every bar that keeps hostile files in."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from sanshi_lms.video.engine import Ffmpeg, SourceFacts, graph, parts_of_plan, plan_of
from tests.video.test_engine_rules import picture, sound, source

BINARY = Ffmpeg(
    "/opt/ffmpeg", "9.0", frozenset({"libx264", "aac"}), frozenset({"zscale", "tonemap"})
)
BARE = replace(BINARY, filters=frozenset())


def command(facts: SourceFacts, binary: Ffmpeg = BINARY, name: str = "") -> list[str]:
    """The command of the part with this name, or of the one that makes most."""
    plan = plan_of(facts, chunked=False)
    parts = parts_of_plan(plan)
    part = next(part for part in parts if part.name == name) if name else parts[-1]
    return graph.part_command(binary, Path("/media/original"), plan, part)


def value(arguments: list[str], name: str) -> str:
    assert arguments.count(name) == 1, name
    return arguments[arguments.index(name) + 1]


def graph_of(arguments: list[str]) -> str:
    return value(arguments, "-filter_complex")


def test_the_source_is_read_behind_every_bar() -> None:
    arguments = command(source(picture(), sound()))
    before, after = (
        arguments[: arguments.index("-i")],
        arguments[arguments.index("-i") + 1 :],
    )
    assert after[0] == "file:/media/original"
    assert value(before, "-protocol_whitelist") == "file"
    formats = value(before, "-format_whitelist").split(",")
    assert not {"hls", "concat", "dash", "image2", "lavfi", "sdp", "rtsp"} & set(formats)
    assert "mov" in formats
    assert int(value(before, "-max_pixels")) == 9_500_000
    assert int(value(before, "-max_streams")) == 32
    assert "h264" in value(before, "-codec_whitelist").split(",")
    assert value(before, "-t") == "61.000"
    assert "-nostdin" in before
    assert arguments.count("-i") == 1, "one decode for all renditions"


def test_all_renditions_share_their_key_frames() -> None:
    arguments = command(source(picture(width=1920, height=1080), sound()))
    for n in range(3):
        assert value(arguments, f"-g:v:{n}") == value(arguments, f"-keyint_min:v:{n}") == "100"
        assert value(arguments, f"-sc_threshold:v:{n}") == "0"
        assert value(arguments, f"-preset:v:{n}") == "superfast"
        assert value(arguments, f"-crf:v:{n}") == "25"
        assert "mbtree=1:rc-lookahead=10:b-adapt=0" in value(arguments, f"-x264-params:v:{n}")
    assert value(arguments, "-hls_time") == "4"
    assert [value(arguments, f"-maxrate:v:{n}") for n in range(3)] == [
        "4000000",
        "2200000",
        "700000",
    ]
    assert value(arguments, "-var_stream_map") == (
        "v:0,agroup:sound,name:1080p v:1,agroup:sound,name:720p v:2,agroup:sound,name:360p "
        "a:0,agroup:sound,name:sound"
    )
    shown = graph_of(arguments)
    assert shown.count("scale=") >= 3
    assert shown.count("split") == 2
    assert arguments.count("-map") == 4


def test_streams_are_taken_by_number_and_nothing_else() -> None:
    arguments = command(source(picture(index=3), sound(index=7)))
    assert "[0:3]" in graph_of(arguments)
    assert "[0:7]" in graph_of(arguments)
    assert value(arguments, "-map_metadata") == "-1"
    assert value(arguments, "-map_chapters") == "-1"


def test_without_sound_and_without_picture() -> None:
    silent = command(source(picture(), None))
    assert "agroup" not in value(silent, "-var_stream_map")
    assert "-c:a" not in silent
    heard = command(source(None, sound()))
    assert value(heard, "-var_stream_map") == "a:0,name:sound"
    assert "libx264" not in heard


@pytest.mark.parametrize(
    ("facts", "binary", "inside", "outside"),
    [
        (source(picture(transfer=16), None), BINARY, "tonemap=", "in_color_matrix"),
        (source(picture(transfer=18), None), BINARY, "tin=arib-std-b67", ""),
        (source(picture(transfer=16), None), BARE, "in_color_matrix", "tonemap"),
        (source(picture(interlaced=True), None), BINARY, "bwdif", ""),
        (source(picture(matrix=2, height=480, width=640), None), BINARY, "=smpte170m", ""),
        (source(picture(matrix=2), None), BINARY, "in_color_matrix=bt709", ""),
        (source(picture(end=10.0), sound()), BINARY, "stop_duration=50.000", ""),
        (source(picture(), sound(end=10.0)), BINARY, "apad=pad_dur=50.000", "tpad"),
    ],
)
def test_what_a_source_needs_is_done(
    facts: SourceFacts, binary: Ffmpeg, inside: str, outside: str
) -> None:
    shown = graph_of(command(facts, binary))
    assert inside in shown
    assert not outside or outside not in shown
    assert "format=yuv420p" in shown


def test_rotated_video_is_scaled_as_it_is_seen() -> None:
    arguments = command(source(picture(width=1920, height=1080, rotation=90), None))
    assert "scale=1080:1920" in graph_of(arguments)


FIT = {"key_step": Fraction(4), "size": 5_000_000}


def test_a_picture_that_is_already_right_is_taken_as_it_is() -> None:
    copied = command(source(picture(**FIT), sound()), name="copy")
    assert value(copied, "-c:v:0") == "copy"
    assert "libx264" not in copied
    assert "-maxrate:v:0" not in copied
    assert copied[copied.index("-map") + 1] == "0:0"
    assert "atrim=end=9" in graph_of(copied), "sound of the first seconds comes with it"
    encoded = command(source(picture(**FIT), sound()))
    assert value(encoded, "-var_stream_map").startswith("v:0,agroup:sound,name:360p ")
    assert "scale=640:360" in graph_of(encoded)
    assert "1280" not in graph_of(encoded)
    assert value(encoded, "-maxrate:v:0") == "700000"


def test_a_small_right_picture_needs_no_encoder_at_all() -> None:
    arguments = command(source(picture(width=640, height=360, **FIT), None))
    assert "libx264" not in arguments
    assert "-filter_complex" not in arguments


@pytest.mark.parametrize(
    "change",
    [
        {"codec": "hevc"},
        {"pixel_format": "yuv444p"},
        {"pixel_format": "yuvj420p"},
        {"rotation": 90},
        {"aspect": Fraction(4, 3)},
        {"interlaced": True},
        {"interval": Fraction(1, 50)},
        {"gap": 0.2},
        {"key_step": Fraction(2)},
        {"key_step": Fraction(0)},
        {"size": 50_000_000},
        {"transfer": 16},
        {"end": 30.0},
    ],
)
def test_anything_less_is_encoded(change: dict[str, object]) -> None:
    arguments = command(source(picture(**{**FIT, **change}), sound()))
    assert value(arguments, "-c:v:0") == "libx264"


def test_the_plain_file_is_the_largest_that_old_phones_play() -> None:
    facts = source(picture(width=1920, height=1080), sound())
    arguments = graph.plain_command(BINARY, plan_of(facts))
    assert "720p/index.m3u8" in arguments
    assert "sound/index.m3u8" in arguments
    assert value(arguments, "-c") == "copy"
    assert value(arguments, "-movflags") == "+faststart"

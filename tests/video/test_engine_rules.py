"""The engine's rules: ladder, frame rate, key frames, poster, sentences."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.jobs import retry_may_help
from sanshi_lms.video.engine.facts import (
    DOCUMENT,
    EMPTY,
    IMAGE,
    TEXT,
    Picture,
    Sound,
    SourceFacts,
    first_sight,
    objection,
)
from sanshi_lms.video.engine.rules import (
    LIMITS,
    SEGMENT_SECONDS,
    Still,
    Stream,
    best_still,
    failure_sentence,
    key_interval,
    ladder,
    master_playlist,
    output_rate,
)


def names(width: int, height: int) -> list[str]:
    return [rung.name for rung in ladder(width, height)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), ["1080p", "720p", "360p"]),
        ((1080, 1920), ["1080p", "720p", "360p"]),
        ((3840, 2160), ["1080p", "720p", "360p"]),
        ((1280, 720), ["720p", "360p"]),
        ((854, 480), ["480p", "360p"]),
        ((640, 360), ["360p"]),
        ((161, 121), ["120p"]),
    ],
)
def test_ladder_for_common_sizes(size: tuple[int, int], expected: list[str]) -> None:
    assert names(*size) == expected


@given(st.integers(16, 4000), st.integers(16, 4000))
def test_a_ladder_never_enlarges_and_keeps_the_shape(width: int, height: int) -> None:
    rungs = ladder(width, height)
    assert 1 <= len(rungs) <= 3
    for rung in rungs:
        assert rung.width <= width
        assert rung.height <= height
        assert rung.width % 2 == rung.height % 2 == 0
        assert min(rung.width, rung.height) <= 1080
        assert rung.width * rung.height <= 1920 * 1080
        if min(rung.width, rung.height) >= 32:
            assert rung.width / rung.height == pytest.approx(width / height, rel=0.08)
    for above, below in pairwise(rungs):
        assert below.width < above.width or below.height < above.height
        assert below.max_rate < above.max_rate
    assert len({rung.name for rung in rungs}) == len(rungs)


@pytest.mark.parametrize(
    ("interval", "rate"),
    [
        ("1/25", "25"),
        ("1001/30000", "30000/1001"),
        ("1001/24000", "24000/1001"),
        ("1/60", "30"),
        ("1/50", "25"),
        ("1/120", "30"),
        ("33/1000", "30"),
        ("1/15", "15"),
        ("2", "10"),
        ("0", "25"),
    ],
)
def test_frame_rate(interval: str, rate: str) -> None:
    assert output_rate(Fraction(interval)) == Fraction(rate)


@given(st.fractions(Fraction(1, 2000), Fraction(100)))
def test_a_group_of_pictures_fills_a_segment_and_no_more(interval: Fraction) -> None:
    rate = output_rate(interval)
    assert 10 <= rate <= 30
    seconds = key_interval(rate) / rate
    assert SEGMENT_SECONDS <= seconds < SEGMENT_SECONDS + 1 / rate


def test_poster_is_neither_black_nor_the_last_resort() -> None:
    black, title, busy = Still("a", 16, 2), Still("b", 120, 90), Still("c", 130, 100)
    assert best_still([black, title, busy]) == title
    assert best_still([black]) == black
    assert best_still([]) is None


def test_master_playlist_tells_measured_rates() -> None:
    picture = Stream("720p/index.m3u8", "avc1.64001f", 900_000, 700_000, 1280, 720, Fraction(25))
    sound = Stream("sound/index.m3u8", "mp4a.40.2", 100_000, 96_000)
    text = master_playlist([picture], sound)
    assert "BANDWIDTH=1000000,AVERAGE-BANDWIDTH=796000" in text
    assert 'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000' in text
    assert text.rstrip().endswith("720p/index.m3u8")
    assert "#EXT-X-MEDIA" not in master_playlist([picture], None)
    assert master_playlist([], sound).rstrip().endswith("sound/index.m3u8")


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"", EMPTY),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(60), IMAGE),
        (b"\0\0\0\x18ftypheic" + bytes(60), IMAGE),
        (b"RIFF\0\0\0\0WEBPVP8 ", IMAGE),
        (b"PK\x03\x04" + bytes(60), DOCUMENT),
        (b"%PDF-1.7", DOCUMENT),
        ("这是一段文字，不是视频。".encode(), TEXT),
        (("好" * 400).encode()[:512], TEXT),
        (b"#EXTM3U\n/etc/passwd\n", TEXT),
        (b"\0\0\0\x20ftypisom" + bytes(60), None),
        (b"\x1aE\xdf\xa3" + bytes(60), None),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"ID3\x04\0\0", None),
    ],
)
def test_first_sight(head: bytes, sentence: str | None) -> None:
    assert first_sight(head) == sentence


def picture(**changes: object) -> Picture:
    values: dict[str, object] = {
        "index": 0, "codec": "h264", "width": 1280, "height": 720, "aspect": Fraction(1),
        "rotation": 0, "pixel_format": "yuv420p", "interval": Fraction(1, 25), "transfer": 2,
        "matrix": 2, "interlaced": False, "decoded": True, "start": 0.0, "end": 60.0,
        "frames": 1500, "gap": 0.04,
    }  # fmt: skip
    return Picture(**{**values, **changes})  # type: ignore[arg-type]  # a bag of fields


def sound(**changes: object) -> Sound:
    values: dict[str, object] = {
        "index": 1, "codec": "aac", "channels": 2, "sample_rate": 48000, "decoded": True,
        "start": 0.0, "end": 60.0, "frames": 2800, "gap": 0.03,
    }  # fmt: skip
    return Sound(**{**values, **changes})  # type: ignore[arg-type]  # a bag of fields


def source(shown: Picture | None, heard: Sound | None, declared: float = 60.0) -> SourceFacts:
    return SourceFacts("mov", declared, 2, shown, heard)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (source(picture(), sound()), None),
        (source(picture(), None), None),
        (source(None, sound()), None),
        (source(None, None), "没有画面"),
        (source(picture(width=8192, height=8192), None), "太大"),
        (source(picture(decoded=False), sound()), "解不出来"),
        (source(picture(width=8, height=8), None), "太小"),
        (source(picture(end=LIMITS.seconds + 1.0), None), "太长"),
        (source(picture(end=0.01), None), "太短"),
        (source(picture(gap=31.0), None), "时间轴"),
        (source(picture(gap=300.0), sound()), None),
        (source(picture(gap=300.0), sound(gap=300.0)), "时间轴"),
        (source(picture(gap=900.0), sound()), "时间轴"),
        (source(None, sound(gap=100.0)), "时间轴"),
        (source(picture(frames=1), None), "静止"),
        (source(picture(frames=1), sound()), None),
        (source(None, sound(decoded=False)), "声音"),
    ],
)
def test_what_is_refused_and_why(facts: SourceFacts, word: str | None) -> None:
    sentence = objection(facts)
    if word is None:
        assert sentence is None
    else:
        assert word in (sentence or "")
        assert (sentence or "").endswith("。")


def test_a_cut_file_is_noticed_and_a_lying_one_is_not_believed() -> None:
    assert source(picture(end=36.0), sound(end=36.0)).lost_seconds == pytest.approx(24.0)
    assert source(picture(), sound(), declared=143_165.0).lost_seconds == 0
    assert source(picture(), sound(), declared=60.2).lost_seconds == 0


def test_rotation_and_pixel_shape_decide_what_is_seen() -> None:
    assert picture(rotation=-90).shown_size == (720, 1280)
    assert picture(width=720, height=576, aspect=Fraction(64, 45)).shown_size == (1024, 576)


@pytest.mark.parametrize(
    ("stderr", "returncode", "word", "retry"),
    [
        ("av_interleaved_write_frame(): No space left on device", 1, "磁盘", True),
        ("Invalid data found when processing input", 1, "损坏", False),
        ("Cannot allocate memory", 1, "内存", True),
        ("", -9, "上限", True),
        ("", -25, "太大", False),
        ("something else", 1, "重试", True),
    ],
)
def test_failures_are_said_in_words(
    stderr: str, returncode: int, word: str, *, retry: bool
) -> None:
    sentence, again = failure_sentence(stderr, timed_out=False, returncode=returncode)
    assert word in sentence
    assert again is retry is retry_may_help(sentence), "the button follows the sentence"

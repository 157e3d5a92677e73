"""What the player's page says: qualities with their bytes, captions as text, a list of one size."""

from fractions import Fraction

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.access import caption_url, media_url
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.engine.rules import Stream, master_playlist
from sanshi_lms.video.viewing.reading import (
    LONGEST_LINE,
    Quality,
    megabytes,
    only_rendition,
    quality_label,
    text_lines,
    weights,
)
from tests.video.making import get


def test_sizes_are_called_as_people_call_them() -> None:
    assert quality_label(1920, 1080) == "超清 1080p"
    assert quality_label(1080, 1920) == "超清 1080p", "a phone held upright"
    assert quality_label(1280, 720) == "高清 720p"
    assert quality_label(640, 360) == "标清 360p"
    assert quality_label(320, 180) == "标清 180p"


def test_bytes_are_told_as_people_weigh_them() -> None:
    assert megabytes(12_300_000) == "约 12 MB"
    assert megabytes(1_599_000) == "约 1.6 MB"
    assert megabytes(5_040_000) == "约 5 MB"
    assert megabytes(9_960_000) == "约 10 MB"
    assert megabytes(300) == "约 0.1 MB", "never nothing"
    assert megabytes(1_250_000_000) == "约 1.2 GB"
    sizes = [Quality("360p", "标清 360p", 12_000_000), Quality("720p", "高清 720p", 48_000_000)]
    assert weights(sizes) == "标清约\u00a012\u00a0MB · 高清约\u00a048\u00a0MB"


def test_captions_become_sentences() -> None:
    cues = [
        CueText(2.0, 4.0, "老旧小区加装电梯，\n最难的"),
        CueText(4.0, 6.0, "是意见。"),
        CueText(6.0, 7.0, "先问意愿"),
        CueText(20.0, 21.0, "再谈方案"),
        CueText(21.0, 22.0, "with BIM"),
        CueText(22.0, 23.0, "models."),
    ]
    assert [(line.start, line.text) for line in text_lines(cues)] == [
        (2.0, "老旧小区加装电梯， 最难的是意见。"),
        (6.0, "先问意愿"),
        (20.0, "再谈方案with BIM models."),
    ]
    assert text_lines([]) == []


WORDS = st.text(alphabet="问意愿，。方案 ab", min_size=1, max_size=40).filter(str.strip)
CUES = st.lists(st.tuples(st.floats(0.1, 5), WORDS), max_size=30)


@given(CUES)
def test_no_word_is_lost_and_no_line_grows_without_end(parts: list[tuple[float, str]]) -> None:
    cues, at = [], 0.0
    for length, words in parts:
        cues.append(CueText(at, at + length, words))
        at += length
    lines = text_lines(cues)
    said = "".join("".join(cue.text.split()) for cue in cues)
    assert "".join("".join(line.text.split()) for line in lines) == said
    assert [line.start for line in lines] == sorted({line.start for line in lines})
    assert all(len(line.text) <= LONGEST_LINE + 10 for line in lines)


def stream(name: str, width: int, height: int, codec: str) -> Stream:
    return Stream(f"{name}/index.m3u8", codec, 500_000, 400_000, width, height, Fraction(25))


def test_a_list_of_one_size_keeps_the_sound() -> None:
    master = master_playlist(
        [stream("720p", 1280, 720, "avc1.64001f"), stream("360p", 640, 360, "avc1.64001e")],
        stream("sound", 0, 0, "mp4a.40.2"),
    )
    only = only_rendition(master, "360p")
    assert only is not None
    assert only.count("#EXT-X-STREAM-INF") == 1
    assert "720p" not in only
    assert "360p/index.m3u8" in only
    assert 'URI="sound/index.m3u8"' in only
    assert only.startswith("#EXTM3U")
    assert only_rendition(master, "480p") is None
    assert only_rendition(master, "sound") is None


def test_a_size_that_is_not_there_has_no_list(app: Flask, lecture: int) -> None:
    with app.test_request_context():
        master = media_url(get(lecture), "master.m3u8")
    client = app.test_client()
    only = client.get(master.replace("master", "only-360p"))
    assert only.status_code == 200
    assert only.content_type.startswith("application/vnd.apple.mpegurl")
    assert only.text.count("#EXT-X-STREAM-INF") == 1
    for name in ("only-720p", "only-", "only-360p-480p", "only-sound"):
        assert client.get(master.replace("master", name)).status_code == 404


def test_the_text_is_sent_in_each_language(app: Flask, lecture: int) -> None:
    with app.test_request_context():
        video = get(lecture)
        english = next(track for track in video.captions if track.language == "en")
        address = caption_url(video, english.id, "video.caption_text")
    page = app.test_client().get(address)
    assert "Ask first." in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert app.test_client().get(address.replace("/text", "x/text")).status_code == 404
